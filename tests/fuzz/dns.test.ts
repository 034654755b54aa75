import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../src/base/random.ts";
import { createJournal } from "../../src/journal/journal.ts";
import { decodeMessage } from "../../src/protocol/dns/decode.ts";
import { encodeMessage } from "../../src/protocol/dns/encode.ts";
import { queryMessage } from "../../src/protocol/dns/message.ts";
import { createZone } from "../../src/protocol/dns/zone.ts";
import { startDnsServer } from "../../src/server/dns/dns-server.ts";
import { createTestWorld } from "../conversations/dns-world.ts";

const PACKETS = 10_000;
const BATCH = 500;

test("ten thousand malformed packets: FORMERR, the right refusal or silence, and the server is still there", async () => {
  const world = createTestWorld();
  const journal = createJournal(world.clock);
  const zone = createZone("nemesis.test", [
    {
      name: "nemesis.test",
      class: "IN",
      ttlSeconds: 60,
      data: { type: "MX", preference: 10, exchange: "edge.nemesis.test" },
    },
  ]);
  const server = await startDnsServer({
    world,
    recorder: journal.recorder("dc"),
    address: "10.66.0.53",
    port: 53,
    zones: () => [zone],
    forwarders: [],
  });
  const replies = new Map<number, Uint8Array>();
  const client = await world.network.bindDatagram({ address: "10.66.0.90", port: 0 }, (reply) => {
    replies.set(((reply[0] ?? 0) << 8) | (reply[1] ?? 0), reply);
  });
  const random = seededRandom(42);
  const question = { name: "nemesis.test", type: "MX", class: "IN" } as const;
  const edns = { version: 0, udpSizeBytes: 1232, dnssecOk: false, options: [] };
  const counts = { formErr: 0, other: 0, silent: 0 };
  for (let from = 0; from < PACKETS; from += BATCH) {
    const sent: Uint8Array[] = [];
    for (let id = from; id < from + BATCH; id++) {
      const packet = mangle(encodeMessage(queryMessage(id, question, edns)), random.integer);
      sent.push(packet);
      client.send(packet, server.endpoint);
    }
    await world.settle();
    for (const packet of sent) check(packet, replies.get(((packet[0] ?? 0) << 8) | (packet[1] ?? 0)), counts);
    replies.clear();
  }
  assert.ok(counts.formErr > 1000 && counts.other > 100 && counts.silent > 100, JSON.stringify(counts));

  client.send(encodeMessage(queryMessage(65_000, question, undefined)), server.endpoint);
  await world.settle();
  const last = decodeMessage(replies.get(65_000) ?? new Uint8Array(0));
  assert.ok(last.ok);
  assert.equal(last.value.answers.length, 1);
});

/** Leaves the id as it is, so that each reply finds its packet. */
function mangle(whole: Uint8Array, integer: (below: number) => number): Uint8Array {
  const packet = new Uint8Array(whole);
  const changes = 1 + integer(4);
  for (let i = 0; i < changes; i++) packet[2 + integer(packet.length - 2)] = integer(256);
  return integer(3) === 0 ? packet.subarray(0, 2 + integer(packet.length - 2)) : packet;
}

function check(
  packet: Uint8Array,
  reply: Uint8Array | undefined,
  counts: { formErr: number; other: number; silent: number },
): void {
  const decoded = decodeMessage(packet);
  const isResponse = ((packet[2] ?? 0) & 0x80) !== 0;
  if (packet.length < 12 || isResponse) {
    assert.equal(reply, undefined, `${Buffer.from(packet).toString("hex")} deserves silence`);
    counts.silent++;
    return;
  }
  assert.ok(reply !== undefined, `${Buffer.from(packet).toString("hex")} deserves a reply`);
  const answer = decodeMessage(reply);
  assert.ok(answer.ok);
  assert.equal(answer.value.response, true);
  if (!decoded.ok) {
    assert.equal(answer.value.rcode, "FORMERR");
    counts.formErr++;
  } else counts.other++;
}
