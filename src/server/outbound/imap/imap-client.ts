/**
 * A client of somebody's IMAP server: the driver of a client session over one connection, with promises. Commands may
 * be given without waiting for those before. When the connection breaks, or the server is silent for too long, every
 * command at work fails with a Fault; a NO or BAD is an answer.
 */
import type { Timer } from "../../../base/clock.ts";
import { Fault } from "../../../base/fault.ts";
import { type Connection, type Endpoint, formatEndpoint } from "../../../base/network.ts";
import type { TlsClientOptions, TlsInfo } from "../../../base/tls.ts";
import type { World } from "../../../base/world.ts";
import { ImapClientSession } from "../../../protocol/imap/client/client-session.ts";
import type { CommandPart } from "../../../protocol/imap/client/command-bytes.ts";
import type { ImapResponse } from "../../../protocol/imap/client/response.ts";

export type ImapClientOptions = {
  readonly endpoint: Endpoint;
  /** TLS before the greeting, as on port 993. */
  readonly implicitTls?: TlsClientOptions | undefined;
  /** Without a word from the server for so long, while a command is at work, the connection is given up. */
  readonly silenceTimeoutMs?: number;
  /** Limit: one response, its literals included. */
  readonly responseBytesMax?: number;
};

export type Tagged = Extract<ImapResponse, { kind: "tagged" }>;
export type CommandAnswer = Tagged & {
  /** What was said since the command was given, unless somebody listened. */
  readonly responses: readonly ImapResponse[];
};
/** Called as responses arrive, for answers too large to keep. */
export type ResponseListener = (response: ImapResponse) => void;

type Pending = {
  readonly responses: ImapResponse[];
  readonly listener: ResponseListener | undefined;
  readonly resolve: (answer: CommandAnswer) => void;
  readonly reject: (fault: Fault) => void;
};

const SILENCE_TIMEOUT_MS = 120_000;
/** Limit: a message of 100 MB, and what stands around it. */
const RESPONSE_BYTES_MAX = 101 * 1024 * 1024;

export class ImapClient {
  readonly #world: World;
  readonly #connection: Connection;
  readonly #session: ImapClientSession;
  readonly #silenceTimeoutMs: number;
  readonly #pending = new Map<string, Pending>(); // by tag, oldest first
  #greeted: { resolve: (greeting: ImapResponse) => void; reject: (fault: Fault) => void } | undefined;
  #timer: Timer | undefined;
  #heardAt = 0;
  #fault: Fault | undefined;
  /** Hears what no command waits for: news while IDLE is not at work, BYE. */
  onUnasked: ResponseListener | undefined;

  private constructor(world: World, connection: Connection, options: ImapClientOptions) {
    this.#world = world;
    this.#connection = connection;
    this.#silenceTimeoutMs = options.silenceTimeoutMs ?? SILENCE_TIMEOUT_MS;
    this.#session = new ImapClientSession({
      responseBytesMax: options.responseBytesMax ?? RESPONSE_BYTES_MAX,
    });
  }

  /** Waits for the greeting. Throws a Fault when there is none, or it is BYE. */
  static async connect(world: World, options: ImapClientOptions): Promise<ImapClient> {
    const timeoutMs = options.silenceTimeoutMs ?? SILENCE_TIMEOUT_MS;
    const connection = await world.network.connect(options.endpoint, { timeoutMs });
    const client = new ImapClient(world, connection, options);
    if (options.implicitTls !== undefined) {
      client.#attach();
      connection.pause();
      await connection.startTls(options.implicitTls);
    }
    const greeting = await new Promise<ImapResponse>((resolve, reject) => {
      client.#greeted = { resolve, reject };
      client.#watch();
      if (options.implicitTls === undefined) client.#attach();
      else connection.resume();
    });
    if (greeting.kind === "status" && (greeting.status === "OK" || greeting.status === "PREAUTH"))
      return client;
    connection.destroy();
    const said = greeting.kind === "status" ? greeting.text : greeting.kind;
    throw new Fault("refused", `${formatEndpoint(options.endpoint)} greeted with ${said}`);
  }

  get tls(): TlsInfo | undefined {
    return this.#connection.tls;
  }

  /** Whether the server has said that it can do this, in any case of letters. */
  has(capability: string): boolean {
    return this.#session.has(capability);
  }

  /** Gives a command; the promise is kept when it has ended. With a listener nothing is gathered. */
  command(parts: readonly CommandPart[], listener?: ResponseListener): Promise<CommandAnswer> {
    if (this.#fault !== undefined) return Promise.reject(this.#fault);
    return new Promise((resolve, reject) => {
      const { tag, send } = this.#session.command(parts);
      this.#pending.set(tag, { responses: [], listener, resolve, reject });
      this.#watch();
      this.#send(send);
    });
  }

  /** A line outside of commands: DONE, an answer of SASL. */
  line(text: string): void {
    this.#send([Buffer.from(`${text}\r\n`, "utf8")]);
  }

  async startTls(options: TlsClientOptions): Promise<CommandAnswer> {
    const answer = await this.command(["STARTTLS"]);
    if (answer.status !== "OK") return answer;
    this.#connection.pause();
    this.#session.secured();
    await this.#connection.startTls(options);
    this.#connection.resume();
    await this.command(["CAPABILITY"]);
    return answer;
  }

  async login(user: string, password: string): Promise<CommandAnswer> {
    const answer = await this.command(["LOGIN ", { string: user }, " ", { string: password }]);
    if (answer.status === "OK" && answer.code?.name !== "CAPABILITY") await this.command(["CAPABILITY"]);
    return answer;
  }

  /** Lets no more be read until `resume`: for those who store what they read, and must not gather it. */
  pause(): void {
    this.#connection.pause();
  }

  resume(): void {
    this.#heardAt = this.#world.clock.now();
    this.#connection.resume();
  }

  async close(): Promise<void> {
    if (this.#fault === undefined) await this.command(["LOGOUT"]).catch(() => undefined);
    this.#connection.end();
    this.#fail(new Fault("closed", "the connection was closed"));
  }

  destroy(): void {
    this.#connection.destroy();
    this.#fail(new Fault("closed", "the connection was closed"));
  }

  #attach(): void {
    this.#connection.attach({
      data: (bytes) => this.#data(bytes),
      end: () => {
        this.#connection.end();
        this.#fail(new Fault("reset", "the server hung up"));
      },
      closed: (fault) => this.#fail(fault ?? new Fault("reset", "the server hung up")),
    });
  }

  #data(bytes: Uint8Array): void {
    this.#heardAt = this.#world.clock.now();
    const { send, responses } = this.#session.push(bytes);
    this.#send(send);
    for (const response of responses) this.#hear(response);
  }

  #hear(response: ImapResponse): void {
    if (response.kind === "broken") {
      this.#connection.destroy();
      this.#fail(new Fault("overload", response.why));
      return;
    }
    if (this.#greeted !== undefined) {
      this.#greeted.resolve(response);
      this.#greeted = undefined;
      return;
    }
    if (response.kind === "tagged") {
      const pending = this.#pending.get(response.tag);
      this.#pending.delete(response.tag);
      pending?.resolve({ ...response, responses: pending.responses });
      return;
    }
    const [oldest] = this.#pending.values();
    if (oldest === undefined) this.onUnasked?.(response);
    else if (oldest.listener === undefined) oldest.responses.push(response);
    else oldest.listener(response);
  }

  #send(pieces: readonly Uint8Array[]): void {
    for (const piece of pieces) this.#connection.write(piece);
  }

  /** One timer while somebody waits. */
  #watch(): void {
    this.#heardAt = this.#world.clock.now();
    this.#timer ??= this.#world.clock.after(this.#silenceTimeoutMs, () => this.#ring());
  }

  #ring(): void {
    this.#timer = undefined;
    if (this.#pending.size === 0 && this.#greeted === undefined) return;
    const leftMs = this.#heardAt + this.#silenceTimeoutMs - this.#world.clock.now();
    if (leftMs > 0) {
      this.#timer = this.#world.clock.after(leftMs, () => this.#ring());
      return;
    }
    this.#connection.destroy();
    this.#fail(new Fault("timeout", `the server was silent for ${this.#silenceTimeoutMs} ms`));
  }

  #fail(fault: Fault): void {
    if (this.#fault !== undefined) return;
    this.#fault = fault;
    this.#timer?.cancel();
    this.#greeted?.reject(fault);
    for (const { reject } of this.#pending.values()) reject(fault);
    this.#pending.clear();
  }
}
