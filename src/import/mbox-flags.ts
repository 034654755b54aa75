/** The flags that an mbox keeps in header fields: Status and X-Status (letters), X-Keywords and Mozilla's. Pure. */

const LETTERS: Readonly<Record<string, string>> = {
  R: "\\Seen",
  A: "\\Answered",
  F: "\\Flagged",
  T: "\\Draft",
  D: "\\Deleted",
};
/** Bits of X-Mozilla-Status: read, replied, marked, expunged; the others are not flags here. */
const MOZILLA: readonly (readonly [bit: number, flag: string])[] = [
  [0x0001, "\\Seen"],
  [0x0002, "\\Answered"],
  [0x0004, "\\Flagged"],
  [0x0008, "\\Deleted"],
];
/** Limit: of a header that is looked through. */
const HEADER_BYTES_MAX = 262_144;

export function mboxFlags(content: Uint8Array): string[] {
  const head = Buffer.from(content.buffer, content.byteOffset, Math.min(content.length, HEADER_BYTES_MAX));
  const end = head.indexOf("\r\n\r\n");
  const header = head.toString("latin1", 0, end < 0 ? head.length : end).replaceAll(/\r\n[ \t]+/g, " ");
  const flags: string[] = [];
  for (const [, name = "", value = ""] of header.matchAll(
    /^(X-Status|Status|X-Keywords|X-Mozilla-Keys|X-Mozilla-Status):[ \t]*([^\r\n]*)/gim,
  )) {
    switch (name.toLowerCase()) {
      case "status":
      case "x-status":
        for (const letter of value) flags.push(...(LETTERS[letter] === undefined ? [] : [LETTERS[letter]]));
        break;
      case "x-mozilla-status": {
        const bits = Number.parseInt(value, 16);
        for (const [bit, flag] of MOZILLA) if ((bits & bit) !== 0) flags.push(flag);
        break;
      }
      default:
        flags.push(...value.split(/[\s,]+/).filter((word) => word !== ""));
    }
  }
  return flags;
}
