/**
 * A running lab as everyone sees it: the test kit, the HTTP API, the commands, the scenarios. Types only; start-lab.ts
 * makes one. Times are the lab's own unless a name says real.
 */
import type { Endpoint } from "../base/network.ts";
import type { TlsIdentity } from "../base/tls.ts";
import type { World } from "../base/world.ts";
import type { TraceIndex } from "../journal/index/trace-index.ts";
import type { Trace } from "../journal/trace.ts";
import type { Journal } from "../journal/journal.ts";
import type { Route } from "../mta/routing/route.ts";
import type { Resolver } from "../protocol/dns/resolver.ts";
import type { Host } from "../server/host/host.ts";
import type { FaultDesk } from "./kit/fault-desk.ts";
import type { Inbox } from "./kit/inbox.ts";
import type { LabMail } from "./kit/lab-mail.ts";
import type { Clock } from "../base/clock.ts";
import type { MailMatcher } from "./kit/matcher.ts";
import type { LabPlan, PlannedHost } from "./file/plan.ts";
import type { SendAnswer, SendRequest } from "./runtime/send.ts";

export type LabMode = "simulated" | "loopback";

/** The lab's clock: a length of time is milliseconds or text such as "4h". */
export type LabClock = {
  now(): number;
  /** Moves time; everything due on the way happens, in order. */
  advance(by: number | string): Promise<void>;
  /** Jumps to the next thing due. Returns the lab time it has come to, or undefined when nothing is due. */
  next(): Promise<number | undefined>;
  pause(): void;
  resume(): void;
  /** 1 is real speed, 60 a minute a second. */
  setSpeed(factor: number): void;
  readonly paused: boolean;
  readonly speed: number;
};

/** The world the hosts of one lab live in. */
export type LabEnvironment = {
  readonly mode: LabMode;
  readonly clock: LabClock;
  /** The world as the host with this virtual address sees it. */
  worldFor(address: string): World;
  /** Where a virtual endpoint can be reached from this machine; undefined in a simulation. */
  realEndpoint(at: Endpoint): Endpoint | undefined;
  /** Goes on to the next thing that happens, not past lab time `until`; false when nothing does. */
  step(until: number): Promise<boolean>;
  /** TLS identities as this world understands them, all from one authority. */
  readonly authority: LabAuthority;
  /** Time as the journal writes it. */
  readonly time: Clock;
  /** What tells whether a host is at work: before time jumps, all must be at rest. */
  watchBusy?(busy: () => boolean): void;
  close(): Promise<void>;
};

export type LabAuthority = {
  readonly caPem: string;
  issue(names: readonly string[]): TlsIdentity;
  /** Out of date since yesterday. */
  issueExpired(names: readonly string[]): TlsIdentity;
};

export type LabDoor = {
  readonly host: string;
  readonly service: string;
  readonly tls: string;
  /** As zones and traces show it. */
  readonly virtual: Endpoint;
  /** As programs on this machine reach it. */
  readonly real: Endpoint | undefined;
};

export type RunningHost = {
  readonly plan: PlannedHost;
  /** Undefined for name servers and for real servers that joined. */
  readonly host: Host | undefined;
  readonly doors: readonly LabDoor[];
  /** Of a mail host: its own, with its cache. */
  readonly resolver: Resolver | undefined;
};

export type WaitOptions = {
  /** Real time; with `advanceClock: false` in a simulation, lab time. 5 s when absent. */
  readonly timeoutMs?: number | undefined;
  /** Let lab time jump while waiting, so that a retry due in an hour is waited for in no time. */
  readonly advanceClock?: boolean | undefined;
};

export type Lab = {
  readonly plan: LabPlan;
  readonly mode: LabMode;
  /** The world it runs in, for those who speak to its hosts by hand. */
  readonly environment: LabEnvironment;
  readonly journal: Journal;
  readonly clock: LabClock;
  readonly fault: FaultDesk;
  readonly hosts: ReadonlyMap<string, RunningHost>;
  readonly doors: readonly LabDoor[];
  /** A fresh address nobody else uses, or the mailbox of an account. */
  inbox(address?: string): Inbox;
  /** All mail in all mailboxes that matches, oldest first. */
  messages(matcher?: MailMatcher): Promise<LabMail[]>;
  /** Sends one message as the person at the keyboard, or as a submit host. */
  send(request: SendRequest): Promise<SendAnswer>;
  /** Where mail for `recipient` would go from `host`, without sending. */
  why(
    recipient: string,
    from: { readonly host: string; readonly reversePath?: string | undefined },
  ): Promise<Route>;
  /** What dig would print. Rejects with LabError for wrong arguments. */
  dig(args: readonly string[]): Promise<{ readonly text: string; readonly explanation: readonly string[] }>;
  /** Every journey's summary, kept when the journal has forgotten the events. */
  readonly index: TraceIndex;
  /** Every journey whose events are still held, in full. */
  traces(): Trace[];
  /** One journey: by id at any hop, by query, or the latest. */
  trace(query?: string): Trace | undefined;
  /**
   * Resolves when nothing is due at the present lab time and nothing is under way. Queued mail that waits for a later
   * time does not hold it up.
   */
  idle(options?: WaitOptions): Promise<void>;
  /** Resolves once `query` finds a journey or an event; undefined when the time is over. */
  waitFor(query: string, options?: WaitOptions): Promise<Trace | undefined>;
  /** Empties mailboxes, queues, journal and caches, and removes faults added since the start. The clock goes on. */
  reset(): Promise<void>;
  /** Takes up a changed plan; hosts that did not change keep their mail and connections. Returns the names that restarted. */
  reload(plan: LabPlan): Promise<string[]>;
  /** The `expect:` of the lab file, each with what was missed. */
  expect(): Promise<ExpectationResult[]>;
  down(): Promise<void>;
};

export type ExpectationResult = { readonly what: string; readonly ok: boolean; readonly found: string };

/** A wrong request: shown to the person as it is, and exit 2 or HTTP 400. */
export class LabError extends Error {
  override readonly name = "LabError";
}
