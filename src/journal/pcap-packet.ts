/** One TCP segment with its IP header and right checksums, IPv4 (RFC 791) or IPv6 (RFC 8200). Pure. */

/** Addresses of 4 or 16 bytes, both alike. */
export type Ends = { readonly from: PacketEnd; readonly to: PacketEnd };
export type PacketEnd = { readonly address: Uint8Array; readonly port: number };

const TCP = 6;
const HOPS = 64;
const WINDOW = 65_535;

export function tcpPacket(
  ends: Ends,
  sequence: number,
  acknowledged: number,
  flags: number,
  payload: Uint8Array,
): Uint8Array {
  const segment = Buffer.alloc(20 + payload.length);
  segment.writeUInt16BE(ends.from.port, 0);
  segment.writeUInt16BE(ends.to.port, 2);
  segment.writeUInt32BE(sequence >>> 0, 4);
  segment.writeUInt32BE(acknowledged >>> 0, 8);
  segment[12] = 5 << 4; // header of five words, no options
  segment[13] = flags;
  segment.writeUInt16BE(WINDOW, 14);
  segment.set(payload, 20);
  segment.writeUInt16BE(checksum([pseudoHeader(ends, segment.length), segment]), 16);
  const header =
    ends.from.address.length === 4 ? ipv4Header(ends, segment.length) : ipv6Header(ends, segment.length);
  return Buffer.concat([header, segment]);
}

function ipv4Header({ from, to }: Ends, payloadBytes: number): Buffer {
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header.writeUInt16BE(20 + payloadBytes, 2);
  header.writeUInt16BE(0x4000, 6); // do not fragment
  header[8] = HOPS;
  header[9] = TCP;
  header.set(from.address, 12);
  header.set(to.address, 16);
  header.writeUInt16BE(checksum([header]), 10);
  return header;
}

function ipv6Header({ from, to }: Ends, payloadBytes: number): Buffer {
  const header = Buffer.alloc(40);
  header[0] = 0x60;
  header.writeUInt16BE(payloadBytes, 4);
  header[6] = TCP;
  header[7] = HOPS;
  header.set(from.address, 8);
  header.set(to.address, 24);
  return header;
}

/** What TCP's checksum covers beside the segment (RFC 9293 §3.1). The long form gives the same sum for IPv4. */
function pseudoHeader({ from, to }: Ends, segmentBytes: number): Buffer {
  const tail = Buffer.alloc(8);
  tail.writeUInt32BE(segmentBytes, 0);
  tail[7] = TCP;
  return Buffer.concat([from.address, to.address, tail]);
}

/** One's complement of the one's complement sum of 16-bit words (RFC 1071); every part but the last is even. */
export function checksum(parts: readonly Uint8Array[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let i = 0; i < part.length; i += 2) sum += ((part[i] ?? 0) << 8) | (part[i + 1] ?? 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
