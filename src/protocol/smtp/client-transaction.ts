/**
 * One message from the client's side: MAIL, RCPT, then DATA or BDAT, as few round trips as the server allows. Replies
 * come in order; each belongs to the command at the head of the line (RFC 2920 §3.1). The end is one reply for each
 * recipient. A class with state, for this is the hot path of relaying; still no socket, no clock. Never throws.
 */
import type { Capabilities } from "./capabilities.ts";
import type { MailParameters, RcptParameters } from "./parameters.ts";
import { isPositive, reply, type SmtpReply } from "./reply.ts";
import { formatXtext } from "./xtext.ts";

export type ClientMessage = {
  readonly reversePath: string;
  readonly recipients: readonly ({ readonly address: string } & Partial<RcptParameters>)[];
  readonly body: MailParameters["body"];
  readonly smtputf8: boolean;
  readonly ret?: MailParameters["ret"];
  readonly envid?: string | undefined;
  /** Of the content as it will be sent. */
  readonly sizeBytes: number;
};

/** What is to be written: lines, and after them the content, dot-stuffed or as a last chunk. */
export type ClientWrite = {
  readonly lines: readonly string[];
  readonly content: "none" | "dots" | "chunk" | "dotAlone";
};

export type TransactionResult = {
  /** One for each recipient, in their order. */
  readonly replies: readonly SmtpReply[];
  /** The server still holds this message's envelope: the next one begins with RSET. */
  readonly needsReset: boolean;
  /** 421 was said, or the conversation is out of step. */
  readonly over: boolean;
};

export type TransactionMove =
  | { readonly kind: "write"; readonly write: ClientWrite }
  | { readonly kind: "wait" }
  | { readonly kind: "done"; readonly result: TransactionResult };

/** What the next reply answers: decides how long we wait for it (RFC 5321 §4.5.3.2). */
export type Awaited = "reset" | "mail" | "rcpt" | "data" | "final";

/** Limit: content larger than this waits until some recipient was accepted, rather than cross the wire for nothing. */
const EAGER_CONTENT_BYTES_MAX = 1_048_576;

const WAIT: TransactionMove = { kind: "wait" };
const OUT_OF_STEP = reply(451, "4.5.0", "the server's replies are out of step");

export class ClientTransaction {
  readonly #message: ClientMessage;
  readonly #offers: Capabilities;
  readonly #lmtp: boolean;
  readonly #replies: (SmtpReply | undefined)[];
  readonly #accepted: number[] = [];
  readonly #awaited: Awaited[] = [];
  #rcptsSaid = 0;
  #rcptsHeard = 0;
  #finalsHeard = 0;
  #finals = 1;
  #mailRefused: SmtpReply | undefined;
  #mailOpen = false;

  constructor(message: ClientMessage, offers: Capabilities, lmtp: boolean) {
    this.#message = message;
    this.#offers = offers;
    this.#lmtp = lmtp;
    this.#replies = Array.from({ length: message.recipients.length });
  }

  get awaited(): Awaited | undefined {
    return this.#awaited[0];
  }

  start(resetFirst: boolean): ClientWrite {
    const { recipients, sizeBytes } = this.#message;
    const lines: string[] = [];
    const say = (line: string, awaited: Awaited): void => {
      lines.push(line);
      this.#awaited.push(awaited);
    };
    if (resetFirst) say("RSET", "reset");
    say(mailLine(this.#message, this.#offers), "mail");
    if (!this.#offers.pipelining) return { lines, content: "none" };
    for (const recipient of recipients) say(rcptLine(recipient, this.#offers), "rcpt");
    this.#rcptsSaid = recipients.length;
    if (!this.#offers.chunking) say("DATA", "data");
    else if (sizeBytes <= EAGER_CONTENT_BYTES_MAX) {
      say(`BDAT ${sizeBytes} LAST`, "final");
      return { lines, content: "chunk" };
    }
    return { lines, content: "none" };
  }

  heard(answer: SmtpReply): TransactionMove {
    const awaited = this.#awaited.shift();
    if (answer.code === 421 || awaited === undefined) {
      return this.#end(awaited === undefined ? OUT_OF_STEP : answer, true);
    }
    switch (awaited) {
      case "reset":
        return WAIT;
      case "mail":
        if (isPositive(answer)) this.#mailOpen = true;
        else this.#mailRefused = answer;
        break;
      case "rcpt":
        this.#heardRcpt(answer);
        break;
      case "data":
        return this.#heardData(answer);
      case "final":
        return this.#heardFinal(answer);
    }
    return this.#awaited.length > 0 ? WAIT : this.#goOn();
  }

  /** The connection is gone: what has no final answer gets `why`. */
  lost(why: SmtpReply): TransactionResult {
    return this.#result(why, true);
  }

  #heardRcpt(answer: SmtpReply): void {
    const index = this.#rcptsHeard++;
    if (isPositive(answer) && this.#mailRefused === undefined) this.#accepted.push(index);
    // RFC 5321 §4.5.3.1.10: 552 for RCPT means "too many for now", as old servers say it.
    else this.#replies[index] = answer.code === 552 ? { ...answer, code: 452, status: "4.5.3" } : answer;
  }

  /** All that was said is answered: what comes next, one command at a time or after the recipients. */
  #goOn(): TransactionMove {
    const { recipients, sizeBytes } = this.#message;
    if (this.#mailRefused !== undefined) return this.#end(this.#mailRefused, false);
    const next = recipients[this.#rcptsSaid];
    if (next !== undefined) {
      this.#rcptsSaid++;
      this.#awaited.push("rcpt");
      return write([rcptLine(next, this.#offers)], "none");
    }
    if (this.#accepted.length === 0) return this.#end(undefined, false);
    this.#awaited.push(this.#offers.chunking ? "final" : "data");
    if (!this.#offers.chunking) return write(["DATA"], "none");
    return write([`BDAT ${sizeBytes} LAST`], "chunk");
  }

  #heardData(answer: SmtpReply): TransactionMove {
    if (answer.code !== 354) return this.#end(this.#mailRefused ?? answer, answer.code < 400);
    this.#awaited.push("final");
    // RFC 2920 §3.1: 354 though nobody was accepted. Nothing is sent, and nothing may come of it.
    return write([], this.#accepted.length === 0 ? "dotAlone" : "dots");
  }

  #heardFinal(answer: SmtpReply): TransactionMove {
    if (this.#finalsHeard === 0 && this.#lmtp) this.#finals = Math.max(1, this.#accepted.length);
    const index = this.#accepted[this.#finalsHeard++];
    if (this.#lmtp && index !== undefined) this.#replies[index] = answer;
    if (this.#finalsHeard < this.#finals) {
      this.#awaited.push("final");
      return WAIT;
    }
    // After the dot the envelope is gone whatever was said; after a refused chunk it is not (RFC 3030 §2).
    if (isPositive(answer) || !this.#offers.chunking || (this.#lmtp && this.#accepted.length > 0))
      this.#mailOpen = false;
    return this.#end(this.#mailRefused ?? answer, false);
  }

  #end(rest: SmtpReply | undefined, over: boolean): TransactionMove {
    return { kind: "done", result: this.#result(rest, over) };
  }

  #result(rest: SmtpReply | undefined, over: boolean): TransactionResult {
    const replies = this.#replies.map((own) => this.#mailRefused ?? own ?? rest ?? OUT_OF_STEP);
    return { replies, needsReset: this.#mailOpen, over };
  }
}

function write(lines: readonly string[], content: ClientWrite["content"]): TransactionMove {
  return { kind: "write", write: { lines, content } };
}

function mailLine(message: ClientMessage, offers: Capabilities): string {
  let line = `MAIL FROM:<${message.reversePath}>`;
  if (offers.size) line += ` SIZE=${message.sizeBytes}`;
  if (message.body === "BINARYMIME" || (message.body === "8BITMIME" && offers.eightBitMime))
    line += ` BODY=${message.body}`;
  if (message.smtputf8) line += " SMTPUTF8";
  if (offers.dsn && message.ret !== undefined) line += ` RET=${message.ret}`;
  if (offers.dsn && message.envid !== undefined) line += ` ENVID=${formatXtext(message.envid)}`;
  return line;
}

function rcptLine(
  { address, notify, orcpt }: ClientMessage["recipients"][number],
  offers: Capabilities,
): string {
  let line = `RCPT TO:<${address}>`;
  if (offers.dsn && notify !== undefined) line += ` NOTIFY=${notify.join(",")}`;
  const typed = offers.dsn && orcpt !== undefined ? /^([^;]+);(.*)$/s.exec(orcpt) : null;
  if (typed !== null) line += ` ORCPT=${typed[1]};${formatXtext(typed[2] ?? "")}`;
  return line;
}
