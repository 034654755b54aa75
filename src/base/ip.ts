/**
 * IP addresses and networks as values: canonical text (RFC 5952), CIDR matching, reverse names. Pure; text that is
 * no address gives undefined, never an exception.
 */

/** 4 bytes for IPv4, 16 for IPv6, in network order. */
export type IpBytes = Uint8Array;

export type IpNetwork = { readonly bytes: IpBytes; readonly prefixBits: number };

const DOT = 0x2e;
const COLON = 0x3a;
const IPV6_GROUPS = 8;
/** `::ffff:0:0/96`: an IPv4 address that reached a dual-stack socket (RFC 4291 §2.5.5.2). */
const MAPPED_PREFIX = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/** Dotted quad, four decimal numbers without leading zeros (RFC 6943 §3.1.1: the loose forms are ambiguous). */
export function parseIpv4(text: string): IpBytes | undefined {
  const bytes = new Uint8Array(4);
  return readIpv4(text, 0, bytes, 0) ? bytes : undefined;
}

/** Every form of RFC 4291 §2.2, without brackets or zone. */
export function parseIpv6(text: string): IpBytes | undefined {
  if (text.length < 2 || text.length > 45) return undefined;
  const bytes = new Uint8Array(16);
  let group = 0;
  let gap = -1; // the group before which `::` stands
  let at = 0;
  if (text.startsWith("::")) {
    gap = 0;
    at = 2;
  }
  while (at < text.length) {
    if (group === IPV6_GROUPS) return undefined;
    const start = at;
    let value = 0;
    for (; at < text.length && at - start < 4; at++) {
      const digit = hexDigit(text.charCodeAt(at));
      if (digit < 0) break;
      value = value * 16 + digit;
    }
    if (at === start) return undefined;
    if (at < text.length && text.charCodeAt(at) === DOT) {
      if (group > IPV6_GROUPS - 2 || !readIpv4(text, start, bytes, group * 2)) return undefined;
      group += 2;
      at = text.length;
      break;
    }
    bytes[group * 2] = value >> 8;
    bytes[group * 2 + 1] = value & 0xff;
    group++;
    if (at === text.length) break;
    if (text.charCodeAt(at) !== COLON) return undefined;
    at++;
    if (at === text.length) return undefined; // a single colon at the end
    if (text.charCodeAt(at) === COLON) {
      if (gap >= 0) return undefined;
      gap = group;
      at++;
    }
  }
  if (gap < 0) return group === IPV6_GROUPS ? bytes : undefined;
  if (group === IPV6_GROUPS) return undefined; // `::` stands for at least one group
  const moved = (group - gap) * 2;
  bytes.copyWithin(16 - moved, gap * 2, group * 2);
  bytes.fill(0, gap * 2, 16 - moved);
  return bytes;
}

export function parseIp(text: string): IpBytes | undefined {
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

/** Canonical text: dotted quad, or RFC 5952 §4 (lower case, the longest run of two or more zero groups as `::`). */
export function formatIp(bytes: IpBytes): string {
  if (bytes.length === 4) return `${bytes[0]}.${bytes[1]}.${bytes[2]}.${bytes[3]}`;
  if (isMapped(bytes)) return `::ffff:${formatIp(bytes.subarray(12))}`; // RFC 5952 §5
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0));
  const run = longestZeroRun(groups);
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(":");
  if (run.length < 2) return hex(groups);
  return `${hex(groups.slice(0, run.start))}::${hex(groups.slice(run.start + run.length))}`;
}

/** The one way to write this address, or undefined when it is none. */
export function canonicalIp(text: string): string | undefined {
  const bytes = parseIp(text);
  return bytes === undefined ? undefined : formatIp(bytes);
}

/**
 * `10.66.0.0/24`, `fd66::/64`; an address alone is a network of one. Bits set beyond the prefix are refused: the
 * writer meant something else.
 */
export function parseNetwork(text: string): IpNetwork | undefined {
  const slash = text.indexOf("/");
  const bytes = parseIp(slash < 0 ? text : text.slice(0, slash));
  if (bytes === undefined) return undefined;
  const widthBits = bytes.length * 8;
  if (slash < 0) return { bytes, prefixBits: widthBits };
  const digits = text.slice(slash + 1);
  if (!/^(?:0|[1-9]\d{0,2})$/.test(digits) || Number(digits) > widthBits) return undefined;
  const prefixBits = Number(digits);
  for (let bit = prefixBits; bit < widthBits; bit++) {
    if (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) return undefined;
  }
  return { bytes, prefixBits };
}

export function formatNetwork({ bytes, prefixBits }: IpNetwork): string {
  return `${formatIp(bytes)}/${prefixBits}`;
}

/** An IPv4-mapped IPv6 address is matched against IPv4 networks as the IPv4 address it is. */
export function networkContains(network: IpNetwork, address: string | IpBytes): boolean {
  let bytes = typeof address === "string" ? parseIp(address) : address;
  if (bytes === undefined) return false;
  if (bytes.length === 16 && network.bytes.length === 4 && isMapped(bytes)) bytes = bytes.subarray(12);
  if (bytes.length !== network.bytes.length) return false;
  const whole = network.prefixBits >> 3;
  for (let i = 0; i < whole; i++) if (bytes[i] !== network.bytes[i]) return false;
  const rest = network.prefixBits & 7;
  if (rest === 0) return true;
  const mask = (0xff << (8 - rest)) & 0xff;
  return (((bytes[whole] ?? 0) ^ (network.bytes[whole] ?? 0)) & mask) === 0;
}

/** The name whose PTR record names the address: `1.0.66.10.in-addr.arpa` (RFC 1035 §3.5), `….ip6.arpa` (RFC 3596 §2.5). */
export function reverseName(address: string): string | undefined {
  const bytes = parseIp(address);
  return bytes === undefined ? undefined : reverseNameOf(bytes);
}

export function reverseNameOf(bytes: IpBytes): string {
  const last = [...bytes].reverse();
  if (bytes.length === 4) return `${last.join(".")}.in-addr.arpa`;
  return `${last.map((byte) => `${(byte & 15).toString(16)}.${(byte >> 4).toString(16)}`).join(".")}.ip6.arpa`;
}

function isMapped(bytes: IpBytes): boolean {
  return MAPPED_PREFIX.every((byte, index) => bytes[index] === byte);
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let i = 0; i < groups.length; i++) {
    if (groups[i] !== 0) start = i + 1;
    else if (i + 1 - start > best.length) best = { start, length: i + 1 - start };
  }
  return best;
}

/** Reads a dotted quad that must reach the end of the text. */
function readIpv4(text: string, from: number, into: Uint8Array, offset: number): boolean {
  let at = from;
  for (let part = 0; part < 4; part++) {
    if (part > 0 && text.charCodeAt(at++) !== DOT) return false;
    const start = at;
    let value = 0;
    for (; at < text.length; at++) {
      const digit = text.charCodeAt(at) - 0x30;
      if (digit < 0 || digit > 9) break;
      if (at - start === 3) return false;
      value = value * 10 + digit;
    }
    if (at === start || value > 255 || (at - start > 1 && text.charCodeAt(start) === 0x30)) return false;
    into[offset + part] = value;
  }
  return at === text.length;
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
