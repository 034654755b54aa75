/**
 * Hides STARTTLS from both sides of a conversation in clear, as a meddling firewall does: keyword and command are
 * overwritten by letters nobody knows, so no length changes and the server itself refuses. Any cutting of the bytes
 * into chunks gives the same result. Pure but for the little it holds back.
 */

const MASK = Buffer.from("XXXXXXXA");
const KEYWORD = "STARTTLS";

/** Looks at the beginning of every line: `prefix` is what stands before the keyword there. */
export class StarttlsStripper {
  readonly #prefixes: readonly string[];
  readonly #stopsAtMail: boolean;
  #held = "";
  #isAtStart = true;
  #isOver = false;

  /** "replies": from the server. "commands": from the client, until its first MAIL, as what follows may be a message. */
  constructor(side: "replies" | "commands") {
    this.#prefixes = side === "replies" ? ["250-", "250 "] : [""];
    this.#stopsAtMail = side === "commands";
  }

  /** The bytes to hand on now. */
  push(bytes: Uint8Array): Uint8Array {
    if (this.#isOver) return bytes;
    const out: Uint8Array[] = [];
    let from = 0; // bytes before it were handed on or are held
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (this.#isAtStart) {
        this.#held += String.fromCharCode(byte);
        const done = this.#judge();
        if (done === undefined) continue;
        out.push(done);
        from = at + 1;
        if (this.#isOver) break;
      }
      if (byte === 10) {
        out.push(bytes.subarray(from, at + 1));
        from = at + 1;
        this.#isAtStart = true;
      }
    }
    if (!this.#isAtStart || this.#isOver) out.push(bytes.subarray(from));
    return out.length === 1 ? (out[0] as Uint8Array) : Buffer.concat(out);
  }

  /** What was held back, when no more comes. */
  end(): Uint8Array {
    const rest = Buffer.from(this.#held, "latin1");
    this.#held = "";
    return rest;
  }

  /** The held bytes once it is known what they are. */
  #judge(): Uint8Array | undefined {
    const text = this.#held.toUpperCase();
    for (const prefix of this.#prefixes) {
      const wanted = prefix + KEYWORD;
      if (wanted.startsWith(text) && text.length < wanted.length) return undefined;
      if (text === wanted) return Buffer.concat([this.#release().subarray(0, prefix.length), MASK]);
    }
    if (this.#stopsAtMail && "MAIL".startsWith(text)) {
      if (text.length < 4) return undefined;
      this.#isOver = true;
    }
    return this.#release();
  }

  #release(): Buffer {
    const bytes = Buffer.from(this.#held, "latin1");
    this.#held = "";
    this.#isAtStart = bytes.at(-1) === 10;
    return bytes;
  }
}
