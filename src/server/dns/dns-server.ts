/**
 * The name server's door: UDP and TCP on the world's network, answers from its zones, asks forwarders for the rest.
 * It decides nothing itself: reply.ts and protocol/dns/lookup.ts do. No packet makes it throw or stop: what is shorter
 * than a header gets silence, what cannot be read gets FORMERR (RFC 1035 §4.1.1).
 */
import type { DatagramSocket, Endpoint, Listener } from "../../base/network.ts";
import { formatEndpoint } from "../../base/network.ts";
import { sleep } from "../../base/clock.ts";
import type { World } from "../../base/world.ts";
import type { Recorder } from "../../journal/journal.ts";
import { decodeMessage } from "../../protocol/dns/decode.ts";
import { MESSAGE_BYTES_MAX, encodeFormatError, encodeMessage } from "../../protocol/dns/encode.ts";
import { indexZones } from "../../protocol/dns/lookup.ts";
import type { ZoneIndex } from "../../protocol/dns/lookup.ts";
import type { Message } from "../../protocol/dns/message.ts";
import type { Question } from "../../protocol/dns/record.ts";
import { formatRdata } from "../../protocol/dns/rdata.ts";
import type { Zone } from "../../protocol/dns/zone.ts";
import { applyFault } from "./dns-fault.ts";
import type { DnsFault } from "./dns-fault.ts";
import { forward } from "./forward.ts";
import { replyTo, udpBytesMax } from "./reply.ts";
import { serveTcp } from "./serve-tcp.ts";

export type DnsServerOptions = {
  readonly world: World;
  readonly recorder: Recorder;
  readonly address: string;
  /** 0 takes any free one, the same for UDP and TCP. */
  readonly port: number;
  /** Asked for each query, so that zones can change while it runs; a changed list is a new array. */
  readonly zones: () => readonly Zone[];
  /** Asked in order for names in no zone of ours; none: such names are REFUSED. */
  readonly forwarders: readonly Endpoint[];
  /** Where forwarded questions come from; the system's choice when absent. */
  readonly from?: string | undefined;
  /** The lab's hand in the matter. */
  readonly intercept?: ((question: Question, client: Endpoint) => DnsFault | undefined) | undefined;
};

export type DnsServer = {
  readonly endpoint: Endpoint;
  close(): Promise<void>;
};

export type Transport = "udp" | "tcp";

/** Limit: questions being forwarded or delayed at once; more are answered SERVFAIL, so that memory stays flat. */
const PENDING_MAX = 1000;

/** Limit: each may hold one unfinished message of 64 KiB. */
const CONNECTIONS_MAX = 256;

/** Rejects with Fault "addressInUse" or "permission". */
export async function startDnsServer(options: DnsServerOptions): Promise<DnsServer> {
  const { world, address, port } = options;
  const answer = createAnswerer(options);
  let connections = 0;
  const listener: Listener = await world.network.listen({ address, port }, (connection) => {
    if (connections >= CONNECTIONS_MAX) {
      connection.destroy();
      return;
    }
    connections++;
    serveTcp(world, connection, answer, () => connections--);
  });
  let socket: DatagramSocket;
  try {
    socket = await world.network.bindDatagram({ address, port: listener.endpoint.port }, (bytes, client) => {
      answer(bytes, client, "udp", (reply) => socket.send(reply, client));
    });
  } catch (error) {
    await listener.close();
    throw error;
  }
  return {
    endpoint: listener.endpoint,
    async close() {
      await Promise.all([socket.close(), listener.close()]);
    },
  };
}

/** Takes one message; calls `send` at once, later, or never. */
export type Answerer = (
  bytes: Uint8Array,
  client: Endpoint,
  transport: Transport,
  send: (reply: Uint8Array) => void,
) => void;

function createAnswerer(options: DnsServerOptions): Answerer {
  const { world, recorder, forwarders, intercept } = options;
  const currentIndex = memoizedIndex(options.zones);
  const canForward = forwarders.length > 0;
  let pending = 0;

  return (bytes, client, transport, send) => {
    const decoded = decodeMessage(bytes);
    if (!decoded.ok) {
      const { header } = decoded.error;
      // A response that cannot be read is answered by nobody, or two servers could go on for ever.
      if (header !== undefined && !header.response) send(encodeFormatError(header));
      return;
    }
    const query = decoded.value;
    if (query.response) return;
    const question = query.questions[0];
    const sizeBytesMax = transport === "udp" ? udpBytesMax(query) : MESSAGE_BYTES_MAX;
    const finish = (reply: Message): void => {
      send(encodeMessage(reply, sizeBytesMax));
      recordServed(recorder, reply, client, transport);
    };
    const reply = replyTo(query, currentIndex(), canForward);
    const fault = question === undefined ? undefined : intercept?.(question, client);
    if (fault?.action === "drop") {
      recordServed(recorder, reply.message, client, transport, "NONE");
      return;
    }
    const waits = fault?.action === "delay" || (fault === undefined && reply.forward !== undefined);
    if (!waits) {
      finish(fault === undefined ? reply.message : applyFault(reply.message, fault, transport));
      return;
    }
    if (pending >= PENDING_MAX) {
      finish({ ...reply.message, rcode: "SERVFAIL" });
      return;
    }
    pending++;
    const later = async (): Promise<Message> => {
      if (fault?.action === "delay") await sleep(world.clock, fault.delayMs);
      return reply.forward === undefined
        ? reply.message
        : await forward(options, reply.message, reply.forward);
    };
    // Neither part of `later` rejects on what the network does; a rejection here is a bug and must be seen.
    void later()
      .then(finish)
      .finally(() => pending--);
  };
}

/** One index for each list of zones, made again only when the list is another one. */
function memoizedIndex(zones: () => readonly Zone[]): () => ZoneIndex {
  let list = zones();
  let index = indexZones(list);
  return () => {
    const now = zones();
    if (now !== list) {
      list = now;
      index = indexZones(now);
    }
    return index;
  };
}

function recordServed(
  recorder: Recorder,
  reply: Message,
  client: Endpoint,
  transport: Transport,
  rcode: string = reply.rcode,
): void {
  const question = reply.questions[0];
  recorder.record(
    {
      kind: "dns.served",
      name: question?.name ?? "",
      type: question?.type ?? "",
      rcode,
      answers: rcode === "NONE" ? [] : reply.answers.map(({ data }) => `${data.type} ${formatRdata(data)}`),
      client: formatEndpoint(client),
      transport,
    },
    undefined,
  );
}
