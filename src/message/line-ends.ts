/** Files written on this machine end their lines with LF; mail ends them with CRLF (RFC 5322 §2.1). Pure. */
import { asBuffer, latin1 } from "../base/bytes.ts";

const LF = 0x0a;
const CR = 0x0d;

/** Every line ends with CRLF, however it ended: for files that editors and scripts write. */
export function withCrlf(file: Uint8Array): Uint8Array {
  const text = latin1(file);
  return /(?:^|[^\r])\n|\r(?!\n)/.test(text)
    ? Buffer.from(text.replace(/\r\n|\r|\n/g, "\r\n"), "latin1")
    : file;
}

/** LF alone becomes CRLF and nothing else changes: for messages that a mail server put into a file. */
export function lineFeedsToCrlf(file: Uint8Array): Uint8Array {
  const bytes = asBuffer(file);
  let bare = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) if (bytes[at - 1] !== CR) bare++;
  if (bare === 0) return file;
  const out = Buffer.allocUnsafe(bytes.length + bare);
  let from = 0;
  let to = 0;
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    if (bytes[at - 1] === CR) continue;
    to += bytes.copy(out, to, from, at);
    out[to++] = CR;
    out[to++] = LF;
    from = at + 1;
  }
  bytes.copy(out, to, from);
  return out;
}
