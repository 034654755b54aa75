/**
 * Replies on the wire, written by the server and read by the client. The reader is strict about codes and bounded in
 * lines and bytes: what is not SMTP is an error, never a guess. Never throws.
 *
 *     Greeting / Reply-line  = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF    ; RFC 5321 §4.2
 *     Reply-code             = %x32-35 %x30-35 %x30-39
 *     status-code            = ("2" / "4" / "5") "." 1*3DIGIT "." 1*3DIGIT                                 ; RFC 2034 §3
 */
import { asBuffer, utf8 } from "../../base/bytes.ts";
import { reply, type SmtpReply } from "./reply.ts";

/** Wire text with CRLF on every line. Control characters in a line are replaced, so that none can forge a reply. */
export function formatReply(answer: SmtpReply): string {
  let text = "";
  for (let index = 0; index < answer.lines.length; index++) text += `${formatReplyLine(answer, index)}\r\n`;
  return text;
}

/** One of its lines, without CRLF: what the journal shows. */
export function formatReplyLine(answer: SmtpReply, index: number): string {
  return answer.written?.[index] ?? formatLine(answer, index);
}

/** A reply that every message gets: one text for all of them, on the wire and in the journal. */
export function fixedReply(code: number, status: string | undefined, text: string): SmtpReply {
  const plain = reply(code, status, text);
  return { ...plain, written: [formatLine(plain, 0)] };
}

function formatLine(answer: SmtpReply, index: number): string {
  const separator = index < answer.lines.length - 1 ? "-" : " ";
  const line = answer.lines[index] ?? "";
  const clean = /[\0-\x08\x0a-\x1f\x7f]/.test(line) ? line.replace(/[\0-\x08\x0a-\x1f\x7f]/g, "?") : line;
  return answer.status === undefined
    ? `${answer.code}${separator}${clean}`
    : `${answer.code}${separator}${answer.status} ${clean}`;
}

// Limit: twice what RFC 5321 §4.5.3.1.5 allows a line, as long explanations exist; EHLO answers have some 30 lines.
const REPLY_LINE_BYTES_MAX = 4_096;
const REPLY_LINES_MAX = 200;

export type ReplyRead =
  | { readonly kind: "reply"; readonly reply: SmtpReply }
  /** The peer does not speak SMTP: nothing after this can be trusted. */
  | { readonly kind: "broken"; readonly why: string };

/** Collects a server's bytes into replies. After "broken" it stays broken. */
export class ReplyReader {
  #rest: Buffer = Buffer.alloc(0);
  #code = 0;
  #status: string | undefined;
  #lines: string[] = [];
  #broken: string | undefined;

  push(bytes: Uint8Array): void {
    this.#rest = this.#rest.length === 0 ? asBuffer(bytes) : Buffer.concat([this.#rest, bytes]);
  }

  /** Bytes not yet read as a reply: none may be there when TLS starts. */
  get bufferedBytes(): number {
    return this.#rest.length;
  }

  clear(): void {
    this.#rest = Buffer.alloc(0);
    this.#lines = [];
  }

  /** The next whole reply, or undefined until more bytes come. */
  next(): ReplyRead | undefined {
    while (this.#broken === undefined) {
      const lf = this.#rest.indexOf(10);
      if (lf === -1) {
        if (this.#rest.length > REPLY_LINE_BYTES_MAX) this.#broken = "a reply line has no end";
        else return undefined;
        break;
      }
      const line = lineText(this.#rest, lf);
      this.#rest = this.#rest.subarray(lf + 1);
      const done = this.#take(line);
      if (done !== undefined) return { kind: "reply", reply: done };
    }
    return { kind: "broken", why: this.#broken ?? "" };
  }

  #take(line: string): SmtpReply | undefined {
    const parts = /^([2-5][0-5][0-9])([ -]|$)(.*)$/s.exec(line);
    const code = Number(parts?.[1]);
    if (parts === null || line.length > REPLY_LINE_BYTES_MAX) {
      this.#broken = `this is not a reply: ${JSON.stringify(line.slice(0, 80))}`;
      return undefined;
    }
    if (this.#lines.length === 0) {
      this.#code = code;
      this.#status = statusOf(code, parts[3] ?? "");
    } else if (code !== this.#code || this.#lines.length >= REPLY_LINES_MAX) {
      this.#broken =
        code === this.#code ? "a reply has too many lines" : `a reply changes from ${this.#code} to ${code}`;
      return undefined;
    }
    this.#lines.push(withoutStatus(parts[3] ?? "", this.#status));
    if (parts[2] === "-") return undefined;
    const whole: SmtpReply = { code, status: this.#status, lines: this.#lines };
    this.#lines = [];
    return whole;
  }
}

/** The enhanced status that opens the text, when its class agrees with the code. */
function statusOf(code: number, text: string): string | undefined {
  const status = /^([245]\.\d{1,3}\.\d{1,3})(?: |$)/.exec(text)?.[1];
  return status !== undefined && Number(status[0]) === Math.floor(code / 100) ? status : undefined;
}

function withoutStatus(text: string, status: string | undefined): string {
  if (status === undefined || !text.startsWith(status)) return text;
  return text.slice(status.length).replace(/^ /, "");
}

function lineText(bytes: Buffer, lf: number): string {
  // Lenient: a reply line that ends in LF alone; nothing can be smuggled towards a client that reads one reply for each command.
  const end = lf > 0 && bytes[lf - 1] === 13 ? lf - 1 : lf;
  const text = bytes.toString("latin1", 0, end);
  return /^[\0-\x7f]*$/.test(text) ? text : utf8(bytes.subarray(0, end));
}
