/**
 * THREAD and UID THREAD (RFC 5256): a thread is said as its messages, one after the other while each has one answer,
 * in brackets where there are several.
 *
 *     thread-list    = "(" (thread-members / thread-nested) ")"
 *     thread-members = nz-number *(SP nz-number) [SP thread-nested]
 */
import { orderedSubject, references, type ThreadNode } from "../../../store/search/thread.ts";
import { bad, ok } from "../completion.ts";
import type { Handler } from "../execute.ts";
import { searchMailbox } from "../search-mailbox.ts";

const ALGORITHMS = { ORDEREDSUBJECT: orderedSubject, REFERENCES: references } as const;

export const thread: Handler<"thread"> = async (session, { tag, uid, key, algorithm }) => {
  const build = ALGORITHMS[algorithm.toUpperCase() as keyof typeof ALGORITHMS] as
    | typeof references
    | undefined;
  if (build === undefined) return bad(`${algorithm} is no way of threading here`);
  const { open: selected } = session;
  const { rows, parts, tableRow } = await searchMailbox(session, selected, tag, key);
  const byTable = new Map(rows.map((row) => [tableRow(row), row]));
  const threads = await build([...byTable.keys()], parts);
  const { uids } = selected.view;
  const number = (row: number): string => {
    const at = byTable.get(row) as number;
    return String(uid ? uids[at] : at + 1);
  };
  session.output.writer.raw(`* THREAD${threads.length === 0 ? "" : " "}`);
  for (const one of threads) session.output.writer.raw(formatThread(one, number));
  session.output.writer.raw("\r\n");
  return ok(`${uid ? "UID " : ""}THREAD completed`);
};

/** Without recursion: a chain of answers may be as long as the mailbox. */
export function formatThread(root: ThreadNode, number: (row: number) => string): string {
  let text = "(";
  const waiting: (ThreadNode | ")" | "(")[] = [root];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next === "string") {
      text += next;
      continue;
    }
    if (next.row !== undefined) text += `${/[\d)]$/.test(text) ? " " : ""}${number(next.row)}`;
    const [only, ...more] = next.children;
    if (only === undefined) continue;
    if (more.length === 0) waiting.push(only);
    else {
      if (next.row !== undefined) text += " ";
      for (const child of next.children.toReversed()) waiting.push(")", child, "(");
    }
  }
  return `${text})`;
}
