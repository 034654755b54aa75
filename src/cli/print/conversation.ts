/** A conversation for the terminal: who said what, when, what it means, and which end never heard it. Pure. */
import type { Reason } from "../../base/reason.ts";
import { formatDuration } from "../../base/duration.ts";
import type { Conversation, ConversationItem } from "../../journal/conversation.ts";
import { explainTalk } from "../../journal/explain-talk.ts";
import { explainLine } from "../../journal/explain.ts";
import { clip, printable, resultStyle } from "./style.ts";
import type { Style } from "./style.ts";

const TIME_WIDTH = 6;

export function conversationLines(
  { items, client, server, protocol }: Conversation,
  style: Style,
  explain: boolean,
): string[] {
  const bothRecord = client.host !== undefined && server.host !== undefined;
  const lines: string[] = [];
  // Of SMTP the verb and the code say enough beside the whole trace; other protocols need the command that is answered.
  const told = /^(?:imap|pop3)/.test(protocol) ? explainTalk(items, protocol) : undefined;
  for (const [index, item] of items.entries()) {
    const time = style.dim(formatDuration(item.offsetMs).padStart(TIME_WIDTH));
    lines.push(`${time} ${itemText(item, style)}${unheard(item, bothRecord, style)}`);
    const margin = " ".repeat(TIME_WIDTH + 4);
    if (item.event.kind === "policy") {
      lines.push(...reasonLines(item.event.reason, style).map((line) => margin + line));
    }
    const known = told === undefined ? explainLine(item.text, item.by) : told[index];
    const meaning = explain && item.kind === "line" ? known : undefined;
    if (meaning !== undefined) lines.push(style.dim(`${margin}↳ ${meaning.text} (${meaning.rfc})`));
  }
  return lines;
}

function itemText(item: ConversationItem, style: Style): string {
  const text = clip(printable(item.text), style.width);
  switch (item.kind) {
    case "line":
      return item.by === "client" ? style.client(`C: ${text}`) : style.server(`S: ${text}`);
    case "content":
      return style.client(`C: (message: ${text})`);
    case "tls":
      return item.event.kind === "tls.failed" ? style.bad(`✗  ${text}`) : style.good(`🔒 ${text}`);
    case "policy":
      return `   ${item.event.kind === "policy" ? resultStyle(item.event.verdict, style)(text) : text}`;
    case "fault":
      return style.wait(`   ${text}`);
    case "closed":
      return style.dim(`   ${item.by} closed: ${text}`);
  }
}

/** Only worth saying where both ends write into the journal, and of what both ends record. */
function unheard({ kind, by, seenBy, pending }: ConversationItem, bothRecord: boolean, style: Style): string {
  if (!bothRecord || pending === true || seenBy === "both" || (kind !== "line" && kind !== "content"))
    return "";
  const words = seenBy === by ? "never arrived" : "arrived, though the other end did not say it so";
  return style.bad(`  ← ${words}`);
}

/** Why, where it is set and written, and what would change it. */
export function reasonLines({ rule, setting, rfc, change, detail }: Reason, style: Style): string[] {
  const sources = [setting === undefined ? undefined : `setting ${setting}`, rfc].filter(
    (part) => part !== undefined,
  );
  const why = [rule, detail]
    .filter((part) => part !== undefined)
    .map(printable)
    .join(": ");
  const lines = [style.dim(`because ${why}${sources.length > 0 ? ` (${sources.join(", ")})` : ""}`)];
  if (change !== undefined) lines.push(style.dim(`to change it: ${printable(change)}`));
  return lines;
}
