/**
 * The lean IMAP connection of the bench's client: it counts what comes, looks for the tagged line at the end of a
 * read and for nothing else, and keeps no byte. One command at a time. A server that hangs up fails what is waiting.
 */
import { connect, type Socket } from "node:net";

/** Enough to hold any tagged line here. */
const TAIL_OCTETS = 4_096;

type Waiting = {
  /** What the last line begins with when it is over. */
  readonly until: RegExp;
  readonly resolve: (line: string) => void;
  readonly reject: (error: Error) => void;
};

export class ImapConnection {
  octets = 0;
  /** While set, what comes is kept. */
  text: string | undefined;
  /** Called for each read while nothing is waited for: under IDLE. */
  heard: ((text: string) => void) | undefined;
  readonly #socket: Socket;
  #tail = "";
  #tag = 0;
  #waiting: Waiting | undefined;

  /** A read takes up to `readOctets`: large for bodies, small for a thousand idlers, who come from several addresses. */
  constructor(port: number, readOctets: number, localAddress = "127.0.0.1") {
    const buffer = Buffer.allocUnsafeSlow(readOctets);
    this.#socket = connect({
      host: "127.0.0.1",
      port,
      localAddress,
      noDelay: true,
      onread: {
        buffer,
        callback: (length) => {
          this.#read(buffer, length);
          return true;
        },
      },
    });
    const fail = (error: Error): void => this.#waiting?.reject(error);
    this.#socket.on("error", fail);
    this.#socket.on("close", () => fail(new Error(`the server hung up after: ${this.#tail}`)));
  }

  greeting(): Promise<string> {
    return this.#until(/^\* OK/);
  }

  /** Sends one command, with its literals already in it; answers with its tagged line, without the tag. */
  async command(...parts: (string | Uint8Array)[]): Promise<string> {
    const tag = `t${++this.#tag}`;
    const done = this.#until(new RegExp(`^${tag} `));
    this.#socket.cork();
    this.#socket.write(`${tag} `);
    for (const part of parts) this.#socket.write(part);
    this.#socket.write("\r\n");
    this.#socket.uncork();
    return (await done).slice(tag.length + 1).trim();
  }

  /** Sends a command that the server answers with `+`. */
  async begin(command: string): Promise<void> {
    const going = this.#until(/^\+/);
    this.#socket.write(`t${++this.#tag} ${command}\r\n`);
    await going;
  }

  async drained(): Promise<void> {
    if (!this.#socket.writableNeedDrain) return;
    await new Promise<void>((resolve) => this.#socket.once("drain", () => resolve()));
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#socket.destroyed) return resolve();
      this.#socket.once("close", () => resolve());
      this.#waiting = undefined;
      this.#socket.destroySoon();
      this.#socket.resume();
    });
  }

  #until(until: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#waiting = { until, resolve, reject };
    });
  }

  #read(buffer: Buffer, length: number): void {
    this.octets += length;
    const from = Math.max(0, length - TAIL_OCTETS);
    const piece = buffer.toString("latin1", from, length);
    if (this.text !== undefined) this.text += buffer.toString("latin1", 0, length);
    this.#tail = from > 0 ? piece : (this.#tail + piece).slice(-TAIL_OCTETS);
    const waiting = this.#waiting;
    if (waiting === undefined) return this.heard?.(piece);
    if (!this.#tail.endsWith("\r\n")) return;
    const before = this.#tail.lastIndexOf("\r\n", this.#tail.length - 3);
    const line = before < 0 ? this.#tail : this.#tail.slice(before + 2);
    if (!waiting.until.test(line)) {
      // An update may come behind a tagged line in the same read.
      this.heard?.(piece);
      return;
    }
    this.#waiting = undefined;
    waiting.resolve(line);
  }
}
