/**
 * The driver of one POP3 connection: bytes, lines, TLS, timers, and the mailbox it holds. Pipelined commands are done
 * in order, and their answers leave together. A connection that drops deletes nothing. A bug ends this one only.
 * Long: it is one state machine, whose few flags every method reads.
 */
import type { Timer } from "../../base/clock.ts";
import { isFault, type Fault } from "../../base/fault.ts";
import { type Connection, formatEndpoint } from "../../base/network.ts";
import { AUTH_LINE_OCTETS_MAX, LINE_OCTETS_MAX } from "../../protocol/pop3/command.ts";
import { stuffed, topOf } from "../../protocol/pop3/dot-stuff.ts";
import {
  newPop3Session,
  type Pop3Action,
  type Pop3Input,
  type Pop3Rules,
  stepPop3,
} from "../../protocol/pop3/session.ts";
import { offeredMechanisms } from "../../protocol/sasl/mechanisms.ts";
import type { LoginClient } from "../../mta/reception/reception.ts";
import { runSasl } from "../accounts/sasl-exchange.ts";
import { type Maildrop, openMaildrop } from "./maildrop.ts";
import type { Pop3Context } from "./server.ts";

/** Limit: a client that does not take our last words is cut off after this. */
const LINGER_MS = 10_000;
/** Limit: of a line in the journal. */
const LINE_CHARACTERS_MAX = 200;
/** What is gathered before it is handed over. */
const SLICE_BYTES = 262_144;
const NEWLINE = 0x0a;

export class Pop3Connection {
  readonly #context: Pop3Context;
  readonly #connection: Connection;
  readonly #id: string;
  #session = newPop3Session();
  #drop: Maildrop | undefined;
  #accountId: number | undefined;
  #input: Buffer[] = [];
  #inputBytes = 0;
  #output: Uint8Array[] = [];
  #outputBytes = 0;
  #busy = false;
  #over = false;
  #inputEnded = false;
  #attempts = 0;
  #badCommands = 0;
  #heardAt = 0;
  #timer: Timer | undefined;
  #takeLine: ((line: string | undefined) => void) | undefined;
  #why = "the client hung up";
  #cause: number | undefined;

  constructor(context: Pop3Context, connection: Connection, id: string) {
    this.#context = context;
    this.#connection = connection;
    this.#id = id;
  }

  start(): void {
    const { local, remote } = this.#connection;
    this.#heardAt = this.#context.world.clock.now();
    this.#cause = this.#record({
      kind: "connection.opened",
      connection: this.#id,
      side: "server",
      protocol: this.#context.implicitTls ? "pop3s" : "pop3",
      local: formatEndpoint(local),
      remote: formatEndpoint(remote),
    });
    this.#setTimer();
    this.#connection.attach({
      data: (bytes) => this.#data(bytes),
      end: () => this.#ended(),
      drain: () => this.#pump(),
      closed: (fault) => this.#closed(fault),
    });
    if (this.#context.implicitTls) void this.#handshake(() => this.#greet());
    else this.#greet();
  }

  /** Nothing was heard of it for this long. */
  get silentMs(): number {
    return this.#context.world.clock.now() - this.#heardAt;
  }

  /** Ends it without deleting anything. */
  /** Between two commands nothing of it is kept: there is nothing to wait for. */
  finish(): void {
    this.destroy();
  }

  destroy(why = "the server was stopped"): void {
    this.#why = why;
    this.#release();
    this.#connection.destroy();
  }

  #greet(): void {
    this.#say(`+OK ${this.#context.hostname} is ready`);
    this.#flush();
  }

  #data(bytes: Uint8Array): void {
    if (this.#over) return;
    this.#heardAt = this.#context.world.clock.now();
    this.#input.push(Buffer.from(bytes));
    this.#inputBytes += bytes.length;
    this.#pump();
    if (this.#busy && this.#inputBytes > this.#context.limits.inputBytesMax) this.#connection.pause();
  }

  /** Does what is there to do, until there is something to wait for. */
  #pump(): void {
    while (!this.#over && (!this.#busy || this.#takeLine !== undefined)) {
      if (this.#connection.bufferedBytes + this.#outputBytes > this.#context.limits.outputBytesMax) break;
      const line = this.#nextLine();
      if (line === undefined) {
        if (this.#inputEnded && !this.#busy) this.#hangUp();
        break;
      }
      const take = this.#takeLine;
      this.#takeLine = undefined;
      if (take !== undefined) take(line);
      else this.#hear(line);
    }
    this.#flush();
    if (!this.#over && !this.#busy) this.#connection.resume();
  }

  /** Without its end; bytes that are no UTF-8 are told apart by the commands that take text. */
  #nextLine(): string | undefined {
    const index = this.#input.findIndex((chunk) => chunk.includes(NEWLINE));
    const max = this.#takeLine === undefined && !this.#mayBeAuth() ? LINE_OCTETS_MAX : AUTH_LINE_OCTETS_MAX;
    if (index < 0) {
      if (this.#inputBytes > max) this.#tooLong();
      return undefined;
    }
    const all = this.#input.length === 1 ? (this.#input[0] as Buffer) : Buffer.concat(this.#input);
    const end = all.indexOf(NEWLINE);
    const rest = all.subarray(end + 1);
    this.#input = rest.length === 0 ? [] : [rest];
    this.#inputBytes = rest.length;
    if (end + 1 > max) {
      this.#tooLong();
      return undefined;
    }
    return all.toString("utf8", 0, all[end - 1] === 0x0d ? end - 1 : end);
  }

  #mayBeAuth(): boolean {
    return this.#input[0]?.toString("latin1", 0, 5).toUpperCase() === "AUTH ";
  }

  #tooLong(): void {
    this.#input = [];
    this.#inputBytes = 0;
    this.#why = "a line was too long";
    this.#say(`-ERR a line has ${LINE_OCTETS_MAX} octets at most`);
    this.#hangUp();
  }

  #hear(line: string): void {
    const shown = /^(PASS|AUTH +\S+) /i.exec(line)?.[0];
    this.#journalLine("client", shown === undefined ? line : `${shown}***`);
    this.#take({ kind: "line", text: line });
  }

  #take(input: Pop3Input): void {
    const [next, actions] = stepPop3(this.#session, input, this.#rules());
    this.#session = next;
    for (const action of actions) this.#act(action);
  }

  #rules(): Pop3Rules {
    const { context } = { context: this.#context };
    const isEncrypted = this.#connection.tls !== undefined;
    const plaintext = isEncrypted || context.allowPlaintextAuth;
    return {
      hostname: context.hostname,
      startTls: context.identity !== undefined && !isEncrypted,
      plaintext,
      mechanisms: offeredMechanisms(plaintext, this.#connection.tls?.exporter).map(({ name }) => name),
      loginDelaySeconds: context.limits.loginDelaySeconds,
      implementation: "Posthorn",
    };
  }

  #act(action: Pop3Action): void {
    switch (action.kind) {
      case "reply":
        this.#say(`${action.ok ? "+OK" : "-ERR"} ${action.text}`);
        if (!action.ok && ++this.#badCommands >= this.#context.limits.badCommandsMax) this.#hangUp();
        return;
      case "lines":
        this.#say(`+OK ${action.text}`);
        this.#write(Buffer.from(`${action.lines.map((line) => `${line}\r\n`).join("")}.\r\n`));
        return;
      case "message":
        return this.#sendMessage(action.index, action.bodyLines);
      case "password":
        return this.#wait(() => this.#logInBy(this.#verify(action.user, action.password)));
      case "sasl":
        return this.#wait(() => this.#sasl(action.mechanism, action.initial));
      case "startTls":
        return this.#startTls();
      case "commit":
        return this.#wait(() => this.#commit(action.deleted));
      case "hangUp":
        this.#why = "the conversation ended";
        return this.#hangUp();
    }
  }

  #sendMessage(index: number, bodyLines: number | undefined): void {
    const content = this.#drop?.content(index);
    if (content === undefined) return this.#say("-ERR [SYS/TEMP] another program has removed that message");
    const shown = bodyLines === undefined ? content : topOf(content, bodyLines);
    this.#say(bodyLines === undefined ? `+OK ${content.length} octets` : "+OK the top of it");
    for (const piece of stuffed(shown)) this.#write(piece);
  }

  /** One thing at a time: what comes meanwhile waits. */
  #wait(run: () => Promise<Pop3Input>): void {
    this.#busy = true;
    run()
      .catch((error: unknown): Pop3Input => this.#failed(error))
      .then((input) => {
        this.#busy = false;
        if (this.#over) return;
        this.#take(input);
        this.#pump();
      })
      .catch((error: unknown) => this.destroy(`a bug of ours: ${String(error)}`));
  }

  #failed(error: unknown): Pop3Input {
    const detail =
      error instanceof Error
        ? isFault(error)
          ? error.message
          : (error.stack ?? error.message)
        : String(error);
    this.#record({ kind: "warning", what: isFault(error) ? "fault" : "bug", detail, rfc: undefined });
    const text = "[SYS/TEMP] this did not work out, try again later";
    return this.#session.phase === "update"
      ? { kind: "committed", ok: false, text }
      : { kind: "notLoggedIn", code: undefined, text };
  }

  #verify(user: string, password: string): Promise<string | undefined> {
    return this.#context.authenticator.verifyPassword(this.#login(), user, password);
  }

  #login(): LoginClient {
    const { remote } = this.#connection;
    return { connection: this.#id, remote, cause: this.#cause, door: "pop3" };
  }

  async #sasl(name: string, initial: string | undefined): Promise<Pop3Input> {
    const { world, authenticator } = this.#context;
    const mechanism = offeredMechanisms(true, this.#connection.tls?.exporter).find(
      (one) => one.name === name,
    );
    if (mechanism === undefined) return { kind: "notLoggedIn", code: undefined, text: "no such mechanism" };
    const result = await runSasl({
      mechanism,
      initial,
      ask: (challenge) => this.#ask(challenge),
      authenticator,
      client: this.#login(),
      random: world.random,
    });
    if (result.kind === "cancelled") return { kind: "notLoggedIn", code: undefined, text: "cancelled" };
    if (result.kind === "malformed")
      return { kind: "notLoggedIn", code: undefined, text: "that is not what this mechanism says" };
    return this.#logInBy(Promise.resolve(result.kind === "account" ? result.name : undefined));
  }

  #ask(challenge: string): Promise<string | undefined> {
    if (this.#over) return Promise.resolve(undefined);
    this.#write(Buffer.from(`+ ${challenge}\r\n`));
    return new Promise((resolve) => {
      this.#takeLine = resolve;
      queueMicrotask(() => this.#pump());
    });
  }

  async #logInBy(asked: Promise<string | undefined>): Promise<Pop3Input> {
    const { store, limits, world } = this.#context;
    const { logins, holders } = this.#context.held;
    const account = await asked;
    const mail = account === undefined ? undefined : store.mail(account);
    if (mail === undefined) {
      if (++this.#attempts >= limits.loginAttemptsMax) {
        this.#say("-ERR [AUTH] too many tries");
        this.#hangUp();
      }
      return { kind: "notLoggedIn", code: "AUTH", text: "that name and password do not fit" };
    }
    const now = world.clock.now();
    const waitMs = (logins.get(mail.accountId) ?? -Infinity) + limits.loginDelaySeconds * 1_000 - now;
    if (waitMs > 0)
      return {
        kind: "notLoggedIn",
        code: "LOGIN-DELAY",
        text: `not before ${Math.ceil(waitMs / 1_000)} s have passed`,
      };
    const holder = holders.get(mail.accountId);
    if (holder !== undefined && holder.silentMs < limits.takeOverMs) {
      return { kind: "notLoggedIn", code: "IN-USE", text: "another session has this mailbox open" };
    }
    holder?.destroy("a new login took the mailbox over");
    holders.set(mail.accountId, this);
    this.#accountId = mail.accountId;
    logins.set(mail.accountId, now);
    this.#drop = await openMaildrop(mail);
    return { kind: "loggedIn", messages: this.#drop?.messages ?? [] };
  }

  async #commit(deleted: readonly number[]): Promise<Pop3Input> {
    const refused = await this.#drop?.remove(deleted);
    this.#release();
    if (refused !== undefined)
      return { kind: "committed", ok: false, text: "some messages were not removed" };
    return {
      kind: "committed",
      ok: true,
      text: deleted.length === 0 ? "until next time" : `${deleted.length} removed, until next time`,
    };
  }

  #release(): void {
    this.#drop?.close();
    this.#drop = undefined;
    const { holders } = this.#context.held;
    if (this.#accountId !== undefined && holders.get(this.#accountId) === this)
      holders.delete(this.#accountId);
    this.#accountId = undefined;
  }

  #startTls(): void {
    this.#busy = true;
    this.#connection.pause();
    if (this.#inputBytes > 0) {
      this.#record({
        kind: "warning",
        what: "plaintext after STLS dropped",
        detail: `${this.#inputBytes} octets`,
        rfc: "RFC 2595 §4",
      });
    }
    this.#input = [];
    this.#inputBytes = 0;
    this.#flush();
    void this.#handshake(() => undefined);
  }

  async #handshake(then: () => void): Promise<void> {
    const { identity, limits } = this.#context;
    if (identity === undefined) return this.destroy("no certificate");
    this.#busy = true;
    this.#connection.pause();
    try {
      const tls = await this.#connection.startTls({
        role: "server",
        identity,
        timeoutMs: limits.tlsTimeoutMs,
      });
      const { protocol, cipher } = tls;
      this.#record({
        kind: "tls.started",
        connection: this.#id,
        protocol,
        cipher,
        verified: undefined,
        detail: undefined,
      });
    } catch (error) {
      this.#record({
        kind: "tls.failed",
        connection: this.#id,
        detail: error instanceof Error ? error.message : String(error),
      });
      this.#why = "TLS failed";
      this.#connection.destroy();
      return;
    }
    this.#busy = false;
    if (this.#over) return;
    this.#connection.resume();
    then();
    this.#pump();
  }

  #say(line: string): void {
    this.#write(Buffer.from(`${line}\r\n`));
    this.#journalLine("server", line);
  }

  #write(bytes: Uint8Array): void {
    this.#output.push(bytes);
    this.#outputBytes += bytes.length;
    if (this.#outputBytes > SLICE_BYTES) this.#flush();
  }

  #flush(): void {
    if (this.#output.length === 0) return;
    const bytes = this.#output.length === 1 ? (this.#output[0] as Uint8Array) : Buffer.concat(this.#output);
    this.#output = [];
    this.#outputBytes = 0;
    this.#connection.write(bytes);
  }

  #setTimer(): void {
    const { limits, world } = this.#context;
    const patienceMs = this.#session.phase === "authorization" ? limits.loginTimeoutMs : limits.idleTimeoutMs;
    const leftMs = patienceMs - this.silentMs;
    if (leftMs > 0 || (this.#busy && this.#takeLine === undefined)) {
      this.#timer = world.clock.after(Math.max(leftMs, 1_000), () => this.#setTimer());
      return;
    }
    // RFC 1939 §3: the autologout enters no UPDATE state.
    this.#why = "timeout";
    this.#say("-ERR you were silent for too long");
    this.#hangUp();
  }

  #ended(): void {
    this.#inputEnded = true;
    const take = this.#takeLine;
    this.#takeLine = undefined;
    take?.(undefined);
    if (!this.#busy) this.#pump();
  }

  #hangUp(): void {
    if (this.#over) return;
    this.#over = true;
    this.#timer?.cancel();
    this.#timer = this.#context.world.clock.after(LINGER_MS, () => this.#connection.destroy());
    this.#release();
    this.#flush();
    this.#connection.end();
    this.#connection.resume();
  }

  #closed(fault: Fault | undefined): void {
    this.#over = true;
    this.#timer?.cancel();
    this.#release();
    this.#takeLine?.(undefined);
    this.#takeLine = undefined;
    const why = fault === undefined ? this.#why : `${this.#why}: ${fault.message}`;
    this.#record({ kind: "connection.closed", connection: this.#id, why });
    this.#context.closed(this);
  }

  #journalLine(by: "client" | "server", line: string): void {
    this.#record({ kind: "line", connection: this.#id, by, text: line.slice(0, LINE_CHARACTERS_MAX) });
  }

  #record(body: Parameters<Pop3Context["recorder"]["record"]>[0]): number {
    return this.#context.recorder.record(body, this.#id, this.#cause);
  }
}
