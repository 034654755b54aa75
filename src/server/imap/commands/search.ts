/**
 * SEARCH and UID SEARCH (RFC 9051 §6.4.4), with what RFC 4731, 5182, 6203, 5032, 7162 and 9394 add: whoever enabled
 * IMAP4rev2, or said RETURN, gets ESEARCH; others the old list.
 */
import { rangesOf } from "../../../base/number-ranges.ts";
import type { SearchReturn } from "../../../protocol/imap/search-command.ts";
import { bad, ok } from "../completion.ts";
import type { Handler } from "../execute.ts";
import { partOf, sayOldResult, sayResult } from "../search-answer.ts";
import { relevancyOf, searchMailbox } from "../search-mailbox.ts";
import { asksModseq, toQuery } from "../search-query.ts";
import type { ImapSession, Selected } from "../session.ts";

const ALL: SearchReturn = {
  min: false,
  max: false,
  all: true,
  count: false,
  save: false,
  context: false,
  update: false,
  updateItems: [],
  partial: undefined,
  relevancy: false,
};

export const search: Handler<"search"> = async (session, { tag, uid, key, return: asked }) => {
  const { open: selected } = session;
  if (asked?.update === true && selected.contexts.has(tag)) return bad("that tag is kept up to date already");
  const wantsModseq = asksModseq(key);
  if (wantsModseq) session.enable("condstore");
  const query = toQuery(session, selected, key, true);
  if (asked?.save === true) selected.saved = [];
  const found = await searchMailbox(session, selected, tag, key);
  const { rows } = found;
  const wanted = asked ?? (session.enabled.imap4rev2 ? ALL : undefined);
  const modseq = wantsModseq ? highestModseq(selected, rows) : undefined;
  const result = { tag, uid, rows, sorted: false, modseq };
  if (wanted === undefined) sayOldResult(session, selected, "SEARCH", result);
  else {
    if (wanted.save) saveResult(selected, wanted, rows);
    if (wanted.update) {
      const uids = rows.map((row) => selected.view.uids[row] as number);
      const context = { tag, uid, query, items: wanted.updateItems };
      if (!selected.contexts.add(context, uids)) refuseUpdates(session, tag, wanted);
    }
    const scores = wanted.relevancy ? await relevancyOf(session, selected, key, found) : undefined;
    if (asksAnswer(wanted)) sayResult(session, selected, wanted, { ...result, scores });
  }
  return ok(`${uid ? "UID " : ""}SEARCH completed`);
};

/** SAVE alone asks for nothing to be said. */
export function asksAnswer({ min, max, all, count, partial, relevancy }: SearchReturn): boolean {
  return min || max || all || count || relevancy || partial !== undefined;
}

/** RFC 5267 §4.3.1: too many, or of a sorted result. */
export function refuseUpdates(
  { output: { writer } }: ImapSession,
  tag: string,
  { update }: SearchReturn,
): void {
  if (update) writer.raw("* NO [NOUPDATE ").string(tag).raw("] this result is not kept up to date\r\n");
}

/** What `$` becomes (RFC 5182 §2.4, RFC 9394 §3.2). */
export function saveResult(selected: Selected, wanted: SearchReturn, rows: readonly number[]): void {
  const uids = rows.map((row) => selected.view.uids[row] as number);
  if (wanted.all || wanted.count || !asksAnswer(wanted)) selected.saved = rangesOf(uids);
  else {
    const some = new Set<number>();
    if (wanted.min && uids.length > 0) some.add(uids[0] as number);
    if (wanted.max && uids.length > 0) some.add(uids.at(-1) as number);
    if (wanted.partial !== undefined) for (const uid of partOf(uids, wanted.partial)) some.add(uid);
    selected.saved = rangesOf(some);
  }
}

/** RFC 7162 §3.1.5: of all that was found. */
export function highestModseq({ view }: Selected, rows: readonly number[]): number | undefined {
  let highest: number | undefined;
  for (const row of rows) {
    const at = view.tableRow(row);
    if (at >= 0) highest = Math.max(highest ?? 0, view.table.modseqs[at] as number);
  }
  return highest;
}

/** CANCELUPDATE (RFC 5267 §4.3.5). */
export const cancelUpdate: Handler<"cancelupdate"> = (session, { tags }) => {
  const { contexts } = session.open;
  const unknown = tags.find((tag) => !contexts.has(tag));
  if (unknown !== undefined) return bad("none of that tag is kept up to date");
  contexts.cancel(tags);
  return ok("CANCELUPDATE completed");
};
