/** A trace as a tree of steps with beginnings and ends: hop › names asked, policies, routing, attempts › connection › lines. Pure. */
import type { Conversation, ConversationItem } from "../../../../src/journal/conversation.ts";
import type { Attempt, Hop, Trace } from "../../../../src/journal/journey.ts";
import type { Tone } from "../../lib/ui/tone.ts";
import { targetWords } from "./trace-words.ts";

export type StepKind =
  | "hop"
  | "dns"
  | "policy"
  | "routing"
  | "attempt"
  | "connect"
  | "tls"
  | "command"
  | "content"
  | "queue"
  | "store"
  | "webhook"
  | "report"
  | "warning";

export type Step = {
  readonly key: string;
  readonly kind: StepKind;
  readonly label: string;
  readonly note: string;
  readonly tone: Tone;
  readonly start: number;
  readonly end: number;
  /** The event it stands for, to be pointed at elsewhere. */
  readonly event: number | undefined;
  readonly steps: readonly Step[];
};

export function traceTree(trace: Trace): Step[] {
  return trace.hops.map((hop, index) => hopStep(hop, index));
}

/** The tree as rows, the children of what is folded left out. */
export function visibleSteps(
  steps: readonly Step[],
  isFolded: (step: Step) => boolean,
  depth = 0,
): { readonly step: Step; readonly depth: number }[] {
  return steps.flatMap((step) => [
    { step, depth },
    ...(isFolded(step) ? [] : visibleSteps(step.steps, isFolded, depth + 1)),
  ]);
}

/** Every step below and including these. */
export function allSteps(steps: readonly Step[]): Step[] {
  return steps.flatMap((step) => [step, ...allSteps(step.steps)]);
}

type Given = Pick<Step, "key" | "kind" | "label"> & Partial<Step> & { readonly start: number };

/** A step reaches at least as far as what is below it. */
function makeStep({ steps = [], note = "", tone = "neutral", event, end, ...given }: Given): Step {
  const inner = steps.map((step) => step.end);
  return { ...given, note, tone, event, steps, end: Math.max(given.start, end ?? given.start, ...inner) };
}

function hopStep(hop: Hop, index: number): Step {
  const key = `hop${index}`;
  // What a hop before said on the same connection is shown there.
  const arrival =
    hop.arrival === undefined || hop.link?.via === "connection" ? [] : talkSteps(hop.arrival, `${key}.in`);
  const steps = [
    ...arrival,
    ...hop.lookups.map((event) =>
      makeStep({
        key: `e${event.id}`,
        kind: "dns",
        tone: event.rcode === "NOERROR" ? "dns" : "fail",
        event: event.id,
        label: `${event.name} ${event.type}`,
        note:
          event.answers.length > 0
            ? event.answers.map((one) => one.replace(`${event.type} `, "")).join(", ")
            : event.rcode,
        start: event.at - event.durationMs,
        end: event.at,
      }),
    ),
    ...hop.policies.map((event) =>
      makeStep({
        key: `e${event.id}`,
        kind: "policy",
        event: event.id,
        start: event.at,
        label: `${event.check}: ${event.verdict}`,
        note: `${event.subject}, ${event.reason.rule}`,
        tone: event.verdict === "accept" ? "ok" : event.verdict === "reject" ? "fail" : "wait",
      }),
    ),
    ...hop.routing.map((event) =>
      makeStep({
        key: `e${event.id}`,
        kind: "routing",
        event: event.id,
        start: event.at,
        label: event.recipient,
        note: targetWords(event.decision),
        tone: "info",
      }),
    ),
    ...hop.attempts.map((attempt, at) => attemptStep(attempt, `${key}.try${at}`)),
    ...hop.decisions.map((event) =>
      makeStep({
        key: `e${event.id}`,
        kind: "queue",
        event: event.id,
        start: event.at,
        label: `${event.recipient} ${event.result}`,
        note: event.reply,
        tone: outcomeTone(event.result),
      }),
    ),
    ...hop.ends.map((event) => endStep(event)),
    ...hop.reports.map((event) =>
      makeStep({
        key: `e${event.id}`,
        kind: "report",
        event: event.id,
        start: event.at,
        label: `report: ${event.action}`,
        note: `to ${event.to}`,
        tone: "bounce",
      }),
    ),
    ...hop.warnings.map((event) =>
      makeStep({
        key: `e${event.id}`,
        kind: "warning",
        event: event.id,
        start: event.at,
        label: event.what,
        note: event.detail,
        tone: "wait",
      }),
    ),
  ].sort((a, b) => a.start - b.start || orderOf(a) - orderOf(b));
  return makeStep({
    key,
    kind: "hop",
    label: hop.host,
    tone: "accent",
    event: hop.received?.id,
    steps,
    note: hop.queueId === undefined ? "turned it away" : `queue id ${hop.queueId}`,
    start: Math.min(hop.at, ...steps.map((step) => step.start)),
    end: hop.at,
  });
}

/** What happened in the same millisecond stands in the order it was written down. */
function orderOf({ event, steps }: Step): number {
  return event ?? (steps[0] === undefined ? 0 : orderOf(steps[0]));
}

function attemptStep(attempt: Attempt, key: string): Step {
  const talks = attempt.conversations.flatMap((talk, index) => talkSteps(talk, `${key}.talk${index}`));
  const failures = attempt.failures.map((event) =>
    makeStep({
      key: `e${event.id}`,
      kind: "connect",
      event: event.id,
      start: event.at,
      tone: "fail",
      label: `no connection to ${event.to}`,
      note: event.detail,
    }),
  );
  const outcomes = attempt.outcomes.map((event) =>
    makeStep({
      key: `e${event.id}`,
      kind: "queue",
      event: event.id,
      start: event.at,
      label: `${event.recipient} ${event.result}`,
      note: event.reply,
      tone: outcomeTone(event.result),
    }),
  );
  const steps = [...failures, ...talks, ...outcomes].sort(
    (a, b) => a.start - b.start || orderOf(a) - orderOf(b),
  );
  const tones = outcomes.map(({ tone }) => tone);
  const tone = tones.includes("fail") ? "fail" : tones.includes("wait") ? "wait" : "ok";
  return makeStep({
    key,
    kind: "attempt",
    start: attempt.at,
    steps,
    label: `attempt ${attempt.number}`,
    note: targetWords(attempt.to),
    tone: tones.length === 0 ? "queue" : tone,
  });
}

/** A connection: its TLS, each command up to its reply, the content. */
function talkSteps(talk: Conversation, key: string): Step[] {
  const { client, server, openedAt, earlier } = talk;
  // The goodbye of a kept connection may come minutes after, and is not about this message.
  const goodbye = talk.items.findIndex(
    ({ kind, by, text }) => kind === "line" && by === "client" && /^QUIT\s*$/i.test(text),
  );
  const items = goodbye < 0 ? talk.items : talk.items.slice(0, goodbye);
  const first = items[0];
  if (first === undefined) return [];
  const start = earlier === 0 ? openedAt : first.at;
  const label = `${client.host ?? client.endpoint} to ${server.host ?? server.endpoint}`;
  const note = earlier === 0 ? talk.protocol : `${talk.protocol}, connection used again`;
  const steps = items.flatMap((item, index) => itemStep(item, repliedAt(items, index)) ?? []);
  return [
    makeStep({
      key,
      kind: "connect",
      label,
      note,
      tone: "smtp",
      start,
      end: items.at(-1)?.at ?? start,
      steps,
      event: first.event.id,
    }),
  ];
}

function itemStep(item: ConversationItem, end: number): Step | undefined {
  const { kind, by, text, at, event } = item;
  const given = { key: `e${event.id}`, start: at, event: event.id };
  if (kind === "tls")
    return makeStep({ ...given, kind: "tls", label: text, tone: /failed/.test(text) ? "fail" : "info" });
  if (kind === "content") return makeStep({ ...given, kind: "content", label: text, tone: "client", end });
  if (kind === "fault") return makeStep({ ...given, kind: "warning", label: text, tone: "fail" });
  if (kind === "line" && by === "client")
    return makeStep({ ...given, kind: "command", label: text, tone: "client", end });
  return undefined;
}

/** When the next word of the server after this item was said. */
function repliedAt(items: readonly ConversationItem[], index: number): number {
  const own = items[index]?.at ?? 0;
  const next = items.slice(index + 1).find((item) => item.kind === "line" && item.by === "server");
  return Math.max(own, next?.at ?? own);
}

function endStep(event: Hop["ends"][number]): Step {
  const given = { key: `e${event.id}`, event: event.id };
  switch (event.kind) {
    case "store":
      return makeStep({
        ...given,
        kind: "store",
        start: event.at,
        label: `${event.mailbox} of ${event.account}`,
        note: `UID ${event.uid}`,
        tone: "ok",
      });
    case "drop":
      return makeStep({
        ...given,
        kind: "store",
        start: event.at,
        label: event.file,
        note: "file",
        tone: "ok",
      });
    case "webhook": {
      const isTaken = event.status !== undefined && event.status < 300;
      const note = event.status === undefined ? (event.detail ?? "no answer") : String(event.status);
      return makeStep({
        ...given,
        kind: "webhook",
        label: event.url,
        note,
        tone: isTaken ? "webhook" : "fail",
        start: event.at - event.durationMs,
        end: event.at,
      });
    }
  }
}

function outcomeTone(result: string): Tone {
  if (result === "delivered" || result === "relayed") return "ok";
  return result === "failed" || result === "expired" || result === "dropped" ? "fail" : "wait";
}
