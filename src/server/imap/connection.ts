/**
 * The driver of one IMAP connection: bytes, TLS, timers and patience. It hands each command to the session's handler
 * and waits for it before it reads the next; answers of one turn leave in one write. A bug ends this connection only.
 * Long: it is one state machine, whose few flags every method reads.
 */
import type { Timer } from "../../base/clock.ts";
import type { Fault } from "../../base/fault.ts";
import type { Connection } from "../../base/network.ts";
import type { CommandText } from "../../protocol/imap/command-text.ts";
import { parseCommand } from "../../protocol/imap/parse-command.ts";
import { type ImapFragment, ImapSplitter } from "../../protocol/imap/splitter.ts";
import { createInflater, type Inflater, squeezeTurn } from "./compression.ts";
import { capabilityCode } from "./capabilities.ts";
import type { Completion } from "./completion.ts";
import { execute } from "./execute.ts";
import { ImapOutput } from "./output.ts";
import type { ServerContext } from "./server.ts";
import { ImapSession } from "./session.ts";
import { ImapTranscript } from "./transcript.ts";

/** Limit: a client that does not take our last words, or does not close, is cut off after this. */
const LINGER_MS = 10_000;

export class ImapConnection {
  readonly #context: ServerContext;
  readonly #connection: Connection;
  readonly #splitter: ImapSplitter;
  readonly #output: ImapOutput;
  readonly #transcript: ImapTranscript;
  readonly #session: ImapSession;
  #inflater: Inflater | undefined;
  #busy = false; // a command is at work
  #paused = false; // the client was told to wait
  #over = false; // we have said all we will say
  #inputEnded = false;
  #finishing = false;
  #badCommands = 0;
  #deadline = 0;
  #timer: Timer | undefined;
  #takeLine: ((line: string | undefined) => void) | undefined; // a command waits for a line of its own
  #why = "the client hung up";

  constructor(context: ServerContext, connection: Connection, id: string) {
    const { limits, recorder } = context;
    this.#context = context;
    this.#connection = connection;
    this.#splitter = new ImapSplitter({ appendBytesMax: limits.appendBytesMax });
    this.#output = new ImapOutput(connection, limits.outputBytesMax);
    this.#transcript = new ImapTranscript(recorder, id);
    const isEncrypted = (): boolean => this.#connection.tls !== undefined;
    const isCompressed = (): boolean => this.#inflater !== undefined;
    this.#session = new ImapSession(id, connection, context, this.#output, {
      get encrypted() {
        return isEncrypted();
      },
      get compressed() {
        return isCompressed();
      },
      line: (prompt) => this.#line(prompt),
      flush: () => this.#output.flush(),
      warn: (what, detail) => this.#transcript.warn(what, detail),
    });
    this.#session.cause = this.#transcript.opened(connection, context.implicitTls ? "imaps" : "imap");
  }

  /** Greets. With implicit TLS the handshake comes first. */
  start(): void {
    this.#touch();
    this.#setTimer(this.#patienceMs());
    this.#connection.attach({
      data: (bytes) => this.#data(bytes),
      end: () => this.#ended(),
      drain: () => this.#drained(),
      closed: (fault) => this.#closed(fault),
    });
    if (this.#context.implicitTls) void this.#handshake(() => this.#greet());
    else this.#greet();
  }

  /** Ends it politely: at once when no command is at work, else after that command. */
  finish(): void {
    this.#finishing = true;
    if (!this.#busy || this.#takeLine !== undefined) this.#bye("the server is shutting down");
  }

  destroy(): void {
    this.#why = "the server was stopped";
    this.#connection.destroy();
  }

  #greet(): void {
    const code = capabilityCode(this.#session);
    this.#say(`* OK [${code}] ${this.#context.hostname} is ready`);
    this.#output.flush();
  }

  #data(bytes: Uint8Array): void {
    if (this.#over) return;
    this.#touch();
    if (this.#inflater === undefined) this.#plain(bytes);
    else this.#inflater.write(bytes);
  }

  #plain(bytes: Uint8Array): void {
    if (this.#over) return;
    this.#splitter.push(bytes);
    this.#pump();
    if (this.#splitter.bufferedBytes > this.#context.limits.inputBytesMax && this.#busy && !this.#paused) {
      this.#paused = true;
      this.#inflater?.pause();
      this.#connection.pause();
    }
  }

  /** Reads on until there is nothing to read, or something to wait for. */
  #pump(): void {
    while (!this.#over && (!this.#busy || this.#takeLine !== undefined) && !this.#output.isOverfull) {
      const fragment = this.#splitter.next();
      if (fragment === undefined) {
        if (this.#inputEnded) this.#hangUp();
        else if (this.#finishing && !this.#busy) this.#bye("the server is shutting down");
        break;
      }
      this.#hear(fragment);
    }
    this.#output.flush();
    if (this.#paused && !this.#over && !this.#busy) {
      this.#paused = false;
      this.#inflater?.resume();
      this.#connection.resume();
    }
  }

  #hear(fragment: ImapFragment): void {
    switch (fragment.kind) {
      case "announced":
        this.#output.writer.raw("+ go on\r\n");
        return;
      case "line": {
        const take = this.#takeLine;
        this.#takeLine = undefined;
        take?.(fragment.text);
        return;
      }
      case "refused":
        this.#transcript.heard(`${fragment.tag} …`);
        this.#bad(fragment.tag, { status: fragment.status, code: fragment.code, text: fragment.why });
        return;
      case "command":
        return this.#command(fragment.command);
    }
  }

  #command(text: CommandText): void {
    const { enabled } = this.#session;
    const parsed = parseCommand(text, { utf8: enabled.utf8 || enabled.imap4rev2, uidOnly: enabled.uidOnly });
    this.#session.cause = this.#transcript.heard(text.text);
    if (!parsed.ok) {
      const { tag, status, code, why } = parsed.error;
      this.#bad(tag, { status, code, text: why });
      return;
    }
    const command = parsed.value;
    this.#busy = true;
    const done = execute(this.#session, command);
    if (done instanceof Promise) {
      void done.then((completion) => {
        this.#complete(command.tag, completion);
        this.#pump();
      });
    } else this.#complete(command.tag, done);
  }

  #complete(tag: string, completion: Completion): void {
    this.#busy = false;
    if (this.#over) return;
    this.#touch();
    if (completion.status === "BAD") {
      this.#bad(tag, completion);
      return;
    }
    this.#tagged(tag, completion);
    switch (completion.next) {
      case undefined:
        return;
      case "hangUp":
        this.#why = "the conversation ended";
        return this.#hangUp();
      case "startTls":
        return this.#startTls();
      case "compress":
        return this.#compress();
    }
  }

  #bad(tag: string, completion: Completion): void {
    this.#tagged(tag, completion);
    if (++this.#badCommands >= this.#context.limits.badCommandsMax) this.#bye("too many errors");
  }

  #tagged(tag: string, { status, code, text }: Completion): void {
    this.#say(`${tag} ${status} ${code === undefined ? "" : `[${code}] `}${text}`);
  }

  #say(line: string): void {
    this.#output.writer.text(line).raw("\r\n");
    this.#transcript.said(line);
  }

  #line(prompt: string): Promise<string | undefined> {
    if (this.#over) return Promise.resolve(undefined);
    this.#output.writer.raw("+ ").raw(prompt).raw("\r\n");
    this.#splitter.expectLine();
    return new Promise((resolve) => {
      this.#takeLine = resolve;
      // Bytes of this turn may hold the line already.
      queueMicrotask(() => this.#pump());
    });
  }

  #startTls(): void {
    this.#busy = true;
    this.#connection.pause();
    const dropped = this.#splitter.clear();
    if (dropped > 0) this.#transcript.warn("plaintext after STARTTLS dropped", `${dropped} octets`);
    this.#output.flush();
    void this.#handshake(() => undefined);
  }

  async #handshake(then: () => void): Promise<void> {
    const { identity, limits } = this.#context;
    if (identity === undefined) return this.destroy();
    this.#busy = true;
    this.#connection.pause();
    try {
      const timeoutMs = limits.tlsTimeoutMs;
      const tls = await this.#connection.startTls({ role: "server", identity, timeoutMs });
      this.#transcript.encrypted(tls);
    } catch (error) {
      this.#transcript.notEncrypted(error instanceof Error ? error.message : String(error));
      this.#why = "TLS failed";
      this.#connection.destroy();
      return;
    }
    this.#paused = false;
    this.#busy = false;
    this.#connection.resume();
    if (this.#over) return;
    then();
    this.#pump();
  }

  #compress(): void {
    this.#output.flush();
    this.#output.squeeze = squeezeTurn;
    // Bytes behind the command are compressed already (RFC 4978 §3).
    const rest = this.#splitter.takeRest();
    this.#inflater = createInflater(
      (bytes) => this.#plain(bytes),
      () => this.#bye("what you send is not DEFLATE"),
    );
    if (rest.length > 0) this.#inflater.write(rest);
  }

  #touch(): void {
    this.#deadline = this.#context.clock.now() + this.#patienceMs();
  }

  #patienceMs(): number {
    const { idleTimeoutMs, loginTimeoutMs } = this.#context.limits;
    return this.#session.mail === undefined ? loginTimeoutMs : idleTimeoutMs;
  }

  /** One timer for a connection, set again only when it fires: a command costs no timer. */
  #setTimer(afterMs: number): void {
    this.#timer = this.#context.clock.after(afterMs, () => this.#ring());
  }

  #ring(): void {
    if (this.#over) return;
    const leftMs = this.#deadline - this.#context.clock.now();
    if (leftMs > 0) this.#setTimer(leftMs);
    else if (this.#busy && this.#takeLine === undefined) this.#setTimer(this.#patienceMs());
    else this.#bye("you were silent for too long");
  }

  #drained(): void {
    this.#output.drained();
    this.#pump();
  }

  /** The client has said all it will say, and may still wait for its answers. */
  #ended(): void {
    this.#inputEnded = true;
    const take = this.#takeLine;
    this.#takeLine = undefined;
    take?.(undefined);
    if (!this.#busy) this.#pump();
  }

  #bye(why: string): void {
    if (this.#over) return;
    this.#why = why;
    this.#say(`* BYE ${why}`);
    this.#hangUp();
  }

  #hangUp(): void {
    if (this.#over) return;
    this.#over = true;
    this.#timer?.cancel();
    this.#timer = this.#context.clock.after(LINGER_MS, () => this.#connection.destroy());
    this.#output.flush();
    this.#connection.end();
    this.#letGo();
    // What still comes is let go: a client that talks on must not fill our memory.
    if (this.#paused) this.#connection.resume();
  }

  /** Whoever waits for the client waits no more. */
  #letGo(): void {
    const take = this.#takeLine;
    this.#takeLine = undefined;
    take?.(undefined);
    if (!this.#busy) this.#session.logOut();
  }

  #closed(fault: Fault | undefined): void {
    this.#over = true;
    this.#timer?.cancel();
    this.#output.close();
    this.#inflater?.close();
    this.#letGo();
    this.#session.logOut();
    this.#transcript.closed(fault === undefined ? this.#why : `${this.#why}: ${fault.message}`);
    this.#context.closed(this);
  }
}
