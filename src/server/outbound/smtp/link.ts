/**
 * One connection to a next hop: does the waiting for the pure handshake and transaction, with one timer and no promise
 * for a line. Everything said on it goes into the journal, secrets as `***`. It never throws into its user: what breaks is a result.
 * Long: bytes, timer and the three conversations of one connection share its state.
 */
import type { Clock, Timer } from "../../../base/clock.ts";
import { Fault, isFault } from "../../../base/fault.ts";
import type { Connection } from "../../../base/network.ts";
import type { TlsClientOptions } from "../../../base/tls.ts";
import type { Recorder } from "../../../journal/journal.ts";
import { type Capabilities, NO_CAPABILITIES } from "../../../protocol/smtp/capabilities.ts";
import {
  type Handshake,
  type HandshakeFailure,
  handshakeEncrypted,
  handshakeHeard,
  type HandshakeRules,
  type HandshakeStep,
  startHandshake,
} from "../../../protocol/smtp/client-handshake.ts";
import {
  type ClientMessage,
  ClientTransaction,
  type ClientWrite,
  type TransactionResult,
} from "../../../protocol/smtp/client-transaction.ts";
import { stuffDots } from "../../../protocol/smtp/dot-stuffing.ts";
import { ReplyReader, formatReplyLine } from "../../../protocol/smtp/reply-codec.ts";
import { reply, type SmtpReply } from "../../../protocol/smtp/reply.ts";
import type { SmtpClientTimeouts } from "./timeouts.ts";

export type LinkOptions = {
  readonly id: string;
  readonly connection: Connection;
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly timeouts: SmtpClientTimeouts;
  readonly rules: HandshakeRules;
  readonly tls: TlsClientOptions;
  readonly trace: string | undefined;
  /** Called once, when it is gone. */
  readonly closed: () => void;
};

export type LinkFailure = HandshakeFailure | { readonly why: "tlsFailed" | "lost"; readonly fault: Fault };

type Sending = {
  readonly transaction: ClientTransaction;
  readonly content: Uint8Array;
  readonly done: (result: SendResult) => void;
};

/** "early": the connection broke before its first reply, so that the message may be sent again. */
export type SendResult = TransactionResult & { readonly lost: "early" | "late" | undefined };

export class SmtpLink {
  readonly id: string;
  capabilities: Capabilities = NO_CAPABILITIES;
  /** Messages sent over it. */
  messages = 0;
  /** QUIT is said; what remains is politeness. */
  leaving = false;
  #usable = false;
  #needsReset = false;
  readonly #options: LinkOptions;
  readonly #reader = new ReplyReader();
  #handshake: Handshake;
  #opening: ((failure: LinkFailure | undefined) => void) | undefined;
  #sending: Sending | undefined;
  #trace: string | undefined;
  #deadline = Infinity;
  #timer: Timer | undefined;
  #ringsAt = Infinity;
  #why = "the server hung up";
  #gone = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.id = options.id;
    this.#trace = options.trace ?? options.id;
    this.#handshake = startHandshake(options.rules, false);
  }

  /** Ready for the next message. */
  get usable(): boolean {
    return this.#usable && !this.#gone;
  }

  /** As many messages were sent over it as the server takes on one connection (RFC 9422 §4.1). */
  get spent(): boolean {
    return this.messages >= (this.capabilities.messagesMax ?? Infinity);
  }

  /** Greeting to AUTH. Undefined: ready. */
  open(implicitTls: boolean): Promise<LinkFailure | undefined> {
    return new Promise((resolve) => {
      this.#opening = (failure) => {
        this.#opening = undefined;
        this.#usable = failure === undefined;
        resolve(failure);
      };
      this.#options.connection.attach({
        data: (bytes) => this.#data(bytes),
        end: () => this.#options.connection.end(),
        drain: () => this.#wait(this.#options.timeouts.final),
        closed: (fault) => this.#closed(fault),
      });
      this.#wait(this.#options.timeouts.greeting);
      if (implicitTls) void this.#encrypt(() => (this.#handshake = { ...this.#handshake, encrypted: true }));
    });
  }

  /** Sends one message. */
  send(message: ClientMessage, content: Uint8Array, trace: string): Promise<SendResult> {
    this.messages++;
    this.#trace = trace;
    return new Promise((done) => {
      const transaction = new ClientTransaction(
        message,
        this.capabilities,
        this.#options.rules.protocol === "lmtp",
      );
      this.#sending = { transaction, content, done };
      this.#write(transaction.start(this.#needsReset));
    });
  }

  /** Says goodbye and closes, without waiting long for an answer. */
  quit(): void {
    if (this.#gone) return;
    this.#usable = false;
    this.leaving = true;
    this.#why = "we hung up";
    this.#trace = this.id;
    this.#say("QUIT", false);
    this.#wait(this.#options.timeouts.connect);
    this.#options.connection.end();
  }

  destroy(why: string): void {
    this.#usable = false;
    this.#why = why;
    this.#options.connection.destroy();
  }

  #data(bytes: Uint8Array): void {
    this.#reader.push(bytes);
    for (;;) {
      const read = this.#reader.next();
      if (read === undefined) return;
      if (read.kind === "broken") {
        this.#opening?.({ why: "broken", text: read.why });
        this.destroy(read.why);
        return;
      }
      this.#record(read.reply);
      this.#heard(read.reply);
    }
  }

  #heard(answer: SmtpReply): void {
    if (this.#opening !== undefined) this.#follow(handshakeHeard(this.#handshake, answer));
    else if (this.#sending !== undefined) this.#heardSending(this.#sending, answer);
    // Said unasked between messages: 421, or the answer to QUIT. Either way nothing more is sent on it.
    else this.#usable = false;
  }

  #heardSending(sending: Sending, answer: SmtpReply): void {
    const move = sending.transaction.heard(answer);
    if (move.kind === "write") this.#write(move.write);
    else if (move.kind === "wait") this.#await(sending.transaction);
    else this.#finish(sending, { ...move.result, lost: undefined });
  }

  #finish(sending: Sending, result: SendResult): void {
    this.#sending = undefined;
    this.#needsReset = result.needsReset;
    this.#deadline = Infinity;
    if (result.over) {
      this.#usable = false;
      this.#options.connection.end();
    }
    sending.done(result);
  }

  #follow([handshake, action]: HandshakeStep): void {
    this.#handshake = handshake;
    const { timeouts } = this.#options;
    switch (action.kind) {
      case "say":
        this.#say(action.text, action.secret);
        this.#wait(action.secret ? timeouts.auth : timeouts.hello);
        break;
      case "startTls":
        void this.#encrypt(() => this.#follow(handshakeEncrypted(this.#handshake)));
        break;
      case "ready":
        this.capabilities = action.capabilities;
        this.#deadline = Infinity;
        this.#opening?.(undefined);
        break;
      case "fail":
        this.#opening?.(action.failure);
        this.quit();
        break;
    }
  }

  async #encrypt(then: () => void): Promise<void> {
    const { connection, recorder, tls } = this.#options;
    connection.pause();
    // What came behind the 220 in the clear may be anybody's (the response injection of 2021).
    this.#reader.clear();
    this.#deadline = Infinity;
    try {
      const { protocol, cipher, verified, verifyError } = await connection.startTls(tls);
      const body = {
        kind: "tls.started",
        connection: this.id,
        protocol,
        cipher,
        verified,
        detail: verifyError,
      } as const;
      recorder.record(body, this.#trace);
      connection.resume();
      this.#wait(this.#options.timeouts.greeting);
      then();
    } catch (error) {
      const fault = isFault(error) ? error : new Fault("tls", String(error));
      recorder.record({ kind: "tls.failed", connection: this.id, detail: fault.message }, this.#trace);
      this.#opening?.({ why: "tlsFailed", fault });
      this.destroy("TLS failed");
    }
  }

  #write(write: ClientWrite): void {
    const { connection } = this.#options;
    const text = write.lines.join("\r\n");
    for (const line of write.lines) this.#recordLine(line);
    connection.cork();
    if (text !== "") connection.write(Buffer.from(`${text}\r\n`, "utf8"));
    this.#writeContent(write.content);
    connection.uncork();
    if (this.#sending !== undefined) this.#await(this.#sending.transaction);
  }

  #writeContent(how: ClientWrite["content"]): void {
    const { connection, recorder } = this.#options;
    if (how === "none" || this.#sending === undefined) return;
    const { content } = this.#sending;
    if (how === "chunk") connection.write(content);
    else for (const piece of stuffDots(how === "dots" ? content : new Uint8Array(0))) connection.write(piece);
    const sizeBytes = how === "dotAlone" ? 0 : content.length;
    recorder.record(
      { kind: "content", connection: this.id, by: "client", sizeBytes, lineCount: undefined },
      this.#trace,
    );
  }

  #say(text: string, secret: boolean): void {
    this.#recordLine(
      secret
        ? text.replace(/^(AUTH \S+ ).+$|^.*$/, (_, head?: string) =>
            head === undefined ? (/^AUTH \S+$/.test(text) ? text : "***") : `${head}***`,
          )
        : text,
    );
    this.#options.connection.write(Buffer.from(`${text}\r\n`, "utf8"));
  }

  #recordLine(text: string): void {
    this.#options.recorder.record({ kind: "line", connection: this.id, by: "client", text }, this.#trace);
  }

  #record(answer: SmtpReply): void {
    for (let index = 0; index < answer.lines.length; index++) {
      const text = formatReplyLine(answer, index);
      this.#options.recorder.record({ kind: "line", connection: this.id, by: "server", text }, this.#trace);
    }
  }

  #await(transaction: ClientTransaction): void {
    const { awaited } = transaction;
    if (awaited !== undefined) this.#wait(this.#options.timeouts[awaited]);
  }

  /** One timer, set again only when it fires early or would fire too late; most replies cost no timer. */
  #wait(patienceMs: number): void {
    const { clock } = this.#options;
    this.#deadline = clock.now() + patienceMs;
    if (this.#deadline < this.#ringsAt) this.#setTimer(patienceMs);
  }

  #setTimer(afterMs: number): void {
    const { clock } = this.#options;
    this.#timer?.cancel();
    this.#ringsAt = clock.now() + afterMs;
    this.#timer = clock.after(afterMs, () => this.#ring());
  }

  #ring(): void {
    this.#timer = undefined;
    this.#ringsAt = Infinity;
    const leftMs = this.#deadline - this.#options.clock.now();
    if (this.#gone || leftMs === Infinity) return;
    if (leftMs > 0) this.#setTimer(leftMs);
    else this.destroy("timeout: the server did not answer");
  }

  #closed(fault: Fault | undefined): void {
    this.#gone = true;
    this.#usable = false;
    this.#timer?.cancel();
    const why = fault === undefined ? this.#why : `${this.#why}: ${fault.message}`;
    const sending = this.#sending;
    const isFresh = sending?.transaction.awaited === "mail" || sending?.transaction.awaited === "reset";
    if (sending !== undefined) {
      const result = sending.transaction.lost(reply(451, "4.4.2", `the connection was lost: ${why}`));
      this.#finish(sending, { ...result, lost: isFresh ? "early" : "late" });
    }
    this.#opening?.({ why: "lost", fault: fault ?? new Fault("closed", why) });
    const { recorder } = this.#options;
    recorder.record({ kind: "connection.closed", connection: this.id, why }, this.#trace);
    this.#options.closed();
  }
}
