/**
 * An IMAP client as a pure state: commands in, octets out; octets in, responses out. It keeps tags, waits for "+"
 * where a literal must, and remembers what the server said it can do. It has no socket and no time.
 */
import { type CommandOptions, type CommandPart, commandBytes } from "./command-bytes.ts";
import { ResponseReader } from "./response-reader.ts";
import type { ImapResponse, ResponseCode } from "./response.ts";

export type ClientOutcome = {
  /** What there is to send, in order. */
  readonly send: readonly Uint8Array[];
  readonly responses: readonly ImapResponse[];
};

export type ClientSessionOptions = {
  /** Limit: one response, literals included. */
  readonly responseBytesMax: number;
};

const NOTHING: readonly Uint8Array[] = [];

export class ImapClientSession {
  readonly #reader: ResponseReader;
  #capabilities: ReadonlySet<string> = new Set();
  #lastTag = 0;
  #queue: { tag: string; pieces: readonly Uint8Array[] }[] = []; // the first waits for a "+"
  #utf8 = false;

  constructor(options: ClientSessionOptions) {
    this.#reader = new ResponseReader(options);
  }

  /** In upper case; empty until the server has said them. */
  get capabilities(): ReadonlySet<string> {
    return this.#capabilities;
  }

  has(capability: string): boolean {
    return this.#capabilities.has(capability.toUpperCase());
  }

  /** A new command. Nothing is sent while another one waits with its literal. */
  command(parts: readonly CommandPart[]): { readonly tag: string; readonly send: readonly Uint8Array[] } {
    const tag = `a${++this.#lastTag}`;
    const pieces = commandBytes(tag, parts, { literals: this.#literals(), utf8: this.#utf8 });
    this.#queue.push({ tag, pieces });
    return { tag, send: this.#queue.length === 1 ? this.#start() : NOTHING };
  }

  push(bytes: Uint8Array): ClientOutcome {
    this.#reader.push(bytes);
    const responses: ImapResponse[] = [];
    const send: Uint8Array[] = [];
    for (let next = this.#reader.next(); next !== undefined; next = this.#reader.next()) {
      this.#learn(next);
      if (next.kind === "continue" && this.#queue.length > 0) send.push(...this.#start());
      else {
        if (next.kind === "tagged") send.push(...this.#ended(next.tag));
        responses.push(next);
      }
    }
    return { send, responses };
  }

  /** Forgets what was heard in the clear (RFC 9051 §6.2.1). */
  secured(): void {
    this.#reader.takeRest();
    this.#capabilities = new Set();
  }

  /** IMAP4rev2 has LITERAL- in it. */
  #literals(): CommandOptions["literals"] {
    if (this.has("LITERAL+")) return "LITERAL+";
    return this.has("LITERAL-") || this.has("IMAP4rev2") ? "LITERAL-" : "synchronizing";
  }

  /** Sends the first pieces of those who may; stops at one that has to wait for its "+". */
  #start(): readonly Uint8Array[] {
    const send: Uint8Array[] = [];
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      const [piece, ...rest] = first.pieces;
      if (piece !== undefined) send.push(piece);
      if (rest.length > 0) {
        first.pieces = rest;
        break;
      }
      this.#queue.shift();
    }
    return send;
  }

  /** The server did not want the literal. */
  #ended(tag: string): readonly Uint8Array[] {
    if (this.#queue[0]?.tag !== tag) return NOTHING;
    this.#queue.shift();
    return this.#start();
  }

  #learn(response: ImapResponse): void {
    if (response.kind === "capability") this.#knows(response.names);
    else if (response.kind === "enabled") {
      const isUtf8 = (name: string): boolean => /^(?:IMAP4rev2|UTF8=ACCEPT)$/i.test(name);
      if (response.names.some(isUtf8)) this.#utf8 = this.#reader.utf8 = true;
    } else if (response.kind === "tagged" || response.kind === "status") this.#learnCode(response.code);
  }

  #learnCode(code: ResponseCode | undefined): void {
    if (code?.name !== "CAPABILITY") return;
    this.#knows(code.values.filter((value) => typeof value === "string"));
  }

  #knows(names: readonly string[]): void {
    this.#capabilities = new Set(names.map((name) => name.toUpperCase()));
  }
}
