/**
 * Writes DER (X.690), just what an X.509 certificate is made of. An encoder only: reading certificates is left to
 * node:crypto. Never fails; what it is given is ours.
 */

const UNIVERSAL = { integer: 0x02, bitString: 0x03, octetString: 0x04, oid: 0x06, utf8: 0x0c } as const;
const BOOLEAN = 0x01;
const SEQUENCE = 0x30;
const SET = 0x31;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;

/** Tag, length, value. */
export function der(tag: number, ...values: readonly Uint8Array[]): Uint8Array {
  const value = Buffer.concat(values);
  return Buffer.concat([Uint8Array.of(tag), derLength(value.length), value]);
}

function derLength(length: number): Uint8Array {
  if (length < 0x80) return Uint8Array.of(length);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Uint8Array.of(0x80 | bytes.length, ...bytes);
}

export const derSequence = (...values: readonly Uint8Array[]): Uint8Array => der(SEQUENCE, ...values);
export const derSet = (...values: readonly Uint8Array[]): Uint8Array => der(SET, ...values);
export const derOctets = (...values: readonly Uint8Array[]): Uint8Array =>
  der(UNIVERSAL.octetString, ...values);
export const derUtf8 = (text: string): Uint8Array => der(UNIVERSAL.utf8, Buffer.from(text, "utf8"));
export const derTrue = (): Uint8Array => der(BOOLEAN, Uint8Array.of(0xff));

/** `[n]` constructed, as X.509 tags its optional parts. */
export const derContext = (n: number, ...values: readonly Uint8Array[]): Uint8Array =>
  der(0xa0 | n, ...values);
/** `[n]` primitive: the value without a tag of its own. */
export const derImplicit = (n: number, value: Uint8Array): Uint8Array => der(0x80 | n, value);

/** Big-endian and not negative: a leading zero is put in front where the top bit would say so. */
export function derInteger(bytes: Uint8Array): Uint8Array {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const rest = bytes.subarray(start);
  return der(UNIVERSAL.integer, (rest[0] ?? 0) >= 0x80 ? Uint8Array.of(0, ...rest) : rest);
}

export function derBits(bytes: Uint8Array, unusedBits = 0): Uint8Array {
  return der(UNIVERSAL.bitString, Uint8Array.of(unusedBits), bytes);
}

/** `1.2.840.10045.4.3.2` */
export function derOid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes: number[] = [];
  for (const arc of [first * 40 + second, ...rest]) {
    const digits = [arc % 128];
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128))
      digits.unshift((left % 128) | 0x80);
    bytes.push(...digits);
  }
  return der(UNIVERSAL.oid, Uint8Array.from(bytes));
}

/** UTCTime through 2049, GeneralizedTime after (RFC 5280 §4.1.2.5). */
export function derTime(ms: number): Uint8Array {
  const text = new Date(ms).toISOString().replace(/\.\d+/, "").replace(/[-:T]/g, "");
  return new Date(ms).getUTCFullYear() < 2050
    ? der(UTC_TIME, Buffer.from(text.slice(2), "latin1"))
    : der(GENERALIZED_TIME, Buffer.from(text, "latin1"));
}

export function toPem(label: string, bytes: Uint8Array): string {
  const lines =
    Buffer.from(bytes)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
