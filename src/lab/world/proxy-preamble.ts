/**
 * The PROXY protocol's version 2 header (HAProxy's "The PROXY protocol", §2.2): who really talks to whom, in front
 * of a connection's first byte. Binary, IPv4 and IPv6 over TCP; TLVs are skipped. Pure; no bytes make it throw.
 *
 *     header  = signature ver-cmd family length addresses *tlv
 *     ver-cmd = %x20 / %x21          ; LOCAL: no addresses meant; PROXY
 *     family  = %x11 / %x21 / other  ; TCP over IPv4, TCP over IPv6
 */
import { asBuffer } from "../../base/bytes.ts";
import { formatIp, parseIp } from "../../base/ip.ts";
import type { Endpoint } from "../../base/network.ts";

export type ProxyPreamble = {
  /** Undefined for LOCAL and for families other than TCP: the connection's own endpoints hold. */
  readonly endpoints: { readonly source: Endpoint; readonly destination: Endpoint } | undefined;
  readonly lengthBytes: number;
};

export type PreambleReading =
  | { readonly kind: "preamble"; readonly preamble: ProxyPreamble }
  | { readonly kind: "incomplete" }
  | { readonly kind: "malformed"; readonly detail: string };

const SIGNATURE = Buffer.from("\r\n\r\n\0\r\nQUIT\n", "latin1");
const HEAD_BYTES = 16;
const COMMAND_LOCAL = 0x20;
const COMMAND_PROXY = 0x21;
const FAMILY_TCP4 = 0x11;
const FAMILY_TCP6 = 0x21;
/** Limit: addresses need 36 bytes, the protocol's largest (UNIX paths) 216; what is left is room for TLVs. */
export const PREAMBLE_BYTES_MAX = 536;

/** Both addresses of one family; asserts it. */
export function encodeProxyPreamble(source: Endpoint, destination: Endpoint): Uint8Array {
  const from = parseIp(source.address);
  const to = parseIp(destination.address);
  if (from === undefined || to === undefined || from.length !== to.length) {
    throw new Error(`no preamble names ${source.address} and ${destination.address} together`);
  }
  const addressBytes = from.length;
  const bytes = Buffer.alloc(HEAD_BYTES + 2 * addressBytes + 4);
  bytes.set(SIGNATURE, 0);
  bytes[12] = COMMAND_PROXY;
  bytes[13] = addressBytes === 4 ? FAMILY_TCP4 : FAMILY_TCP6;
  bytes.writeUInt16BE(2 * addressBytes + 4, 14);
  bytes.set(from, HEAD_BYTES);
  bytes.set(to, HEAD_BYTES + addressBytes);
  bytes.writeUInt16BE(source.port, HEAD_BYTES + 2 * addressBytes);
  bytes.writeUInt16BE(destination.port, HEAD_BYTES + 2 * addressBytes + 2);
  return bytes;
}

/** Reads from the front of `bytes`; what follows the preamble is not looked at. */
export function decodeProxyPreamble(input: Uint8Array): PreambleReading {
  const bytes = asBuffer(input);
  const signed = Math.min(bytes.length, SIGNATURE.length);
  if (bytes.compare(SIGNATURE, 0, signed, 0, signed) !== 0)
    return malformed("it does not begin with the signature");
  if (bytes.length < HEAD_BYTES) return { kind: "incomplete" };
  const command = bytes[12];
  if (command !== COMMAND_LOCAL && command !== COMMAND_PROXY)
    return malformed("its version or command is unknown");
  const restBytes = bytes.readUInt16BE(14);
  const lengthBytes = HEAD_BYTES + restBytes;
  if (lengthBytes > PREAMBLE_BYTES_MAX) return malformed(`it is longer than ${PREAMBLE_BYTES_MAX} bytes`);
  const family = bytes[13];
  const addressBytes = family === FAMILY_TCP4 ? 4 : family === FAMILY_TCP6 ? 16 : 0;
  const hasAddresses = command === COMMAND_PROXY && addressBytes > 0;
  if (hasAddresses && restBytes < 2 * addressBytes + 4) return malformed("it is too short for its addresses");
  if (bytes.length < lengthBytes) return { kind: "incomplete" };
  if (!hasAddresses) return { kind: "preamble", preamble: { endpoints: undefined, lengthBytes } };
  const portsAt = HEAD_BYTES + 2 * addressBytes;
  const endpoint = (at: number, portAt: number): Endpoint => ({
    address: formatIp(bytes.subarray(at, at + addressBytes)),
    port: bytes.readUInt16BE(portAt),
  });
  const source = endpoint(HEAD_BYTES, portsAt);
  const destination = endpoint(HEAD_BYTES + addressBytes, portsAt + 2);
  return { kind: "preamble", preamble: { endpoints: { source, destination }, lengthBytes } };
}

function malformed(detail: string): PreambleReading {
  return { kind: "malformed", detail };
}
