/**
 * Journals of mail that wanders at random among three hosts and a foreign one, as real hosts record it: for properties
 * of what is derived from events. Never used by the house itself.
 */
import { sampleJournal, type SampleJournal, type Wire } from "./sample-journal.ts";

const HOSTS = ["alpha", "beta", "gamma"] as const;
type HostName = (typeof HOSTS)[number];

/** What happens next; numbers choose among what there is. */
export type Step =
  | { readonly do: "submit"; readonly host: number; readonly recipients: number; readonly refuse: boolean }
  | {
      readonly do: "relay";
      readonly message: number;
      readonly to: number;
      readonly kept: boolean;
      readonly reply: "250" | "450" | "550";
    }
  | { readonly do: "abroad"; readonly message: number; readonly back: number }
  | { readonly do: "deliver"; readonly message: number }
  | { readonly do: "report"; readonly message: number; readonly foreign: boolean };

type Held = {
  readonly host: HostName;
  readonly queueId: string;
  readonly messageId: string;
  attempts: number;
};

export function randomJournal(steps: readonly Step[]): SampleJournal {
  const walk = new Walk();
  for (const step of steps) walk.take(step);
  return walk.sample;
}

class Walk {
  readonly sample = sampleJournal();
  readonly #held: Held[] = [];
  readonly #kept = new Map<string, Wire>();
  #count = 0;

  take(step: Step): void {
    this.sample.wait(5);
    if (step.do === "submit") return this.#submit(step);
    const message = this.#held[step.message % Math.max(1, this.#held.length)];
    if (message === undefined) return;
    if (step.do === "relay") this.#relay(message, step);
    else if (step.do === "abroad") this.#abroad(message, step.back);
    else if (step.do === "deliver") this.#deliver(message);
    else this.#report(message, step.foreign);
  }

  #next(prefix: string): string {
    this.#count += 1;
    return `${prefix}${this.#count}`;
  }

  #open(ends: { client?: string; server?: string }): Wire {
    const name = this.#next("w");
    const wire = this.sample.open({
      ...ends,
      from: `10.66.0.1:${40_000 + this.#count}`,
      to: "10.66.0.2:25",
      name,
    });
    wire.talk(["S: 220 hello", "C: EHLO you", "S: 250 hello"]);
    return wire;
  }

  #names(count: number): string[] {
    return Array.from({ length: count }, (_, index) => `user${index}@b.test`);
  }

  #submit({ host, recipients, refuse }: Extract<Step, { do: "submit" }>): void {
    const server = HOSTS[host % HOSTS.length] ?? "alpha";
    const wire = this.#open({ server });
    const names = this.#names(1 + (recipients % 3));
    wire.talk(["C: MAIL FROM:<x@a.test>", "S: 250 ok"]);
    for (const name of names) wire.talk([`C: RCPT TO:<${name}>`, refuse ? "S: 550 5.7.1 no" : "S: 250 ok"]);
    if (!refuse) this.#accept(server, wire, names, `<${this.#next("m")}@a.test>`);
    wire.talk(["C: QUIT", "S: 221 bye"]);
    wire.close();
  }

  #accept(
    host: HostName,
    wire: Wire | undefined,
    recipients: readonly string[],
    messageId: string,
    reports?: string,
  ): Held {
    if (wire !== undefined) {
      wire.talk(["C: DATA", "S: 354 go on"]);
      wire.content(100);
    }
    const queueId = this.#next("Q");
    const facts = {
      queueId,
      connection: wire?.server,
      reversePath: "x@a.test",
      recipients,
      sizeBytes: 100 + this.#count,
    };
    this.sample.note(host, { kind: "message.received", ...facts, messageId, subject: "s", reports }, queueId);
    wire?.talk([`S: 250 2.0.0 ${queueId}`]);
    const held = { host, queueId, messageId, attempts: 0 };
    this.#held.push(held);
    return held;
  }

  #attempt(message: Held): number {
    const facts = {
      queueId: message.queueId,
      attempt: ++message.attempts,
      recipients: this.#names(1),
      to: "b",
    };
    this.sample.note(message.host, { kind: "attempt", ...facts, connection: undefined }, message.queueId);
    return message.attempts;
  }

  #outcome(
    message: Held,
    result: "relayed" | "deferred" | "failed" | "delivered",
    connection?: string,
  ): void {
    const facts = { queueId: message.queueId, attempt: message.attempts, recipient: "user0@b.test", to: "b" };
    const status = result === "deferred" ? "4.2.1" : result === "failed" ? "5.1.1" : "2.0.0";
    const nextAttemptAt = result === "deferred" ? 9_000_000 + this.#count : undefined;
    const body = {
      kind: "outcome",
      ...facts,
      result,
      status,
      reply: "r",
      nextAttemptAt,
      connection,
    } as const;
    this.sample.note(message.host, { ...body, reason: { rule: "r" } }, message.queueId);
  }

  #relay(message: Held, { to, kept, reply }: Extract<Step, { do: "relay" }>): void {
    const server = HOSTS[to % HOSTS.length] ?? "alpha";
    this.#attempt(message);
    const pair = `${message.host} ${server}`;
    const wire = (kept ? this.#kept.get(pair) : undefined) ?? this.#open({ client: message.host, server });
    if (kept) this.#kept.set(pair, wire);
    wire.talk(["C: MAIL FROM:<x@a.test>", "S: 250 ok", "C: RCPT TO:<user0@b.test>"], message.queueId);
    if (reply === "250") {
      wire.talk(["S: 250 ok"], message.queueId);
      this.#accept(server, wire, this.#names(1), message.messageId);
    } else wire.talk([`S: ${reply} ${reply[0]}.2.1 no`, "C: RSET", "S: 250 ok"], message.queueId);
    this.#outcome(
      message,
      reply === "250" ? "relayed" : reply === "450" ? "deferred" : "failed",
      wire.client,
    );
    if (!kept) wire.talk(["C: QUIT", "S: 221 bye"]);
    if (!kept) wire.close();
  }

  /** To a server that does not write here, and perhaps back from it. */
  #abroad(message: Held, back: number): void {
    this.#attempt(message);
    const out = this.#open({ client: message.host });
    out.talk(
      ["C: MAIL FROM:<x@a.test>", "S: 250 ok", "C: RCPT TO:<user0@b.test>", "S: 250 ok"],
      message.queueId,
    );
    if (back % 3 === 1) this.#returns(message, back);
    this.#outcome(message, "relayed", out.client);
    if (back % 3 === 2) this.#returns(message, back);
  }

  #returns(message: Held, back: number): void {
    const server = HOSTS[back % HOSTS.length] ?? "alpha";
    const wire = this.#open({ server });
    wire.talk(["C: MAIL FROM:<x@a.test>", "S: 250 ok", "C: RCPT TO:<user0@b.test>", "S: 250 ok"]);
    this.#accept(server, wire, this.#names(1), message.messageId);
  }

  #deliver(message: Held): void {
    this.#attempt(message);
    const stored = {
      queueId: message.queueId,
      account: "user0@b.test",
      mailbox: "INBOX",
      uid: 1,
      sizeBytes: 1,
    };
    this.sample.note(message.host, { kind: "store", ...stored }, message.queueId);
    this.#outcome(message, "delivered");
  }

  #report(message: Held, foreign: boolean): void {
    const id = `<${this.#next("r")}@a.test>`;
    if (foreign) return void this.#accept(message.host, undefined, ["x@a.test"], id, message.messageId);
    // As a queue does it: the report is announced, then it is in the queue.
    const queueId = `Q${this.#count + 1}`;
    const about = {
      queueId,
      of: message.queueId,
      action: "failed",
      to: "x@a.test",
      recipients: ["user0@b.test"],
    } as const;
    this.sample.note(message.host, { kind: "dsn", ...about }, message.queueId);
    this.#accept(message.host, undefined, ["x@a.test"], id);
  }
}
