/**
 * FETCH (RFC 9051 §6.4.5, RFC 7162 §3.1.4, RFC 9394): messages go out in slices, and the client's patience is ours. A
 * message that somebody expunged meanwhile is left out, and by number that is said (RFC 5530 EXPUNGEISSUED).
 */
import { normalRanges, type NumberRanges, pairsOf, rangesOf } from "../../../base/number-ranges.ts";
import { STAR } from "../../../protocol/imap/sequence-set.ts";
import type { FetchItem } from "../../../protocol/imap/fetch-command.ts";
import { bad, no, ok } from "../completion.ts";
import type { Handler } from "../execute.ts";
import { fetchRows } from "../fetch-rows.ts";
import { planFetch } from "../fetch-plan.ts";
import { reportFlags } from "../report.ts";
import { reportVanished } from "../resynchronize.ts";
import type { ImapSession, Selected } from "../session.ts";
import { goneRows, rowsOf } from "../sets.ts";

export const fetch: Handler<"fetch"> = async (session, command) => {
  const { open: selected } = session;
  const { uid, changedSince } = command;
  let rows = rowsOf(selected, command.set, uid);
  if (rows === undefined) return bad("no message has that number");
  if (command.vanished && !session.enabled.qresync) return bad("VANISHED is for those who enabled QRESYNC");
  const items = wantedItems(session, command);
  if (items.some(({ kind }) => kind === "modseq")) session.enable("condstore");
  if (command.vanished && command.set.kind === "numbers") {
    const last = selected.mailbox.uidNext - 1;
    const among = command.set.pairs.map(([a, b]) => [a === STAR ? last : a, b === STAR ? last : b] as const);
    reportVanished(session, selected, normalRanges(among), changedSince ?? 0);
  }
  if (changedSince !== undefined) rows = changedRows(selected, rows, changedSince);
  if (command.partial !== undefined) rows = partialRows(rows, command.partial);
  const plan = planFetch(session, selected, items);
  const flagged = plan.setsSeen ? await markSeen(session, selected, rows) : NOBODY;
  await fetchRows(session, selected, rows, plan, flagged);
  if (plan.unknownEncoding) return no("a part's transfer encoding is not known", "UNKNOWN-CTE");
  if (!uid && goneRows(selected, rows).length > 0)
    return no("some of those messages are gone", "EXPUNGEISSUED");
  return ok(`${uid ? "UID " : ""}FETCH completed`);
};

const NOBODY: ReadonlySet<number> = new Set();

/** With what the form of the command adds. */
function wantedItems(
  { enabled }: ImapSession,
  {
    items,
    uid,
    changedSince,
  }: { items: readonly FetchItem[]; uid: boolean; changedSince: number | undefined },
): readonly FetchItem[] {
  const has = (kind: FetchItem["kind"]): boolean => items.some((item) => item.kind === kind);
  const added: FetchItem[] = [];
  if (uid && !has("uid") && !enabled.uidOnly) added.push({ kind: "uid" });
  const rest: FetchItem[] = changedSince !== undefined && !has("modseq") ? [{ kind: "modseq" }] : [];
  return [...added, ...items, ...rest];
}

function changedRows({ view }: Selected, rows: NumberRanges, since: number): NumberRanges {
  const changed: number[] = [];
  for (const [from, to] of pairsOf(rows)) {
    for (let row = from; row <= to; row++) {
      const at = view.tableRow(row);
      if (at >= 0 && (view.table.modseqs[at] as number) > since) changed.push(row);
    }
  }
  return rangesOf(changed);
}

/** Positions among the rows, from 1, or from the end with negative ones (RFC 9394 §3.3). */
function partialRows(rows: NumberRanges, [a, b]: readonly [number, number]): NumberRanges {
  const all: number[] = [];
  for (const [from, to] of pairsOf(rows)) for (let row = from; row <= to; row++) all.push(row);
  return rangesOf(a > 0 ? all.slice(a - 1, b) : all.slice(Math.max(0, all.length + b), all.length + a + 1));
}

/** Sets \Seen where it is missing, tells other news of flags, and gives the rows whose FLAGS belong in their answer. */
async function markSeen(
  session: ImapSession,
  selected: Selected,
  rows: NumberRanges,
): Promise<ReadonlySet<number>> {
  const { view, mail, mailbox, readOnly, rights } = selected;
  if (readOnly || !rights.includes("s")) return NOBODY;
  const seen = view.table.flagSets.holders("\\Seen");
  const unseen: number[] = [];
  const asked = new Set<number>();
  for (const [from, to] of pairsOf(rows)) {
    for (let row = from; row <= to; row++) {
      asked.add(row);
      const at = view.tableRow(row);
      if (at >= 0 && seen[view.table.flags[at] as number] === 0) unseen.push(view.uids[row] as number);
    }
  }
  if (unseen.length === 0) return NOBODY;
  const changed = await mail.changeFlags(mailbox.id, rangesOf(unseen), "add", ["\\Seen"]);
  if (changed.kind !== "done") return NOBODY;
  const { exists, flagged } = view.catchUp(false);
  if (exists !== undefined) session.output.writer.raw("* ").number(exists).raw(" EXISTS\r\n");
  reportFlags(
    session,
    selected,
    flagged.filter((row) => !asked.has(row)),
    false,
  );
  return new Set(flagged.filter((row) => asked.has(row)));
}
