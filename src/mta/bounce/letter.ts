/**
 * The part of a report that a person reads: what happened, to whom, what the other server said, what to do, and the
 * reference under which an administrator finds it. Plain text, lines of at most 76 characters where words allow. Pure.
 */
import type { DsnAction } from "../../message/dsn/report.ts";
import { formatDate } from "../../message/header/date.ts";
import { adviceFor } from "./advice.ts";
import type { DeliveryReport, ReportedRecipient } from "./report.ts";

const LINE_CHARACTERS = 76;
// Limit: the letter names so many recipients in full; the machine-readable part has them all.
const RECIPIENTS_SHOWN_MAX = 50;
// Limit: some servers answer with pages.
const SAID_CHARACTERS_MAX = 1_000;

const OPENINGS: Record<DsnAction, string> = {
  failed: "Your message could not be delivered to the recipients below. It will not be tried again.",
  delayed:
    "Your message has not been delivered yet to the recipients below. You need not do anything: " +
    "it will be tried again, and you will be told if it fails for good.",
  delivered: "Your message was delivered to the recipients below.",
  relayed:
    "Your message was passed on to the next server for the recipients below. That server does not confirm deliveries, " +
    "so you may hear nothing more.",
  expanded: "Your message was passed on to the members of the lists below.",
};

const SUBJECTS: Record<DsnAction, string> = {
  failed: "Not delivered",
  delayed: "Not delivered yet",
  delivered: "Delivered",
  relayed: "Passed on",
  expanded: "Passed on to a list",
};

export function letterSubject(action: DsnAction, recipients: readonly ReportedRecipient[]): string {
  const [first] = recipients;
  const more = recipients.length > 1 ? ` and ${recipients.length - 1} more` : "";
  return `${SUBJECTS[action]}: ${first?.address ?? ""}${more}`;
}

export function writeLetter(
  report: DeliveryReport,
  recipients: readonly ReportedRecipient[],
  subject: string | undefined,
): string {
  const lines: string[] = [`This is the mail server ${report.hostname}.`, ""];
  for (const action of ["failed", "delayed", "expanded", "relayed", "delivered"] as const) {
    const group = recipients.filter((recipient) => recipient.action === action);
    if (group.length === 0) continue;
    lines.push(...wrap(OPENINGS[action]), "");
    for (const recipient of group.slice(0, RECIPIENTS_SHOWN_MAX))
      lines.push(...aboutRecipient(recipient), "");
    const hidden = group.length - RECIPIENTS_SHOWN_MAX;
    if (hidden > 0) lines.push(`  … and ${hidden} more, listed in the second part of this message.`, "");
  }
  lines.push("Your message:");
  if (subject !== undefined && subject !== "") lines.push(...wrap(`Subject: ${oneLine(subject)}`, "  "));
  lines.push(`  Arrived here: ${formatDate(report.arrivalAt)}`);
  lines.push(`  Reference: ${report.queueId} (your administrator finds it by this)`);
  return `${lines.join("\n")}\n`;
}

function aboutRecipient(recipient: ReportedRecipient): string[] {
  const lines = [`  ${oneLine(recipient.address)}`];
  const trouble = recipient.action === "failed" || recipient.action === "delayed";
  const advice = adviceFor(recipient.status);
  if (trouble) lines.push(...wrap(`What happened: ${advice.happened}`, "    "));
  if (recipient.diagnostic !== undefined && recipient.diagnostic !== "") {
    const who =
      recipient.remoteMta === undefined ? "Details" : `The server ${oneLine(recipient.remoteMta)} said`;
    lines.push(`    ${who}:`, ...wrap(oneLine(recipient.diagnostic), "      "));
  }
  if (recipient.action === "failed") lines.push(...wrap(`What to do: ${advice.todo}`, "    "));
  if (recipient.action === "delayed" && recipient.willRetryUntil !== undefined) {
    lines.push(`    It will be tried until ${formatDate(recipient.willRetryUntil)}.`);
  }
  return lines;
}

function oneLine(text: string): string {
  return text
    .slice(0, SAID_CHARACTERS_MAX)
    .replaceAll(/[\0-\x1f\x7f]+/g, " ")
    .trim();
}

function wrap(text: string, indent = ""): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent.length + line.length + 1 + word.length > LINE_CHARACTERS) {
      lines.push(indent + line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, indent + line];
}
