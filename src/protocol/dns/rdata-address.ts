/** A (RFC 1035 §3.4.1) and AAAA (RFC 3596). */
import { formatIp, parseIpv4, parseIpv6 } from "../../base/ip.ts";
import type { RdataCodec } from "./rdata-codec.ts";
import type { AddressData } from "./record.ts";

function addressCodec<T extends "A" | "AAAA">(
  type: T,
  sizeBytes: number,
  parse: (text: string) => Uint8Array | undefined,
  expected: string,
): RdataCodec<AddressData<T>> {
  return {
    decode: (reader) => ({ type, address: formatIp(reader.take(sizeBytes)) }),
    encode(writer, { address }) {
      const bytes = parse(address);
      if (bytes === undefined) throw new RangeError(`not ${expected}: ${address}`);
      writer.put(bytes);
    },
    format: ({ address }) => address,
    parse(fields) {
      const token = fields.token(expected);
      const bytes = token.quoted ? undefined : parse(token.raw);
      return bytes === undefined ? fields.fail(token, expected) : { type, address: formatIp(bytes) };
    },
  };
}

export const aCodec = addressCodec("A", 4, parseIpv4, "an IPv4 address, as in 192.0.2.1");
export const aaaaCodec = addressCodec("AAAA", 16, parseIpv6, "an IPv6 address, as in 2001:db8::1");
