/**
 * Internet addresses as bytes and as canonical text. Reading is strict (no leading zeros, no zones, RFC 6943 §3.1.1);
 * writing follows RFC 5952. What is not an address gives undefined, never an exception.
 *
 *     IPv4-address-literal = Snum 3("."  Snum)                     ; RFC 5321 §4.1.3
 *     IPv6-addr            = IPv6-full / IPv6-comp / IPv6v4-full / IPv6v4-comp
 */

/** Four bytes, sixteen bytes, or undefined. */
export function parseIpAddress(text: string): Uint8Array | undefined {
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

/** The text form two equal addresses share; undefined when it is not an address. */
export function canonicalAddress(text: string): string | undefined {
  const bytes = parseIpAddress(text);
  return bytes === undefined ? undefined : formatIpAddress(bytes);
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  const bytes = new Uint8Array(4);
  for (const [i, part] of parts.entries()) {
    if (!/^(?:0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return undefined;
    bytes[i] = Number(part);
  }
  return bytes;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? "", halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? "", true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const given = head.length + tail.length;
  if (halves.length === 1 ? given !== 16 : given > 14) return undefined;
  const bytes = new Uint8Array(16);
  bytes.set(head, 0);
  bytes.set(tail, 16 - tail.length);
  return bytes;
}

/** Groups of hexadecimal, the last of which may be a dotted quad when it ends the address. */
function parseGroups(text: string, endsAddress: boolean): number[] | undefined {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":");
  for (const [i, group] of groups.entries()) {
    if (endsAddress && i === groups.length - 1 && group.includes(".")) {
      const quad = parseIpv4(group);
      if (quad === undefined) return undefined;
      bytes.push(...quad);
    } else {
      if (!/^[0-9a-f]{1,4}$/i.test(group)) return undefined;
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    }
  }
  return bytes;
}

export function formatIpAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0));
  const zeros = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (zeros.length < 2) return hex.join(":");
  return `${hex.slice(0, zeros.start).join(":")}::${hex.slice(zeros.start + zeros.length).join(":")}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let length = 0;
  for (const [i, group] of groups.entries()) {
    length = group === 0 ? length + 1 : 0;
    if (length > best.length) best = { start: i - length + 1, length };
  }
  return best;
}

export type AddressRange = { readonly base: Uint8Array; readonly prefixBits: number };

/** `10.66.0.0/24`, `fd66::/64`, or one address; undefined when it is neither. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const [address = "", prefix] = text.split("/");
  const base = parseIpAddress(address);
  if (base === undefined) return undefined;
  const bitsMax = base.length * 8;
  if (prefix === undefined) return { base, prefixBits: bitsMax };
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= bitsMax
    ? { base, prefixBits: Number(prefix) }
    : undefined;
}

export function inAddressRange(address: Uint8Array, { base, prefixBits }: AddressRange): boolean {
  if (address.length !== base.length) return false;
  for (let i = 0, bits = prefixBits; bits > 0; i++, bits -= 8) {
    const mask = bits >= 8 ? 0xff : 0xff & (0xff << (8 - bits));
    if (((address[i] ?? 0) & mask) !== ((base[i] ?? 0) & mask)) return false;
  }
  return true;
}
