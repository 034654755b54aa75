/**
 * A trace's conversations as a capture file that Wireshark and tcpdump read: the packets are made up from the recorded
 * lines, with the virtual addresses, as one TCP stream for each exchange. What went through TLS stands there in the
 * clear, and a message's content as a note of its size, for the journal keeps no bodies. Pure.
 *
 * The file is libpcap's, microseconds, LINKTYPE_RAW (101): each packet begins with its IP header.
 */
import type { Conversation, ConversationItem } from "./conversation.ts";
import { tcpPacket } from "./pcap-packet.ts";
import type { Ends } from "./pcap-packet.ts";
import type { Trace } from "./trace.ts";

const LINKTYPE_RAW = 101;
const SNAP_LENGTH = 262_144;
/** Limit: of one segment's payload; a longer line becomes several. */
const SEGMENT_BYTES_MAX = 1400;

const FIN = 0x01;
const SYN = 0x02;
const PUSH = 0x08;
const ACK = 0x10;

/** Undefined addresses (a name in place of one) are left out, with their conversation. */
export function formatPcap(trace: Trace): Uint8Array {
  const talks = new Set<Conversation>();
  for (const hop of trace.hops) {
    if (hop.arrival !== undefined) talks.add(hop.arrival);
    for (const attempt of hop.attempts) for (const talk of attempt.conversations) talks.add(talk);
  }
  const packets = [...talks].flatMap(streamOf).sort((a, b) => a.at - b.at);
  return Buffer.concat([fileHeader(), ...packets.map(recordOf)]);
}

type Packet = { readonly at: number; readonly bytes: Uint8Array };

function fileHeader(): Uint8Array {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(SNAP_LENGTH, 16);
  header.writeUInt32LE(LINKTYPE_RAW, 20);
  return header;
}

function recordOf({ at, bytes }: Packet): Uint8Array {
  const header = Buffer.alloc(16);
  header.writeUInt32LE(Math.floor(at / 1000), 0);
  header.writeUInt32LE(Math.floor((at % 1000) * 1000), 4);
  header.writeUInt32LE(bytes.length, 8);
  header.writeUInt32LE(bytes.length, 12);
  return Buffer.concat([header, bytes]);
}

/** A whole stream: handshake, each line with its acknowledgement, and the parting of both sides. */
function streamOf(talk: Conversation): Packet[] {
  const client = parseEndpoint(talk.client.endpoint);
  const server = parseEndpoint(talk.server.endpoint);
  if (client === undefined || server === undefined || client.address.length !== server.address.length)
    return [];
  const packets: Packet[] = [];
  const sequence = { client: 1000, server: 5000 };
  const other = (by: "client" | "server"): "client" | "server" => (by === "client" ? "server" : "client");
  const send = (at: number, by: "client" | "server", flags: number, payload: Uint8Array = NOTHING): void => {
    const ends: Ends = by === "client" ? { from: client, to: server } : { from: server, to: client };
    const acknowledged = (flags & ACK) === 0 ? 0 : sequence[other(by)];
    packets.push({ at, bytes: tcpPacket(ends, sequence[by], acknowledged, flags, payload) });
    sequence[by] += payload.length + ((flags & (SYN | FIN)) === 0 ? 0 : 1);
  };
  const start = talk.items[0]?.at ?? talk.openedAt;
  const openedAt = talk.earlier === 0 ? talk.openedAt : start;
  send(openedAt, "client", SYN);
  send(openedAt, "server", SYN | ACK);
  send(openedAt, "client", ACK);
  let at = openedAt;
  for (const item of talk.items) {
    at = Math.max(at, item.at);
    for (const payload of segments(item)) {
      send(at, item.by, PUSH | ACK, payload);
      send(at, other(item.by), ACK);
    }
  }
  send(at, "client", FIN | ACK);
  send(at, "server", FIN | ACK);
  send(at, "client", ACK);
  return packets;
}

const NOTHING = new Uint8Array(0);

function segments(item: ConversationItem): Uint8Array[] {
  if (item.kind !== "line" && item.kind !== "content") return [];
  const text = item.kind === "line" ? item.text : `[message: ${item.text}]`;
  const bytes = Buffer.from(`${text}\r\n`, "utf8");
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += SEGMENT_BYTES_MAX) {
    pieces.push(bytes.subarray(at, at + SEGMENT_BYTES_MAX));
  }
  return pieces;
}

/** `10.66.0.21:25` or `[fd66::21]:25`, the address as 4 or 16 bytes. */
function parseEndpoint(text: string): Ends["from"] | undefined {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|(\d+\.\d+\.\d+\.\d+)):(\d+)$/.exec(text);
  if (match === null) return undefined;
  const [, six, four = "", port] = match;
  const address = six === undefined ? Uint8Array.from(four.split("."), Number) : parseIpv6(six);
  return { address, port: Number(port) };
}

/** Canonical text, as the journal has it (RFC 5952). */
function parseIpv6(text: string): Uint8Array {
  const [head = "", tail] = text.split("::");
  const groups = (part: string): number[] =>
    part === "" ? [] : part.split(":").map((group) => parseInt(group, 16));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const middle: number[] = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => 0);
  return Uint8Array.from(
    [...before, ...middle, ...after].slice(0, 8).flatMap((group) => [group >> 8, group & 0xff]),
  );
}
