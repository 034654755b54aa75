/**
 * One line of an SMTP conversation in plain words, with where it is written. Pure; what it does not know it does not
 * explain: a wrong guess is worse than none.
 */
import type { Side } from "./events.ts";
import { REPLIES, STATUSES, VERBS } from "./explain-table.ts";
import type { Explanation } from "./explain-item.ts";

export type { Explanation } from "./explain-item.ts";

/** `by` is who said the line. */
export function explainLine(line: string, by: Side): Explanation | undefined {
  if (by === "client") return VERBS.get(/^[A-Za-z]+/.exec(line)?.[0].toUpperCase() ?? "");
  const match = /^(\d{3})(?:[ -](?:([245]\.\d{1,3}\.\d{1,3})\b)?|$)/.exec(line);
  if (match === null) return undefined;
  const code = REPLIES.get(match[1] ?? "");
  const status = match[2] === undefined ? undefined : explainStatus(match[2]);
  if (code === undefined || status === undefined) return code ?? status;
  // On a "yes" the status adds nothing a reader needs; on a "no" it is the more exact of the two.
  return line.startsWith("2") ? code : { text: `${code.text}; ${status.text}`, rfc: status.rfc };
}

/** `5.1.1`: what is wrong, and whether it may pass. */
export function explainStatus(status: string): Explanation | undefined {
  const [group, subject, detail] = status.split(".");
  return ["2", "4", "5"].includes(group ?? "") ? STATUSES.get(`${subject}.${detail}`) : undefined;
}
