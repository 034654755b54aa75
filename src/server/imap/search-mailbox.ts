/** Runs a search over what a session sees of its mailbox, breathing between slices and telling how far it is. */
import { sleep } from "../../base/clock.ts";
import type { SearchKey } from "../../protocol/imap/search-command.ts";
import type { SearchQuery } from "../../store/search/query.ts";
import { search, snapshotOf, type SearchParts } from "../../store/search/evaluate.ts";
import { relevancyScores, type Worded } from "../../store/search/relevancy.ts";
import { toQuery } from "./search-query.ts";
import type { ImapSession, Selected } from "./session.ts";

/** Slices between two pauses: some ten milliseconds of work, beside which a timer's one is nothing. */
const SLICES_A_PAUSE = 4;
/** RFC 9585 §3: rarely enough to be no burden. */
const PROGRESS_EVERY_MS = 2_000;

export type FoundRows = {
  /** Rows of the view, ascending. */
  readonly rows: readonly number[];
  /** For sorting and threading: of the same moment. */
  readonly parts: SearchParts;
  /** The table's row of a row of the view. */
  readonly tableRow: (row: number) => number;
};

export function searchMailbox(
  session: ImapSession,
  selected: Selected,
  tag: string,
  key: SearchKey,
): Promise<FoundRows> {
  return searchRows(session, selected, tag, toQuery(session, selected, key));
}

export async function searchRows(
  session: ImapSession,
  selected: Selected,
  tag: string,
  query: SearchQuery,
): Promise<FoundRows> {
  const { view, mail } = selected;
  const table = snapshotOf(view.table);
  const { uids, length } = view;
  const { index } = mail;
  const parts = { mail, table, index, pause: pauseOf(session), progress: progressOf(session, tag) };
  const mask = await search(query, parts);
  const rows: number[] = [];
  const tableRows = new Map<number, number>();
  const isSame = uids === table.uids;
  // Both ascend: one walk finds which row of the table each of the view is.
  for (let row = 0, at = 0; row < length; row++) {
    const uid = uids[row] as number;
    while (at < table.length && (table.uids[at] as number) < uid) at++;
    if (at >= table.length || table.uids[at] !== uid || mask[at] !== 1) continue;
    rows.push(row);
    if (!isSame) tableRows.set(row, at);
  }
  return { rows, parts, tableRow: (row) => (isSame ? row : (tableRows.get(row) as number)) };
}

/** A score for each row that was found (RFC 6203 §4). */
export function relevancyOf(
  session: ImapSession,
  selected: Selected,
  key: SearchKey,
  { rows, parts, tableRow }: FoundRows,
): Promise<number[]> {
  const asked = fuzzyKeys(key).map((one) => toQuery(session, selected, one));
  const worded = asked.filter((one): one is Worded => "text" in one);
  return relevancyScores(rows.map(tableRow), worded, {
    ...parts,
    pause: pauseOf(session),
    progress: undefined,
  });
}

/** The keys under FUZZY that are not made of others. */
function fuzzyKeys(key: SearchKey, isFuzzy = false): SearchKey[] {
  switch (key.kind) {
    case "fuzzy":
      return fuzzyKeys(key.key, true);
    case "and":
    case "or":
      return key.keys.flatMap((one) => fuzzyKeys(one, isFuzzy));
    case "not":
      return []; // what is not there has no place to be found in
    default:
      return isFuzzy ? [key] : [];
  }
}

export function pauseOf({ context }: ImapSession): () => Promise<void> {
  let slices = 0;
  return () => (++slices % SLICES_A_PAUSE === 0 ? sleep(context.clock, 0) : Promise.resolve());
}

/** `* OK [INPROGRESS ("tag" done total)]`. */
function progressOf(session: ImapSession, tag: string): (done: number, of: number) => void {
  const { clock } = session.context;
  let toldAt = clock.now();
  return (done, of) => {
    if (clock.now() - toldAt < PROGRESS_EVERY_MS || done >= of || session.output.isClosed) return;
    toldAt = clock.now();
    const { writer } = session.output;
    writer.raw('* OK [INPROGRESS ("').raw(tag).raw('" ').number(done).raw(" ").number(of);
    writer.raw(")] still searching\r\n");
    session.driver.flush();
  };
}
