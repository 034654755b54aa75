/**
 * Modified UTF-7 (RFC 3501 §5.1.3): how names of mailboxes are written for clients without UTF-8. Decoding answers
 * undefined to what is not well formed, never throws.
 */

/** `Entwürfe` → `Entw&APw-rfe`. */
export function encodeModifiedUtf7(text: string): string {
  if (/^[\x20-\x25\x27-\x7e]*$/.test(text)) return text;
  return text.replaceAll(/&|[^\x20-\x7e]+/g, (run) => (run === "&" ? "&-" : `&${encodeRun(run)}-`));
}

export function decodeModifiedUtf7(text: string): string | undefined {
  if (!text.includes("&")) return /^[\x20-\x7e]*$/.test(text) ? text : undefined;
  let result = "";
  for (let at = 0; at < text.length;) {
    const start = text.indexOf("&", at);
    const plain = text.slice(at, start < 0 ? text.length : start);
    if (!/^[\x20-\x7e]*$/.test(plain)) return undefined;
    result += plain;
    if (start < 0) break;
    const end = text.indexOf("-", start);
    if (end < 0) return undefined;
    const run = end === start + 1 ? "&" : decodeRun(text.slice(start + 1, end));
    if (run === undefined) return undefined;
    result += run;
    at = end + 1;
  }
  return result.isWellFormed() ? result : undefined;
}

function encodeRun(run: string): string {
  return Buffer.from(run, "utf16le").swap16().toString("base64").replaceAll("/", ",").replaceAll("=", "");
}

/** Strict: only base64 of whole UTF-16 units that had to be encoded. */
function decodeRun(encoded: string): string | undefined {
  if (!/^[A-Za-z0-9+,]+$/.test(encoded)) return undefined;
  const bytes = Buffer.from(encoded.replaceAll(",", "/"), "base64");
  if (bytes.length % 2 !== 0) return undefined;
  const run = bytes.swap16().toString("utf16le");
  return encodeRun(run) === encoded && !/[\x20-\x7e]/.test(run) ? run : undefined;
}
