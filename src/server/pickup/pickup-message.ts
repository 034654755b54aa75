/**
 * What a file in the pickup folder asks for: its envelope, and the message without the lines that were only meant for
 * us. X-Sender and X-Receiver lines at the very top are the envelope, as IIS has it; else From, To, Cc and Bcc are.
 * Bcc never leaves. Pure; a file that cannot be sent says why.
 */
import { asBuffer, utf8 } from "../../base/bytes.ts";
import { err, ok } from "../../base/result.ts";
import { withCrlf } from "../../message/line-ends.ts";
import type { Result } from "../../base/result.ts";

export type PickupMessage = {
  readonly reversePath: string;
  readonly recipients: readonly string[];
  readonly content: Uint8Array;
};

/** Limit: as many as one SMTP transaction must be able to take (RFC 5321 §4.5.3.1.8), ten times over. */
const RECIPIENTS_MAX = 1000;
/** Limit: of the header, before we believe it is one. */
const HEADER_BYTES_MAX = 1024 * 1024;

type Field = { readonly name: string; readonly value: string; readonly start: number; readonly end: number };

export function readPickup(file: Uint8Array): Result<PickupMessage, string> {
  // Lenient: editors and scripts write bare line feeds; on the wire a line ends in CRLF (RFC 5321 §2.3.8).
  const content = withCrlf(file);
  const fields = splitFields(content);
  if (fields === undefined)
    return err("The file does not begin with a header: 'Name: value' lines and an empty line.");
  const of = (...names: string[]): Field[] => fields.filter((field) => names.includes(field.name));
  const values = (found: readonly Field[]): string[] => found.flatMap((field) => addressesIn(field.value));
  const receivers = of("x-receiver");
  const senders = of("x-sender");
  if (of("from").length === 0) return err("'From' header is missing (RFC 5322 §3.6.2).");
  const recipients = [...new Set(values(receivers.length > 0 ? receivers : of("to", "cc", "bcc")))];
  if (recipients.length === 0)
    return err("No recipient: neither X-Receiver nor To, Cc or Bcc names an address.");
  if (recipients.length > RECIPIENTS_MAX)
    return err(`${recipients.length} recipients: at most ${RECIPIENTS_MAX} go in one file.`);
  const bounce = senders.some((field) => field.value.trim() === "<>" || field.value.trim() === "");
  const from = values(senders.length > 0 ? senders : of("sender", "from"))[0];
  if (from === undefined && !bounce) return err("No sender: neither X-Sender nor From holds an address.");
  const removed = of("x-sender", "x-receiver", "bcc");
  return ok({ reversePath: bounce ? "" : (from ?? ""), recipients, content: without(content, removed) });
}

/** Undefined when the first lines are not a header (RFC 5322 §2.2). Offsets are of the whole field with its CRLF. */
function splitFields(content: Uint8Array): Field[] | undefined {
  const bytes = asBuffer(content);
  const fields: Field[] = [];
  let start = 0;
  while (start < bytes.length && start < HEADER_BYTES_MAX) {
    let end = lineEnd(bytes, start);
    if (end - start <= 2 && bytes[start] === 0x0d) return fields; // the empty line
    while (bytes[end] === 0x20 || bytes[end] === 0x09) end = lineEnd(bytes, end);
    const text = utf8(bytes.subarray(start, end));
    const match = /^([!-9;-~]+)[ \t]*:([^]*)$/.exec(text);
    if (match === null) return undefined;
    fields.push({
      name: (match[1] ?? "").toLowerCase(),
      value: (match[2] ?? "").replace(/\r\n/g, ""),
      start,
      end,
    });
    start = end;
  }
  return start >= HEADER_BYTES_MAX || fields.length === 0 ? undefined : fields;
}

function lineEnd(bytes: Buffer, from: number): number {
  const at = bytes.indexOf("\r\n", from);
  return at < 0 ? bytes.length : at + 2;
}

/** The addresses of a header value, names and comments dropped. What a server makes of them is the server's to say. */
function addressesIn(value: string): string[] {
  const bare = value.replace(/\((?:[^()\\]|\\.)*\)/g, " ");
  const found: string[] = [];
  for (const part of splitList(bare)) {
    const angle = /<([^<>]*)>\s*$/.exec(part);
    const address = (angle?.[1] ?? part).trim();
    if (/^(?:"(?:[^"\\\r\n]|\\.)*"|[^\s"<>,;:]+)@(?:\[[^\]\s]+\]|[^\s<>,;:@]+)$/.test(address))
      found.push(address);
  }
  return found;
}

/** Splits at commas and at the marks of groups (`friends: a@b, c@d;`), outside quotes and literals. */
function splitList(value: string): string[] {
  const parts: string[] = [];
  let part = "";
  let quoted = false;
  let depth = 0;
  for (let i = 0; i < value.length; i++) {
    const character = value.charAt(i);
    if (character === "\\" && quoted) {
      part += character + value.charAt(++i);
      continue;
    }
    if (character === '"') quoted = !quoted;
    if (!quoted && (character === "[" || character === "<")) depth++;
    if (!quoted && (character === "]" || character === ">")) depth--;
    const splits = !quoted && depth <= 0 && (character === "," || character === ";" || character === ":");
    if (splits) {
      parts.push(part);
      part = "";
    } else part += character;
  }
  return [...parts, part];
}

function without(content: Uint8Array, removed: readonly Field[]): Uint8Array {
  if (removed.length === 0) return content;
  const kept: Uint8Array[] = [];
  let at = 0;
  for (const { start, end } of [...removed].sort((a, b) => a.start - b.start)) {
    kept.push(content.subarray(at, start));
    at = end;
  }
  return Buffer.concat([...kept, content.subarray(at)]);
}
