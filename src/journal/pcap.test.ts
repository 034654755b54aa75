import assert from "node:assert/strict";
import { test } from "node:test";
import { checksum, tcpPacket } from "./pcap-packet.ts";
import { formatPcap } from "./pcap.ts";
import { bounceJourney } from "./testing/sample-journal.ts";
import { traceOf } from "./trace.ts";

/** Walks the file as a reader would, and checks lengths, checksums and sequence numbers. */
function readStreams(file: Buffer): Map<string, string> {
  assert.equal(file.readUInt32LE(0), 0xa1b2c3d4);
  assert.equal(file.readUInt32LE(20), 101);
  const said = new Map<string, string>();
  const next = new Map<string, number>();
  let before = 0;
  let at = 24;
  while (at < file.length) {
    const time = file.readUInt32LE(at) * 1e6 + file.readUInt32LE(at + 4);
    const length = file.readUInt32LE(at + 8);
    assert.ok(time >= before, "packets are in order of time");
    before = time;
    const packet = file.subarray(at + 16, at + 16 + length);
    at += 16 + length;
    assert.equal(packet.readUInt16BE(2), length);
    assert.equal(checksum([packet.subarray(0, 20)]), 0, "the IP header's sum");
    const segment = packet.subarray(20);
    const pseudo = Buffer.from([
      ...packet.subarray(12, 20),
      0,
      6,
      segment.length >> 8,
      segment.length & 0xff,
    ]);
    assert.equal(checksum([pseudo, segment]), 0, "the segment's sum");
    const key = `${packet.subarray(12, 16).join(".")}:${segment.readUInt16BE(0)}`;
    const sequence = segment.readUInt32BE(4);
    if (next.has(key)) assert.equal(sequence, next.get(key), "no byte is missing or twice");
    const payload = segment.subarray(20);
    const flags = segment[13] ?? 0;
    next.set(key, sequence + payload.length + ((flags & 3) === 0 ? 0 : 1));
    said.set(key, (said.get(key) ?? "") + payload.toString("utf8"));
  }
  assert.equal(at, file.length);
  return said;
}

test("a journey becomes a capture in which each side's words stand in order", () => {
  const trace = traceOf(bounceJourney().events, "E1");
  assert.ok(trace);
  const said = readStreams(Buffer.from(formatPcap(trace)));
  assert.deepEqual([...said.keys()].sort(), [
    "10.66.0.1:40001",
    "10.66.0.21:25",
    "10.66.0.21:50001",
    "10.66.0.31:25",
  ]);
  assert.match(
    said.get("10.66.0.21:50001") ?? "",
    /^EHLO edge.*\r\nSTARTTLS\r\n[^]*DATA\r\n\[message: 930 bytes\]\r\n$/,
  );
  assert.match(said.get("10.66.0.31:25") ?? "", /^220 kerio[^]*550 5.1.1 no such user here\r\n/);
});

test("an IPv6 segment sums up", () => {
  const end = (last: number, port: number) => ({
    address: Uint8Array.from([0xfd, 0x66, ...Array.from({ length: 13 }, () => 0), last]),
    port,
  });
  const packet = Buffer.from(
    tcpPacket({ from: end(1, 5000), to: end(2, 25) }, 1, 2, 0x18, Buffer.from("odd")),
  );
  const segment = packet.subarray(40);
  const pseudo = Buffer.concat([packet.subarray(8, 40), Buffer.from([0, 0, 0, segment.length, 0, 0, 0, 6])]);
  assert.equal(checksum([pseudo, segment]), 0);
  assert.equal(packet.readUInt16BE(4), segment.length);
});
