/**
 * One SMTP conversation that a person types into the browser: the connection, its transcript with what each line means,
 * and what the server decided meanwhile, read from the journal. Recorded there as `you`, secrets as `***`, content as its
 * size. It never fails for what the person says; a connection that breaks is an entry like any other.
 */
import { fromUtf8 } from "../../base/bytes.ts";
import { isFault } from "../../base/fault.ts";
import { makeId } from "../../base/ids.ts";
import { formatEndpoint, type Connection } from "../../base/network.ts";
import { talkExplainer } from "../../journal/explain-talk.ts";
import type { EventBody } from "../../journal/events.ts";
import type { Recorder } from "../../journal/journal.ts";
import type { Lab } from "../lab.ts";
import { FollowTalk, type Said } from "./follow-talk.ts";
import { createLineReader } from "./line-reader.ts";
import { serverNotes } from "./server-notes.ts";
import type { TalkEntry, TalkState } from "./talk-entry.ts";
import { turnOver } from "./turn-over.ts";

export type LineEnding = "crlf" | "lf";

export type HandTalk = {
  readonly id: string;
  readonly entries: readonly TalkEntry[];
  readonly state: TalkState;
  /** Says lines in one piece, and comes back when the server's turn is over, or is taking its time. */
  say(lines: readonly string[], ending: LineEnding): Promise<void>;
  subscribe(wake: () => void): () => void;
  close(): void;
};

/** Limit: entries kept; one that is full says so and hangs up. */
const ENTRIES_MAX = 4_000;
/** Limit: of what is shown of one piece of content. */
const SHOWN_CHARACTERS_MAX = 4_000;
const TLS_TIMEOUT_MS = 30_000;

export type HandTalkParts = {
  readonly lab: Lab;
  readonly connection: Connection;
  readonly serverName: string;
  readonly implicitTls: boolean;
};

/** Comes back after the greeting. */
export async function openHandTalk(parts: HandTalkParts): Promise<HandTalk> {
  const talk = new Talk(parts);
  await talk.open(parts.implicitTls);
  return talk;
}

class Talk implements HandTalk {
  readonly id: string;
  readonly entries: TalkEntry[] = [];
  readonly #follow = new FollowTalk();
  readonly #lab: Lab;
  readonly #connection: Connection;
  readonly #serverName: string;
  readonly #recorder: Recorder;
  readonly #explain = talkExplainer();
  readonly #reader = createLineReader((line) => this.#heard(line));
  readonly #wakes = new Set<() => void>();
  readonly #stopNotes: () => void;
  #tls: TalkState["tls"];
  #queueId: string | undefined;
  #why: string | undefined;

  constructor({ lab, connection, serverName }: HandTalkParts) {
    this.#lab = lab;
    this.#connection = connection;
    this.#serverName = serverName;
    const world = lab.environment.worldFor(connection.local.address);
    this.id = makeId(world.clock, world.random);
    this.#recorder = lab.journal.recorder("you");
    const [local, remote] = [formatEndpoint(connection.local), formatEndpoint(connection.remote)];
    this.#record({
      kind: "connection.opened",
      connection: this.id,
      side: "client",
      protocol: "smtp",
      local,
      remote,
    });
    this.#stopNotes = serverNotes(lab, this.id, (note) => {
      if (note.queueId !== undefined) this.#queueId = note.queueId;
      this.#add({ by: "server", ...note });
    });
  }

  get state(): TalkState {
    const { phase, extensions, recipients, isLoggedIn } = this.#follow;
    return {
      phase,
      extensions,
      recipients,
      isLoggedIn,
      tls: this.#tls,
      isWaiting: this.#follow.isWaiting,
      queueId: this.#queueId,
    };
  }

  async open(implicitTls: boolean): Promise<void> {
    this.#connection.attach({
      data: (bytes) => this.#reader.push(bytes),
      end: () => this.#connection.end(),
      closed: (fault) => this.#closed(fault?.message),
    });
    if (implicitTls) await turnOver(this.#lab.environment, this.#encrypt(), () => true);
    await this.#turn();
  }

  async say(lines: readonly string[], ending: LineEnding): Promise<void> {
    const end = ending === "crlf" ? "\r\n" : "\n";
    this.#connection.write(fromUtf8(lines.map((line) => line + end).join("")));
    const body: string[] = [];
    for (const line of lines) this.#sayLine(line, ending, body);
    this.#addContent(body);
    await this.#turn();
  }

  subscribe(wake: () => void): () => void {
    this.#wakes.add(wake);
    return () => this.#wakes.delete(wake);
  }

  close(): void {
    this.#why ??= "you hung up";
    this.#stopNotes();
    this.#connection.end({ hangUp: true });
    for (const wake of this.#wakes) wake();
  }

  #sayLine(line: string, ending: LineEnding, body: string[]): void {
    const isContent = this.#follow.isContent && line !== ".";
    const shown = this.#follow.shown(line);
    if (isContent) body.push(line);
    else this.#addContent(body.splice(0));
    const said = this.#follow.said(line);
    this.#recordSaid(said);
    if (isContent) return;
    const isEnd = said.some(({ kind }) => kind === "content");
    const explained = this.#explain({ kind: isEnd ? "content" : "line", by: "client", text: shown });
    this.#add({ kind: "line", by: "client", text: shown, ending, explained });
  }

  #addContent(lines: readonly string[]): void {
    if (lines.length === 0) return;
    const text = lines.join("\n");
    this.#add({
      kind: "content",
      by: "client",
      text: text.slice(0, SHOWN_CHARACTERS_MAX),
      left: Math.max(0, text.length - SHOWN_CHARACTERS_MAX),
    });
  }

  #heard(line: string): void {
    this.#record({ kind: "line", connection: this.id, by: "server", text: line });
    const explained = this.#explain({ kind: "line", by: "server", text: line });
    const known = this.#follow.heard(line);
    this.#add({ kind: "line", by: "server", text: line, explained });
    this.#recordSaid(known);
    if (this.#follow.wantsTls && this.#tls === undefined) void this.#encrypt();
  }

  async #encrypt(): Promise<void> {
    const connection = this.#connection;
    connection.pause();
    // What came in the clear behind the 220 may be anybody's.
    this.#reader.clear();
    const isImplicit = this.#follow.phase === "greeting";
    try {
      const { protocol, cipher, peerNames } = await connection.startTls({
        role: "client",
        serverName: this.#serverName,
        verify: "none",
        timeoutMs: TLS_TIMEOUT_MS,
      });
      this.#tls = { protocol, cipher, names: peerNames };
      this.#record({
        kind: "tls.started",
        connection: this.id,
        protocol,
        cipher,
        verified: undefined,
        detail: undefined,
      });
      if (!isImplicit) this.#follow.encrypted();
      const explained = this.#explain({ kind: "tls", by: "client", text: protocol });
      this.#add({ kind: "tls", by: "client", text: `${protocol}, ${cipher}`, explained });
      connection.resume();
    } catch (error) {
      const detail = isFault(error) ? error.message : String(error);
      this.#record({ kind: "tls.failed", connection: this.id, detail });
      this.#add({ kind: "tls", by: "client", text: `TLS failed: ${detail}` });
      connection.destroy();
    }
  }

  #closed(fault: string | undefined): void {
    const why = fault ?? this.#why ?? "the server hung up";
    this.#follow.closed();
    this.#record({ kind: "connection.closed", connection: this.id, why });
    this.#add({ kind: "closed", by: this.#why === undefined ? "server" : "client", text: why });
  }

  #turn(): Promise<void> {
    return turnOver(this.#lab.environment, this.#whenOver(), () => !this.#follow.isWaiting);
  }

  /** Resolves when the server owes nothing more. */
  #whenOver(): Promise<void> {
    if (!this.#follow.isWaiting) return Promise.resolve();
    return new Promise((resolve) => {
      const stop = this.subscribe(() => {
        if (this.#follow.isWaiting) return;
        stop();
        resolve();
      });
    });
  }

  #add(entry: Omit<TalkEntry, "n" | "at">): void {
    if (this.entries.length >= ENTRIES_MAX) return this.close();
    this.entries.push({ n: this.entries.length + 1, at: this.#lab.environment.time.now(), ...entry });
    for (const wake of this.#wakes) wake();
  }

  #recordSaid(said: readonly Said[]): void {
    for (const one of said) this.#record({ connection: this.id, by: "client", ...one });
  }

  #record(body: EventBody): void {
    this.#recorder.record(body, this.id);
  }
}
