/**
 * Finds where responses end in a server's octets, literals included, and reads each. Any cutting of the stream gives
 * the same responses; octets of a long literal are gathered once, not with every piece that arrives.
 */
import { parseResponse } from "./parse-response.ts";
import type { ImapResponse } from "./response.ts";

export type ResponseReaderOptions = {
  /** Limit: a whole response, its literals included. */
  readonly responseBytesMax: number;
};

const LF = 10;
const CR = 13;
const CLOSE_CURLY = 125;
const NOTHING = Buffer.alloc(0);

export class ResponseReader {
  /** Names of mailboxes are UTF-8 from now on: IMAP4rev2 or UTF8=ACCEPT was enabled. */
  utf8 = false;
  readonly #responseBytesMax: number;
  #buffer: Buffer = NOTHING; // what is read begins at #from
  #from = 0;
  #scanAt = 0; // no line of the response at #from ends before this
  #waiting: Buffer[] = []; // behind #buffer
  #waitingBytes = 0;
  #needBytes = 0; // octets a literal still lacks: until then there is nothing to look for
  #isBroken = false;

  constructor({ responseBytesMax }: ResponseReaderOptions) {
    this.#responseBytesMax = responseBytesMax;
  }

  push(bytes: Uint8Array): void {
    this.#waiting.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    this.#waitingBytes += bytes.length;
  }

  /** What is not read yet; the reader starts anew. For those who turn the stream into something else. */
  takeRest(): Uint8Array {
    this.#gather();
    const rest = this.#buffer.subarray(this.#from);
    this.#buffer = NOTHING;
    this.#from = this.#scanAt = 0;
    return rest;
  }

  next(): ImapResponse | undefined {
    if (this.#isBroken) return undefined;
    for (;;) {
      const end = this.#end();
      if (end !== undefined) return this.#take(end);
      const held = this.#buffer.length - this.#from;
      const whole = Math.max(held + this.#waitingBytes, this.#scanAt - this.#from);
      if (whole > this.#responseBytesMax) {
        this.#isBroken = true;
        return { kind: "broken", why: `a response has more than ${this.#responseBytesMax} octets` };
      }
      if (this.#waitingBytes === 0 || this.#waitingBytes < this.#needBytes) return undefined;
      this.#gather();
    }
  }

  /** Where the LF of the response at #from stands; undefined when it is not here yet. */
  #end(): number | undefined {
    const buffer = this.#buffer;
    while (this.#scanAt < buffer.length) {
      const end = buffer.indexOf(LF, this.#scanAt);
      if (end < 0) {
        this.#scanAt = buffer.length;
        break;
      }
      const textEnd = buffer[end - 1] === CR ? end - 1 : end;
      const literalBytes = buffer[textEnd - 1] === CLOSE_CURLY ? this.#literalBytes(textEnd) : undefined;
      if (literalBytes === undefined) return end;
      this.#scanAt = end + 1 + literalBytes;
    }
    this.#needBytes = Math.max(0, this.#scanAt - buffer.length);
    return undefined;
  }

  #literalBytes(textEnd: number): number | undefined {
    const line = this.#buffer.toString("latin1", Math.max(this.#from, textEnd - 18), textEnd);
    const found = /\{(\d{1,15})\}$/.exec(line);
    return found === null ? undefined : Number(found[1]);
  }

  #take(end: number): ImapResponse {
    const from = this.#from;
    this.#from = this.#scanAt = end + 1;
    const textEnd = end > from && this.#buffer[end - 1] === CR ? end - 1 : end;
    return parseResponse(this.#buffer, from, textEnd, this);
  }

  #gather(): void {
    const scanned = this.#scanAt - this.#from;
    const rest = this.#buffer.subarray(this.#from);
    const [only] = this.#waiting;
    if (rest.length === 0 && this.#waiting.length === 1 && only !== undefined) this.#buffer = only;
    else this.#buffer = Buffer.concat([rest, ...this.#waiting]);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#needBytes = 0;
    this.#from = 0;
    this.#scanAt = scanned;
  }
}
