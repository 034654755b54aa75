import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { concatBytes, fromLatin1 } from "../../base/bytes.ts";
import { decodeProxyPreamble, encodeProxyPreamble, PREAMBLE_BYTES_MAX } from "./proxy-preamble.ts";

const SOURCE = { address: "10.66.0.21", port: 40_000 };
const DESTINATION = { address: "10.66.0.31", port: 25 };
const good = encodeProxyPreamble(SOURCE, DESTINATION);

test("the bytes are those of the specification", () => {
  const hex = "0d0a0d0a000d0a515549540a_21_11_000c_0a420015_0a42001f_9c40_0019".replaceAll("_", "");
  assert.equal(Buffer.from(good).toString("hex"), hex);
});

test("what is encoded is decoded, in either family", () => {
  const table = [
    [SOURCE, DESTINATION, 28],
    [{ address: "fd66::21", port: 1 }, { address: "fd66::31", port: 65_535 }, 52],
  ] as const;
  for (const [source, destination, lengthBytes] of table) {
    const bytes = concatBytes([encodeProxyPreamble(source, destination), fromLatin1("EHLO")]);
    assert.deepEqual(decodeProxyPreamble(bytes), {
      kind: "preamble",
      preamble: { endpoints: { source, destination }, lengthBytes },
    });
  }
});

test("every cut of a preamble is incomplete", () => {
  for (let at = 0; at < good.length; at++) {
    assert.deepEqual(decodeProxyPreamble(good.subarray(0, at)), { kind: "incomplete" });
  }
});

const changed = (at: number, value: number): Uint8Array => {
  const bytes = Uint8Array.from(good);
  bytes[at] = value;
  return bytes;
};

test("what is no preamble is malformed, and says why", () => {
  const table: [Uint8Array, RegExp][] = [
    [fromLatin1("EHLO client.test\r\n"), /signature/],
    [changed(11, 0), /signature/],
    [changed(12, 0x11), /version or command/],
    [changed(12, 0x22), /version or command/],
    [changed(15, 11), /too short/],
    [changed(13, 0x21), /too short/],
    [changed(14, 0xff), new RegExp(`longer than ${PREAMBLE_BYTES_MAX}`)],
  ];
  for (const [bytes, why] of table) {
    const reading = decodeProxyPreamble(bytes);
    assert.equal(reading.kind, "malformed");
    assert.match(reading.kind === "malformed" ? reading.detail : "", why);
  }
});

test("LOCAL and foreign families name nobody, and TLVs are skipped", () => {
  for (const bytes of [changed(12, 0x20), changed(13, 0x00), changed(13, 0x31), changed(13, 0x12)]) {
    assert.deepEqual(decodeProxyPreamble(bytes), {
      kind: "preamble",
      preamble: { endpoints: undefined, lengthBytes: 28 },
    });
  }
  const withTlv = concatBytes([changed(15, 16), Uint8Array.of(4, 0, 1, 0)]);
  assert.deepEqual(decodeProxyPreamble(withTlv), {
    kind: "preamble",
    preamble: { endpoints: { source: SOURCE, destination: DESTINATION }, lengthBytes: 32 },
  });
});

test("addresses of two families fit in no preamble", () => {
  assert.throws(() => encodeProxyPreamble(SOURCE, { address: "fd66::31", port: 25 }), /together/);
});

test("no bytes make the decoder throw", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(28), (bytes, keep) => {
      const reading = decodeProxyPreamble(concatBytes([good.subarray(0, keep), bytes]));
      assert.ok(["preamble", "incomplete", "malformed"].includes(reading.kind));
    }),
    { numRuns: 500 },
  );
});
