import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as dnsPacket from "dns-packet";
import * as fc from "fast-check";
import { latin1 } from "../../base/bytes.ts";
import { formatIp } from "../../base/ip.ts";
import { decodeMessage } from "./decode.ts";
import { encodeMessage } from "./encode.ts";
import { queryMessage } from "./message.ts";
import type { Message } from "./message.ts";
import { formatName, parseName } from "./name.ts";
import { formatRdata } from "./rdata.ts";
import type { RecordData, ResourceRecord } from "./record.ts";
import { createTcpFragmenter, frameTcp } from "./tcp-framing.ts";
import { formatRecord, parseZoneFile } from "./zone-file.ts";

// Plain objects, as the decoder makes them; deepEqual tells prototypes apart.
const record = <T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(model, { noNullPrototype: true });

const anyLabel = fc.uint8Array({ minLength: 1, maxLength: 12 }).map((bytes) => String.fromCharCode(...bytes));
const anyName = fc.array(anyLabel, { maxLength: 6 }).map(formatName);
const u8 = fc.integer({ min: 0, max: 255 });
const u16 = fc.integer({ min: 0, max: 0xffff });
const u31 = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const bytes = fc.uint8Array({ minLength: 1, maxLength: 90 }).map((value) => new Uint8Array(value));
const text = fc.uint8Array({ maxLength: 255 }).map((value) => String.fromCharCode(...value));
const address = (size: number) => fc.uint8Array({ minLength: size, maxLength: size }).map(formatIp);
const type = <T extends string>(name: T) => fc.constant(name);
const params = fc
  .uniqueArray(record({ key: fc.integer({ min: 0, max: 20 }), value: bytes }), {
    selector: ({ key }) => key,
  })
  .map((list) => list.sort((a, b) => a.key - b.key));

const anyData: fc.Arbitrary<RecordData> = fc.oneof(
  record({ type: type("A"), address: address(4) }),
  record({ type: type("AAAA"), address: address(16) }),
  record({ type: fc.constantFrom("NS", "CNAME", "PTR"), target: anyName }),
  record({ type: type("MX"), preference: u16, exchange: anyName }),
  record({
    type: type("SOA"),
    primary: anyName,
    mailbox: anyName,
    serial: u32,
    refreshSeconds: u31,
    retrySeconds: u31,
    expireSeconds: u31,
    minimumSeconds: u31,
  }),
  record({ type: type("TXT"), strings: fc.array(text, { minLength: 1, maxLength: 3 }) }),
  record({ type: type("SRV"), priority: u16, weight: u16, port: u16, target: anyName }),
  record({ type: type("TLSA"), usage: u8, selector: u8, matchingType: u8, data: bytes }),
  record({ type: type("CAA"), flags: u8, tag: fc.constantFrom("issue", "iodef"), value: text }),
  record({ type: type("DS"), keyTag: u16, algorithm: u8, digestType: u8, digest: bytes }),
  record({ type: type("DNSKEY"), flags: u16, protocol: u8, algorithm: u8, publicKey: bytes }),
  record({
    type: type("RRSIG"),
    typeCovered: fc.constantFrom("A" as const, "MX" as const, "TYPE777" as const),
    algorithm: u8,
    labels: u8,
    originalTtlSeconds: u31,
    expirationSeconds: u32,
    inceptionSeconds: u32,
    keyTag: u16,
    signer: anyName,
    signature: bytes,
  }),
  record({ type: fc.constantFrom("SVCB", "HTTPS"), priority: u16, target: anyName, params }),
  record({
    type: type("TYPE65280"),
    bytes: fc.uint8Array({ maxLength: 40 }).map((value) => new Uint8Array(value)),
  }),
) as fc.Arbitrary<RecordData>;

const anyRecord: fc.Arbitrary<ResourceRecord> = record({
  name: anyName,
  class: fc.constantFrom("IN" as const, "CH" as const, "CLASS77" as const),
  ttlSeconds: u31,
  data: anyData,
});
const section = fc.array(anyRecord, { maxLength: 4 });
const anyMessage: fc.Arbitrary<Message> = record({
  id: u16,
  opcode: fc.integer({ min: 0, max: 15 }),
  response: fc.boolean(),
  authoritative: fc.boolean(),
  truncated: fc.boolean(),
  recursionDesired: fc.boolean(),
  recursionAvailable: fc.boolean(),
  authenticData: fc.boolean(),
  checkingDisabled: fc.boolean(),
  rcode: fc.constantFrom("NOERROR" as const, "REFUSED" as const, "BADVERS" as const, "RCODE3000" as const),
  questions: fc.array(
    record({ name: anyName, type: fc.constantFrom("A", "ANY", "TYPE999"), class: type("IN") }),
    {
      maxLength: 2,
    },
  ) as fc.Arbitrary<Message["questions"]>,
  answers: section,
  authorities: section,
  additionals: section,
  edns: record({
    version: u8,
    udpSizeBytes: u16,
    dnssecOk: fc.boolean(),
    options: fc.array(record({ code: u16, data: bytes }), { maxLength: 2 }),
  }),
});

describe("the codec", () => {
  test("gives back every message it wrote", () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const decoded = decodeMessage(encodeMessage(message));
        assert.deepEqual(decoded, { ok: true, value: message });
      }),
      { numRuns: 300 },
    );
  });

  test("throws on no bytes, whole or cut or changed", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (noise) => void decodeMessage(noise)));
    fc.assert(
      fc.property(anyMessage, fc.nat(), u8, (message, at, byte) => {
        const changed = new Uint8Array(encodeMessage(message));
        changed[at % changed.length] = byte;
        decodeMessage(changed);
        decodeMessage(changed.subarray(0, at % changed.length));
      }),
      { numRuns: 300 },
    );
  });

  test("keeps to the size it was given, cuts at whole record sets and says so", () => {
    fc.assert(
      fc.property(anyMessage, fc.integer({ min: 512, max: 1232 }), (message, sizeBytesMax) => {
        const bytes = encodeMessage(message, sizeBytesMax);
        assert.ok(bytes.length <= sizeBytesMax);
        const decoded = decodeMessage(bytes);
        assert.ok(decoded.ok);
        assert.deepEqual(decoded.value.answers, message.answers.slice(0, decoded.value.answers.length));
        if (decoded.value.answers.length < message.answers.length) assert.ok(decoded.value.truncated);
      }),
      { numRuns: 200 },
    );
  });

  test("compresses names", () => {
    const answers = ["a", "b"].map((label): ResourceRecord => {
      return {
        name: "x.example.test",
        class: "IN",
        ttlSeconds: 1,
        data: { type: "NS", target: `${label}.example.test` },
      };
    });
    const query = queryMessage(1, { name: "example.test", type: "NS", class: "IN" }, undefined);
    // header 12, question 14 + 4, then x + pointer / pointer, 10, a + pointer each
    assert.equal(encodeMessage({ ...query, answers }).length, 12 + 18 + (4 + 10 + 4) + (2 + 10 + 4));
  });

  const HEADER = [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
  const BROKEN: [string, number[], RegExp][] = [
    ["a pointer to itself", [...HEADER, 0xc0, 12, 0, 1, 0, 1], /lead back/],
    ["a pointer forward", [...HEADER, 0xc0, 20, 0, 1, 0, 1, 0, 0, 0], /lead back/],
    ["two pointers that chase each other", [...HEADER, 1, 97, 0xc0, 12, 0, 1, 0, 1], /lead back/],
    ["an unknown kind of label", [...HEADER, 0x80, 0, 1, 0, 1], /kind/],
    ["a label past the end", [...HEADER, 60, 97, 98, 0, 1], /label/],
    ["counts past the end", [0, 1, 1, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 1, 0, 1], /counts/],
  ];
  for (const [name, packet, reason] of BROKEN) {
    test(`refuses ${name} and keeps the header`, () => {
      const decoded = decodeMessage(new Uint8Array(packet));
      assert.ok(!decoded.ok);
      assert.match(decoded.error.reason, reason);
      assert.equal(decoded.error.header?.id, 1);
    });
  }
});

describe("names", () => {
  test("come back from text whatever bytes they hold", () => {
    fc.assert(
      fc.property(fc.array(anyLabel, { maxLength: 8 }), (labels) => {
        assert.deepEqual(parseName(formatName(labels)), { ok: true, value: labels });
      }),
    );
  });

  test("keep a dot inside a label apart from a dot between labels", () => {
    assert.deepEqual(parseName("john\\.doe.example."), { ok: true, value: ["john.doe", "example"] });
    assert.equal(formatName(["john.doe", "example"]), "john\\.doe.example");
  });
  for (const bad of ["", "a..b", ".a", "x".repeat(64), "a\\25", "a\\999", `${"abcdefg.".repeat(32)}a`])
    test(`refuses ${JSON.stringify(bad.slice(0, 20))}`, () => assert.equal(parseName(bad).ok, false));
});

describe("the text form", () => {
  test("comes back from a zone file for every type", () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const line = formatRecord({ ...record, class: "IN" });
        const parsed = parseZoneFile(line, { origin: "." });
        if (record.data.type === "SOA") return; // stands only at the top of a zone; tested with zone files
        assert.ok(parsed.ok, `${line} ${JSON.stringify(parsed)}`);
        assert.deepEqual(parsed.value.records[0]?.data, record.data);
        assert.equal(parsed.value.records[0]?.name, record.name);
      }),
      { numRuns: 400 },
    );
  });
});

describe("against dns-packet", () => {
  const RECORDS: [RecordData, object][] = [
    [{ type: "A", address: "192.0.2.1" }, { data: "192.0.2.1" }],
    [{ type: "AAAA", address: "2001:db8::1" }, { data: "2001:db8::1" }],
    [
      { type: "MX", preference: 10, exchange: "mx.example.test" },
      { data: { preference: 10, exchange: "mx.example.test" } },
    ],
    [{ type: "NS", target: "ns.example.test" }, { data: "ns.example.test" }],
    [{ type: "CNAME", target: "b.example.test" }, { data: "b.example.test" }],
    [{ type: "PTR", target: "p.example.test" }, { data: "p.example.test" }],
    [{ type: "TXT", strings: ["v=spf1", " -all"] }, { data: [Buffer.from("v=spf1"), Buffer.from(" -all")] }],
    [
      { type: "SRV", priority: 1, weight: 2, port: 25, target: "s.example.test" },
      { data: { priority: 1, weight: 2, port: 25, target: "s.example.test" } },
    ],
    [
      { type: "TLSA", usage: 3, selector: 1, matchingType: 1, data: new Uint8Array([1, 2, 3]) },
      { data: { usage: 3, selector: 1, matchingType: 1, certificate: Buffer.from([1, 2, 3]) } },
    ],
    [
      { type: "CAA", flags: 128, tag: "issue", value: "ca.test" },
      { data: { flags: 128, tag: "issue", value: "ca.test" } },
    ],
    [
      { type: "DS", keyTag: 7, algorithm: 8, digestType: 2, digest: new Uint8Array(32).fill(9) },
      { data: { keyTag: 7, algorithm: 8, digestType: 2, digest: Buffer.alloc(32, 9) } },
    ],
    [
      { type: "DNSKEY", flags: 257, protocol: 3, algorithm: 8, publicKey: new Uint8Array([5, 6, 7]) },
      { data: { flags: 257, algorithm: 8, key: Buffer.from([5, 6, 7]) } },
    ],
    [
      {
        type: "SOA",
        primary: "ns.example.test",
        mailbox: "h.example.test",
        serial: 1,
        refreshSeconds: 2,
        retrySeconds: 3,
        expireSeconds: 4,
        minimumSeconds: 5,
      },
      {
        data: {
          mname: "ns.example.test",
          rname: "h.example.test",
          serial: 1,
          refresh: 2,
          retry: 3,
          expire: 4,
          minimum: 5,
        },
      },
    ],
  ];
  for (const [data, theirs] of RECORDS) {
    test(`${data.type} is read alike by both`, () => {
      const record: ResourceRecord = { name: "example.test", class: "IN", ttlSeconds: 60, data };
      const query = queryMessage(9, { name: "example.test", type: "A", class: "IN" }, undefined);
      const answer = { type: data.type, name: "example.test", ttl: 60, class: "IN", ...theirs };
      const fromUs = dnsPacket.decode(
        Buffer.from(encodeMessage({ ...query, response: true, answers: [record] })),
      );
      const [read] = fromUs.answers ?? [];
      assert.deepEqual(dnsPacket.answer.encode(read as object), dnsPacket.answer.encode(answer));
      const packet = dnsPacket.encode({ type: "response", id: 9, answers: [answer] });
      const decoded = decodeMessage(packet);
      assert.ok(decoded.ok, JSON.stringify(decoded));
      assert.deepEqual(decoded.value.answers, [record]);
      assert.notEqual(formatRdata(data), "");
    });
  }
});

test("the TCP fragmenter finds the same messages however the stream is cut", () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 }),
      fc.infiniteStream(u8),
      (messages, cuts) => {
        const stream = Buffer.concat(messages.map((message) => frameTcp(message)));
        const fragmenter = createTcpFragmenter();
        const found: Uint8Array[] = [];
        for (let at = 0; at < stream.length;) {
          const next = at + 1 + (cuts.next().value % 9);
          found.push(...fragmenter.push(stream.subarray(at, next)));
          at = next;
        }
        assert.deepEqual(found.map(latin1), messages.map(latin1));
        assert.equal(fragmenter.pendingBytes, 0);
      },
    ),
  );
});
