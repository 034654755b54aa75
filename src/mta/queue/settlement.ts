/**
 * What an attempt's outcomes do to a message: states, journal, note on disk, and reports to the sender. A report is on
 * disk before the recipients it speaks of are marked done: a crash in between may send it twice, never not at all.
 */
import type { Reason } from "../../base/reason.ts";
import type { Outcome } from "../delivery/delivery.ts";
import {
  type Attempt,
  ATTEMPTS_MAX,
  type QueueEntry,
  type RecipientPart,
  REPLY_LENGTH_MAX,
} from "./entry.ts";
import { encodeNote } from "./note.ts";
import { type ReportAction, type ReportedRecipient, wantsReport } from "./report.ts";
import { createReporting, describeRecipient, type ReportingOptions, warn } from "./reporting.ts";
import { afterDeferral, delayNoticeAt, isLate } from "./schedule.ts";
import type { QueueSettings } from "./settings.ts";
import { isFinal, nextState, type QueueEvent } from "./states.ts";

export type Settlement = {
  settle(entry: QueueEntry, parts: readonly RecipientPart[], outcomes: readonly Outcome[]): Promise<void>;
  /** Tells the sender, once, that a message is late, when it is. */
  warnOfDelay(entry: QueueEntry): Promise<void>;
  /** Holds or drops what waits now, and what is under way once it has been deferred. */
  interfere(entry: QueueEntry, wish: "hold" | "drop"): Promise<void>;
  release(entry: QueueEntry): Promise<void>;
};

export type SettlementOptions = ReportingOptions & {
  readonly settings: QueueSettings;
  /** Called when the last recipient is done. */
  readonly finish: (entry: QueueEntry) => void;
};

/** An outcome with what follows from it. */
type Step = {
  readonly part: RecipientPart;
  readonly outcome: Outcome;
  readonly event: QueueEvent;
  readonly until: number | undefined;
  readonly reason: Reason;
};

export function createSettlement(options: SettlementOptions): Settlement {
  const { world, recorder, spool, settings, finish } = options;
  const { clock } = world;
  const reporting = createReporting(options);

  async function settle(
    entry: QueueEntry,
    parts: readonly RecipientPart[],
    outcomes: readonly Outcome[],
  ): Promise<void> {
    let steps = parts.map((part, index) => stepFrom(entry, part, outcomes[index] as Outcome));
    if (!(await reportSteps(entry, steps))) steps = steps.map((step) => postpone(step));
    for (const step of steps) apply(entry, step);
    if (entry.wish !== undefined) interfereNow(entry, entry.wish);
    await keep(entry);
  }

  function stepFrom(entry: QueueEntry, part: RecipientPart, outcome: Outcome): Step {
    const { result, reason } = outcome;
    part.attemptCount++;
    if (result !== "deferred") return { part, outcome, event: result, until: undefined, reason };
    const verdict = afterDeferral(settings, clock.now(), entry.receivedAt, part.attemptCount);
    const why = { ...verdict.reason, detail: reason.rule };
    if (verdict.kind === "expired") return { part, outcome, event: "expired", until: undefined, reason: why };
    return { part, outcome, event: "deferred", until: verdict.at, reason: why };
  }

  /**
   * The sender could not be told: the recipient stays, and so does the duty to tell. What was delivered stays
   * delivered: its report alone is lost.
   */
  function postpone(step: Step): Step {
    if (reportActionOf(step) === undefined || step.event === "delivered" || step.event === "relayed")
      return step;
    const until = clock.now() + (settings.retryMs[0] ?? 0);
    const reason = {
      rule: "the report cannot be written now",
      setting: "queue.retry[0]",
      detail: step.reason.rule,
    };
    return { ...step, event: "deferred", until, reason };
  }

  function apply(entry: QueueEntry, { part, outcome, event, until, reason }: Step): void {
    part.state = nextState(part.state, event);
    if (until !== undefined) part.until = until;
    const { to, status, reply, connection } = outcome;
    const result = event as Attempt["result"];
    const attempt = {
      at: clock.now(),
      result,
      to,
      status,
      reply: reply.slice(0, REPLY_LENGTH_MAX),
      connection,
    };
    part.attempts = [...part.attempts.slice(1 - ATTEMPTS_MAX), attempt];
    recordOutcome(entry, part, { result, status, reply, to, nextAttemptAt: until, reason });
  }

  function recordOutcome(
    entry: QueueEntry,
    part: RecipientPart,
    facts: {
      result: Attempt["result"] | "dropped" | "held" | "released";
      status: string;
      reply: string;
      to: string;
      nextAttemptAt: number | undefined;
      reason: Reason;
    },
  ): void {
    const { id } = entry;
    const recipient = part.recipient.address;
    const event = { kind: "outcome", queueId: id, recipient, attempt: part.attemptCount, ...facts } as const;
    recorder.record(event, id, entry.cause);
  }

  /** True when everybody who is to be told of these outcomes is being told. */
  async function reportSteps(entry: QueueEntry, steps: readonly Step[]): Promise<boolean> {
    const reported: ReportedRecipient[] = [];
    for (const step of steps) {
      const action = reportActionOf(step);
      if (action === undefined || !wantsReport(step.part.recipient, action)) continue;
      const { part, outcome } = step;
      reported.push(describeRecipient(part, action, outcome, clock.now(), undefined));
    }
    return await reporting.send(entry, reported);
  }

  /** Makes memory's state the disk's: a message that is done leaves, without a sync of its own. */
  async function keep(entry: QueueEntry): Promise<void> {
    if (entry.parts.every(({ state }) => isFinal(state))) return finish(entry);
    try {
      await spool.update(entry.id, encodeNote(entry));
    } catch (error) {
      warn(recorder, entry, "queue note not written", error); // after a crash this attempt would be made once more
    }
  }

  function interfereNow(entry: QueueEntry, wish: "hold" | "drop"): void {
    for (const part of entry.parts) {
      if (part.state !== "waiting" && (wish === "hold" || part.state !== "held")) continue;
      part.state = nextState(part.state, wish);
      const result = wish === "hold" ? "held" : "dropped";
      const reason = { rule: `${result} by hand` };
      recordOutcome(entry, part, {
        result,
        status: "2.0.0",
        reply: "",
        to: "",
        nextAttemptAt: undefined,
        reason,
      });
    }
  }

  return {
    settle,
    async warnOfDelay(entry) {
      const at = delayNoticeAt(settings, entry);
      if (at === undefined || clock.now() < at) return;
      const late = entry.parts.filter(isLate);
      const willRetryUntil = entry.receivedAt + settings.expireMs;
      const recipients = late.map((part) => {
        const last = part.attempts.at(-1);
        const words = { status: last?.status ?? "4.4.7", reply: last?.reply ?? "", to: last?.to ?? "" };
        const outcome = { ...words, connection: last?.connection };
        return describeRecipient(part, "delayed", outcome, last?.at ?? entry.receivedAt, willRetryUntil);
      });
      entry.isDelayReported = true; // once: a notice that cannot be written now is not worth a second try
      await reporting.send(entry, recipients);
      await keep(entry);
    },
    async interfere(entry, wish) {
      entry.wish = entry.parts.some(({ state }) => state === "attempting") ? wish : undefined;
      interfereNow(entry, wish);
      await keep(entry);
    },
    async release(entry) {
      entry.wish = undefined;
      for (const part of entry.parts) {
        if (part.state !== "held") continue;
        part.state = nextState(part.state, "release");
        part.until = clock.now();
        const reason = { rule: "released by hand" };
        const facts = {
          result: "released",
          status: "2.0.0",
          reply: "",
          to: "",
          nextAttemptAt: part.until,
        } as const;
        recordOutcome(entry, part, { ...facts, reason });
      }
      await keep(entry);
    },
  };
}

/** What a step would have the sender told, if he wants to hear it. */
function reportActionOf({ event, outcome }: Step): ReportAction | undefined {
  if (event === "failed" || event === "expired") return "failed";
  if (event === "delivered") return "delivered";
  // RFC 3461 §5.2.2: the next hop reports by itself, unless it does not know how.
  return event === "relayed" && outcome.remoteReports === false ? "relayed" : undefined;
}
