/** SORT and UID SORT (RFC 5256, RFC 5957), and with RETURN the ESORT of RFC 5267. */
import { sortRows } from "../../../store/search/sort.ts";
import { ok } from "../completion.ts";
import type { Handler } from "../execute.ts";
import { sayOldResult, sayResult } from "../search-answer.ts";
import { relevancyOf, searchMailbox } from "../search-mailbox.ts";
import { asksModseq } from "../search-query.ts";
import { asksAnswer, highestModseq, refuseUpdates, saveResult } from "./search.ts";

export const sort: Handler<"sort"> = async (session, { tag, uid, key, order, return: wanted }) => {
  const { open: selected } = session;
  const found = await searchMailbox(session, selected, tag, key);
  const { rows, parts, tableRow } = found;
  const isRanked = wanted?.relevancy === true || order.some(({ by }) => by === "relevancy");
  const relevancy = isRanked ? await relevancyOf(session, selected, key, found) : [];
  const scoreOf = new Map(rows.map((row, i) => [row, relevancy[i] as number]));
  const byTable = new Map(rows.map((row) => [tableRow(row), row]));
  const sorted = (await sortRows([...byTable.keys()], order, parts, relevancy)).map(
    (row) => byTable.get(row) as number,
  );
  const modseq = asksModseq(key) ? highestModseq(selected, rows) : undefined;
  const scores = wanted?.relevancy === true ? sorted.map((row) => scoreOf.get(row) as number) : undefined;
  const result = { tag, uid, rows: sorted, sorted: true, modseq, scores };
  if (wanted === undefined) sayOldResult(session, selected, "SORT", result);
  else {
    if (wanted.save) saveResult(selected, wanted, rows);
    refuseUpdates(session, tag, wanted);
    if (asksAnswer(wanted)) sayResult(session, selected, wanted, result);
  }
  return ok(`${uid ? "UID " : ""}SORT completed`);
};
