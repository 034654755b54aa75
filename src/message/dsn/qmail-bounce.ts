/**
 * Reads qmail's bounce format (QSBMF, Bernstein 1996), which has no MIME: paragraphs in text, the first begins with
 * `Hi. This is the`, each recipient's with `<address>:`, and after `--- ` comes the original. Never throws.
 */
import { fromUtf8 } from "../../base/bytes.ts";
import { headerValue, parseHeader } from "../header/fields.ts";
import { parseMessageId } from "../header/message-id.ts";
import type { DsnRecipient } from "./report.ts";
import { findStatus } from "./status.ts";

export type QmailBounce = {
  readonly host: string;
  readonly recipients: readonly DsnRecipient[];
  readonly text: string;
  readonly originalMessageId: string | undefined;
  readonly originalSubject: string | undefined;
};

// Limit: recipients of one bounce.
const RECIPIENTS_MAX = 1_000;

/** `text` has lines that end in LF. */
export function readQmailBounce(text: string): QmailBounce | undefined {
  if (!text.startsWith("Hi. This is the ")) return undefined;
  const breakAt = text.indexOf("\n---");
  const report = breakAt < 0 ? text : text.slice(0, breakAt);
  const [opening = "", ...paragraphs] = report.split("\n\n", RECIPIENTS_MAX + 1);
  const recipients = paragraphs.flatMap(readParagraph);
  if (recipients.length === 0) return undefined;
  const header = parseHeader(fromUtf8(breakAt < 0 ? "" : originalOf(text, breakAt)));
  const id = headerValue(header, "message-id");
  return {
    host: /program at ([^\s]{1,255}?)\.?(?:\s|$)/.exec(opening)?.[1] ?? "",
    recipients,
    text: report,
    originalMessageId: id === undefined ? undefined : parseMessageId(id),
    originalSubject: headerValue(header, "subject"),
  };
}

function originalOf(text: string, breakAt: number): string {
  const paragraph = text.indexOf("\n\n", breakAt);
  return paragraph < 0 ? "" : text.slice(paragraph).replace(/^\n+/, "");
}

function readParagraph(paragraph: string): DsnRecipient[] {
  const lines = paragraph.trim().split("\n");
  const found = /^<([^<>\s]{1,512})>:$/.exec(lines[0]?.trim() ?? "");
  if (found === null) return [];
  const words = lines
    .slice(1)
    .filter((line) => !line.startsWith("Giving up on "))
    .join(" ")
    .trim();
  // `Remote host said: 550 5.1.1 no such user`, after a line that names the host by its address.
  const said = /Remote host said: ([^]{1,1000})$/.exec(words)?.[1];
  const remoteMta = /^([^\s]{1,255}) (?:does not like|failed after)/.exec(words)?.[1];
  const status = findStatus(words) ?? (said?.startsWith("4") === true ? "4.0.0" : "5.0.0");
  return [
    {
      finalRecipient: { type: "rfc822", address: found[1] ?? "" },
      action: "failed",
      status,
      remoteMta,
      diagnostic: said ?? (words === "" ? undefined : words.slice(0, 1000)),
    },
  ];
}
