/**
 * One message's journey on one page of a terminal: a header, then for each host what came in, what was decided, what
 * was asked and said, and how it ended. Pure: the same trace and style give the same text. Each conversation is shown
 * once, where it was sent from.
 */
import { formatDuration } from "../../base/duration.ts";
import type { Conversation } from "../../journal/conversation.ts";
import type { Attempt, Hop, Trace } from "../../journal/trace.ts";
import { overallResult } from "../../journal/trace.ts";
import { conversationLines, reasonLines } from "./conversation.ts";
import { clip, createStyle, printable, resultStyle } from "./style.ts";
import type { Style } from "./style.ts";

export type PrintTraceOptions = {
  readonly style?: Style | undefined;
  /** Says in plain words what each line of a conversation means. */
  readonly explain?: boolean | undefined;
  /** Milliseconds that went by on the wall for all this, when the world's clock is not the wall's. */
  readonly realDurationMs?: number | undefined;
};

type Page = { readonly style: Style; readonly explain: boolean; readonly shown: Set<Conversation> };

/** Ends with a newline. */
export function printTrace(trace: Trace, options: PrintTraceOptions = {}): string {
  const style = options.style ?? createStyle(false);
  const page: Page = { style, explain: options.explain === true, shown: new Set() };
  const lines = header(trace, style, options.realDurationMs);
  for (const hop of trace.hops) lines.push("", ...hopLines(hop, trace, page));
  lines.push(...relatedLines(trace, style));
  return `${lines.join("\n")}\n`;
}

function header(trace: Trace, style: Style, realDurationMs: number | undefined): string[] {
  const result = overallResult(trace);
  const label = (name: string): string => style.dim(name.padEnd(8));
  const subject =
    trace.subject === undefined ? "" : `  “${clip(printable(trace.subject), style.width - 30)}”`;
  const lines = [
    `${style.bold(trace.id)}${subject}`,
    `${label("from")}${address(trace.reversePath)}`,
    `${label("to")}${trace.recipients.map(address).join(", ")}`,
    `${label("path")}${[...new Set(trace.hops.map((hop) => hop.host))].join(" → ")}`,
    `${label("result")}${resultStyle(result, style)(result)}`,
  ];
  for (const { recipient, result: word, status, reply, host, nextAttemptAt } of trace.results) {
    const next = nextAttemptAt === undefined ? "" : `, next attempt ${timeOf(nextAttemptAt)}`;
    const said = reply === undefined ? "" : ` ${style.dim("·")} ${clip(printable(reply), style.width - 20)}`;
    const mark = resultStyle(word, style)(word);
    lines.push(`        ${address(recipient)} ${mark} ${status ?? ""} at ${host}${next}${said}`);
  }
  const took = formatDuration(trace.endedAt - trace.startedAt);
  const real = realDurationMs === undefined ? "" : `, ${formatDuration(realDurationMs)} on the wall clock`;
  lines.push(`${label("time")}${timeOf(trace.startedAt)}, took ${took}${real}`);
  return lines;
}

function hopLines(hop: Hop, trace: Trace, page: Page): string[] {
  const { style } = page;
  const likely = hop.link?.via === "messageId" ? style.dim(" (through a foreign server, by Message-ID)") : "";
  const queue = hop.queueId === undefined ? style.bad("refused") : `queue ${hop.queueId}`;
  const lines = [`${style.bold(style.name(`■ ${hop.host}`))}  ${queue}${likely}`];
  const add = (...more: string[]): void => void lines.push(...more.map((line) => `│ ${line}`.trimEnd()));
  if (hop.arrival === undefined) add(style.dim("made here"));
  else if (page.shown.has(hop.arrival)) add(style.dim("received in the conversation above"));
  else add(...talkLines(hop.arrival, trace, page));
  const spoken = new Set(hop.arrival?.items.map((item) => item.event));
  for (const policy of hop.policies) {
    if (spoken.has(policy)) continue;
    add(
      `policy ${policy.check}: ${resultStyle(policy.verdict, style)(policy.verdict)} ${printable(policy.subject)}`,
    );
    add(...reasonLines(policy.reason, style).map((line) => `  ${line}`));
  }
  for (const { name, type, rcode, answers, from, durationMs } of hop.lookups) {
    const found = answers.length > 0 ? answers.join(", ") : rcode;
    const source = style.dim(`${from}, ${formatDuration(durationMs)}`);
    add(`dns ${printable(name)} ${type} → ${clip(printable(found), style.width)}  ${source}`);
  }
  for (const { recipient, decision, steps, reason } of hop.routing) {
    add(`route ${address(recipient)}: ${printable(decision)}`);
    add(...steps.map((step) => style.dim(`  ${printable(step)}`)));
    add(...reasonLines(reason, style).map((line) => `  ${line}`));
  }
  for (const attempt of hop.attempts) add(...attemptLines(attempt, trace, page));
  for (const { result, recipient, reply, at } of hop.decisions) {
    add(
      `${resultStyle(result, style)(result)} ${address(recipient)} ${printable(reply)} ${style.dim(timeOf(at))}`,
    );
  }
  add(...endLines(hop, style));
  return lines;
}

function attemptLines(attempt: Attempt, trace: Trace, page: Page): string[] {
  const { style } = page;
  const after = style.dim(`after ${formatDuration(attempt.at - trace.startedAt)}`);
  const lines = [`attempt ${attempt.number} to ${printable(attempt.to)}  ${after}`];
  for (const { to, fault, detail } of attempt.failures) {
    lines.push(`  ${style.bad("✗")} connect ${to}: ${fault} ${style.dim(printable(detail))}`);
  }
  for (const talk of attempt.conversations)
    lines.push(...talkLines(talk, trace, page).map((line) => `  ${line}`));
  for (const { recipient, result, status, reply, reason, nextAttemptAt } of attempt.outcomes) {
    const word = resultStyle(result, style)(result);
    const next = nextAttemptAt === undefined ? "" : `, next attempt ${timeOf(nextAttemptAt)}`;
    lines.push(`  ${word} ${address(recipient)} ${status}: ${clip(printable(reply), style.width)}${next}`);
    lines.push(...reasonLines(reason, style).map((line) => `    ${line}`));
  }
  return lines;
}

function talkLines(talk: Conversation, trace: Trace, page: Page): string[] {
  const { style } = page;
  page.shown.add(talk);
  const end = ({ host, endpoint }: Conversation["client"]): string =>
    host === undefined ? endpoint : `${host} ${style.dim(endpoint)}`;
  const start = formatDuration(talk.openedAt - trace.startedAt);
  const kept = talk.earlier === 0 ? "" : style.dim(`  (message ${talk.earlier + 1} on this connection)`);
  const title = `${talk.protocol} ${end(talk.client)} → ${end(talk.server)}  ${style.dim(`+${start}`)}${kept}`;
  return [title, ...conversationLines(talk, style, page.explain).map((line) => `  ${line}`)];
}

function endLines({ ends, warnings, reports }: Hop, style: Style): string[] {
  const lines: string[] = [];
  for (const end of ends) {
    if (end.kind === "store") lines.push(`stored in ${end.mailbox} of ${end.account} as UID ${end.uid}`);
    else if (end.kind === "drop") lines.push(`written to ${end.file}`);
    else lines.push(`called ${end.url}: ${end.status ?? "no answer"} in ${formatDuration(end.durationMs)}`);
  }
  for (const { what, detail, rfc } of warnings) {
    lines.push(
      `${style.wait("warning")} ${printable(what)}: ${printable(detail)} ${style.dim(rfc ?? "")}`.trimEnd(),
    );
  }
  for (const { action, to, queueId, recipients } of reports) {
    lines.push(
      `report “${action}” for ${recipients.map(address).join(", ")} to ${address(to)} as ${queueId}`,
    );
  }
  return lines;
}

function relatedLines({ related }: Trace, style: Style): string[] {
  const lines = related.reports.map((id) => `${style.bold("report")}   see trace ${id}`);
  if (related.originalOf !== undefined)
    lines.push(`${style.bold("original")} see trace ${related.originalOf}`);
  return lines.length > 0 ? ["", ...lines] : [];
}

function address(text: string): string {
  return text === "" ? "<>" : printable(text);
}

/** UTC, as it is everywhere in the journal. */
export function timeOf(at: number): string {
  return new Date(at)
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "Z");
}
