/**
 * One client at the SMTP door: does all the waiting for the pure session. Bytes in, steps, replies out in one write a
 * turn, every line into the journal. A fault of the house is a 4xx; a bug ends this connection with 421 and no other.
 * Long: the waits of one connection (answers, delays, TLS, timers, half-open ends) exclude each other and share their flags.
 */
import type { Timer } from "../../base/clock.ts";
import type { Fault } from "../../base/fault.ts";
import type { Connection } from "../../base/network.ts";
import type { Client } from "../../mta/reception/reception.ts";
import { AUTH_LINE_BYTES_MAX } from "../../protocol/sasl/mechanism.ts";
import type { SmtpFault } from "../../protocol/smtp/interception.ts";
import { endsConnection, reply, type SmtpReply } from "../../protocol/smtp/reply.ts";
import { formatReply } from "../../protocol/smtp/reply-codec.ts";
import { startSession, step } from "../../protocol/smtp/server-session.ts";
import type { Question, ServerAction, ServerInput, ServerSession } from "../../protocol/smtp/server-types.ts";
import { type SmtpFragment, SmtpSplitter } from "../../protocol/smtp/splitter.ts";
import { faultReply } from "./fault-reply.ts";
import { hideExtensions, interceptFragment } from "./intercept.ts";
import { SmtpOutput } from "./output.ts";
import { type Asked, askReception } from "./questions.ts";
import type { ServerContext } from "./server.ts";
import { ServerTranscript } from "./transcript.ts";

/** Limit: a client that does not take our last words, or does not close, is cut off after this. */
const LINGER_MS = 10_000;

const CLIENT_LEFT = "the client hung up";

export class SmtpServerConnection {
  readonly #context: ServerContext;
  readonly #connection: Connection;
  readonly #client: Client;
  readonly #splitter: SmtpSplitter;
  readonly #output: SmtpOutput;
  readonly #transcript: ServerTranscript;
  #session: ServerSession;
  #busy = false; // an answer is awaited, or a delay runs
  #paused = false; // the client was told to wait
  #muted = false; // a fault made us deaf and dumb
  #over = false; // we have said all we will say
  #inputEnded = false;
  #finishing = false;
  #deadline = 0;
  #timer: Timer | undefined;
  /** Of an answer that is held back: nobody waits for it when the connection is gone. */
  #delay: Timer | undefined;
  #instead: SmtpReply | undefined; // what a fault says to the question being asked
  #hidden: readonly string[] | undefined;
  #why = CLIENT_LEFT;

  constructor(context: ServerContext, connection: Connection, id: string) {
    const { limits, rules, clock } = context;
    this.#context = context;
    this.#connection = connection;
    this.#splitter = new SmtpSplitter({
      lineBytesMax: AUTH_LINE_BYTES_MAX,
      sizeBytesMax: limits.sizeBytesMax,
      bareNewline: limits.bareNewline,
    });
    this.#output = new SmtpOutput(connection, clock);
    this.#session = startSession(rules, connection.tls !== undefined, connection.tls?.exporter);
    this.#transcript = new ServerTranscript(context.recorder, id);
    const { local, remote, tls } = connection;
    this.#client = {
      connection: id,
      service: rules.service,
      remote,
      local,
      helo: undefined,
      extended: false,
      tls,
      account: undefined,
      mechanism: undefined,
      cause: this.#transcript.opened(connection, rules.service),
    };
  }

  /** Greets. With implicit TLS the handshake comes first. */
  start(implicitTls: boolean): void {
    this.#deadline = this.#context.clock.now() + this.#context.limits.commandTimeoutMs;
    this.#setTimer(this.#context.limits.commandTimeoutMs);
    this.#connection.attach({
      data: (bytes) => this.#data(bytes),
      end: () => this.#ended(),
      drain: () => this.#pump(),
      closed: (fault) => this.#closed(fault),
    });
    if (implicitTls) void this.#handshake(() => this.#greet());
    else this.#greet();
  }

  /** Ends it politely: at once when no message is under way, else after that message. */
  finish(): void {
    this.#finishing = true;
    if (!this.#busy) this.#pump();
  }

  destroy(): void {
    this.#why = "the server was stopped";
    this.#connection.destroy();
  }

  #greet(): void {
    const fault = this.#context.intercept?.("CONNECT", { client: this.#client.remote.address });
    this.#through(fault, () => {
      this.#instead = fault?.reply;
      this.#take({ kind: "connected" });
      this.#instead = undefined;
    });
    this.#output.flush();
  }

  #data(bytes: Uint8Array): void {
    if (this.#muted || this.#over) return;
    this.#splitter.push(bytes);
    this.#deadline = this.#context.clock.now() + this.#patienceMs();
    if (!this.#busy) this.#pump();
    if (this.#splitter.bufferedBytes > this.#context.limits.inputBytesMax && !this.#paused) {
      this.#paused = true;
      this.#connection.pause();
    }
  }

  /** Reads on until there is nothing to read, or something to wait for. */
  #pump(): void {
    const { inputBytesMax, outputBytesMax } = this.#context.limits;
    while (!this.#busy && !this.#over && !this.#muted && this.#output.bufferedBytes <= outputBytesMax) {
      const fragment = this.#splitter.next();
      if (fragment === undefined) {
        this.#rest();
        break;
      }
      this.#hear(fragment);
    }
    this.#output.flush();
    if (this.#paused && !this.#busy && this.#splitter.bufferedBytes <= inputBytesMax) {
      this.#paused = false;
      this.#connection.resume();
    }
  }

  /** Nothing is left to read or to wait for: the moment to leave, for whoever wants to. */
  #rest(): void {
    if (this.#inputEnded) this.#hangUp();
    else if (this.#finishing && (this.#session.envelope?.recipients ?? []).length === 0) {
      this.#why = "the server is shutting down";
      this.#take({ kind: "shutdown" });
    }
  }

  #hear(fragment: SmtpFragment): void {
    const { intercept } = this.#context;
    if (fragment.kind === "line") {
      this.#client.cause = this.#transcript.heard(fragment.text, this.#session.waiting.for === "sasl");
    } else if (fragment.content !== undefined) {
      this.#client.cause = this.#transcript.content(fragment.content);
    } else if (fragment.kind === "chunk" && fragment.skippedBytes !== undefined) {
      this.#transcript.skipped(fragment.skippedBytes);
    }
    if (intercept === undefined) {
      this.#take(fragment);
      return;
    }
    const fault = interceptFragment(intercept, this.#session, this.#client, fragment);
    this.#through(fault, () => {
      if (fault?.reply !== undefined && fragment.kind === "line") {
        if (fault.chunkBytes !== undefined) {
          this.#take({ kind: "refuseChunk", sizeBytes: fault.chunkBytes, reply: fault.reply });
          return;
        }
        this.#say(fault.reply);
        if (endsConnection(fault.reply)) this.#hangUp();
        return;
      }
      this.#instead = fault?.reply;
      this.#take(fragment);
      this.#instead = undefined;
    });
  }

  /** Lets a fault of the lab have its way, then runs `run` if it leaves us that. */
  #through(fault: SmtpFault | undefined, run: () => void): void {
    if (fault === undefined) {
      run();
      return;
    }
    const then = (): void => {
      if (fault.sliceBytes !== undefined || fault.throttleBytesPerSecond !== undefined) {
        this.#output.slowDown(fault.throttleBytesPerSecond, fault.sliceBytes);
      }
      this.#hidden = fault.hideExtensions ?? this.#hidden;
      if (fault.action === undefined) run();
      else this.#strike(fault.action);
    };
    if (fault.delayMs === undefined) then();
    else this.#later(fault.delayMs, then);
  }

  #strike(action: NonNullable<SmtpFault["action"]>): void {
    this.#why = `fault: ${action}`;
    if (action === "blackhole") this.#muted = true;
    else if (action === "reset") this.#connection.destroy();
    else this.#hangUp();
  }

  /** Waits, deaf to further commands, then goes on. */
  #later(delayMs: number, run: () => void): void {
    this.#output.flush();
    this.#busy = true;
    this.#delay = this.#context.clock.after(delayMs, () => this.#resume(run));
  }

  #resume(run: () => void): void {
    this.#busy = false;
    if (this.#over) return;
    this.#deadline = this.#context.clock.now() + this.#patienceMs();
    run();
    this.#pump();
  }

  #take(input: ServerInput | SmtpFragment): void {
    const [session, actions] = step(this.#session, input);
    this.#session = session;
    const client = this.#client;
    client.helo = session.helo;
    client.extended = session.extended;
    client.account = session.account;
    client.mechanism = session.mechanism;
    for (const action of actions) this.#act(action);
  }

  #act(action: ServerAction): void {
    switch (action.kind) {
      case "reply":
        return this.#say(action.reply);
      case "ask":
        return this.#ask(action.question);
      case "expectData":
        return this.#splitter.expectData();
      case "expectChunk":
        return this.#splitter.expectChunk(action.sizeBytes, action.last, action.binary);
      case "skipChunk":
        return this.#splitter.skipChunk(action.sizeBytes);
      case "abandon":
        return this.#splitter.abandon();
      case "startTls":
        return this.#startTls();
      case "close":
        if (this.#why === CLIENT_LEFT) this.#why = "the conversation ended";
        // A client that talks on after QUIT must hear our last words first: a reset would take them from it.
        return this.#hangUp(action.asked === true && this.#splitter.bufferedBytes === 0);
    }
  }

  #ask(question: Question): void {
    if (this.#instead !== undefined) {
      // A fault speaks for us: the house is not asked, nothing is stored.
      const close = endsConnection(this.#instead);
      this.#take({ kind: "decided", verdicts: [{ verdict: "refuse", reply: this.#instead, close }] });
      return;
    }
    let asked: Asked | Promise<Asked>;
    try {
      asked = askReception(this.#context.reception, this.#client, question, this.#context.world.random);
    } catch (error) {
      this.#failed(error);
      return;
    }
    if (!(asked instanceof Promise)) {
      this.#answered(asked);
      return;
    }
    this.#busy = true;
    this.#output.flush();
    asked.then(
      (answer) => this.#resume(() => this.#answered(answer)),
      (error: unknown) => this.#resume(() => this.#failed(error)),
    );
  }

  #answered({ input, delayMs }: Asked): void {
    if (delayMs > 0) this.#later(delayMs, () => this.#take(input));
    else this.#take(input);
  }

  /** A fault is a 4xx for this one command. Anything else is a bug: its stack goes to the journal, the client hears 421. */
  #failed(error: unknown): void {
    const said = faultReply(error);
    if (said !== undefined) {
      this.#transcript.warn("fault", error instanceof Error ? error.message : "", undefined);
      this.#take({ kind: "failed", reply: said });
      return;
    }
    this.#transcript.warn(
      "bug",
      error instanceof Error ? (error.stack ?? error.message) : String(error),
      undefined,
    );
    this.#why = "a bug of ours";
    this.#say(reply(421, "4.3.0", `${this.#context.rules.hostname} has a problem, closing`));
    this.#hangUp();
  }

  #say(said: SmtpReply): void {
    const isHello = said.code === 250 && said.status === undefined;
    const shown = isHello && this.#hidden !== undefined ? hideExtensions(said, this.#hidden) : said;
    this.#output.say(formatReply(shown));
    this.#transcript.said(shown);
  }

  #startTls(): void {
    this.#busy = true;
    this.#connection.pause();
    const dropped = this.#splitter.clear();
    if (dropped > 0) {
      this.#transcript.warn("plaintext after STARTTLS dropped", `${dropped} octets`, "RFC 3207 §4.2");
    }
    this.#output.afterFlush(() => void this.#handshake(() => this.#take({ kind: "encrypted" })));
  }

  async #handshake(then: () => void): Promise<void> {
    const { identity, limits } = this.#context;
    if (identity === undefined) return;
    this.#busy = true;
    this.#connection.pause();
    try {
      const timeoutMs = limits.tlsTimeoutMs;
      const tls = await this.#connection.startTls({ role: "server", identity, timeoutMs });
      this.#transcript.encrypted(tls);
      this.#client.tls = tls;
    } catch (error) {
      this.#transcript.notEncrypted(error instanceof Error ? error.message : String(error));
      this.#why = "TLS failed";
      this.#connection.destroy();
      return;
    }
    this.#session = { ...this.#session, encrypted: true, binding: this.#client.tls?.exporter };
    this.#paused = false;
    this.#connection.resume();
    this.#resume(then);
  }

  /** One timer for a connection, set again only when it fires: a command costs no timer. */
  #setTimer(afterMs: number): void {
    this.#timer = this.#context.clock.after(afterMs, () => this.#ring());
  }

  #ring(): void {
    if (this.#over || this.#muted) return;
    const leftMs = this.#deadline - this.#context.clock.now();
    if (leftMs > 0) this.#setTimer(leftMs);
    else if (this.#busy) this.#setTimer(this.#patienceMs());
    else {
      this.#why = "timeout";
      this.#take({ kind: "timeout" });
    }
  }

  #patienceMs(): number {
    const { commandTimeoutMs, contentTimeoutMs } = this.#context.limits;
    const waiting = this.#session.waiting.for;
    return waiting === "data" || waiting === "chunk" || waiting === "skip"
      ? contentTimeoutMs
      : commandTimeoutMs;
  }

  /** The client has said all it will say, and may still wait for its answers. */
  #ended(): void {
    this.#inputEnded = true;
    if (this.#muted) this.#connection.end();
    else if (!this.#busy) this.#pump();
  }

  #hangUp(atOnce = false): void {
    if (this.#over) return;
    this.#over = true;
    this.#timer?.cancel();
    this.#timer = this.#context.clock.after(LINGER_MS, () => this.#connection.destroy());
    this.#output.afterFlush(() => this.#connection.end({ hangUp: atOnce }));
    // What still comes is let go: a client that talks on must not fill our memory.
    if (this.#paused) this.#connection.resume();
  }

  #closed(fault: Fault | undefined): void {
    this.#over = true;
    this.#timer?.cancel();
    this.#delay?.cancel();
    this.#output.stop();
    this.#transcript.closed(fault === undefined ? this.#why : `${this.#why}: ${fault.message}`);
    this.#context.reception.disconnected(this.#client);
    this.#context.closed(this);
  }
}
