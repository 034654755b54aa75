/**
 * STORE (RFC 9051 §6.4.6, RFC 7162 §3.1.3). Its answers are what the view learns by catching up: our own change is told
 * unless it was to be silent, and somebody else's always.
 */
import { type NumberRanges, pairsOf, unionRanges } from "../../../base/number-ranges.ts";
import { formatRanges, hasNumber, rangesOf } from "../../../base/number-ranges.ts";
import type { FlagChange } from "../../../store/flag-sets.ts";
import { bad, type Completion, no, NOT_ALLOWED, ok, READ_ONLY, refused } from "../completion.ts";
import type { Handler } from "../execute.ts";
import { beginFetch, reportFlags, reportKeywords } from "../report.ts";
import { mayStore } from "../rights.ts";
import type { ImapSession, Selected } from "../session.ts";
import { goneRows, rowsOf, uidsIn } from "../sets.ts";

export const store: Handler<"store"> = async (session, command) => {
  const { open: selected } = session;
  const { mail, mailbox, view } = selected;
  if (selected.readOnly) return READ_ONLY;
  const { uid, change, silent, unchangedSince } = command;
  const rows = rowsOf(selected, command.set, uid);
  if (rows === undefined) return bad("no message has that number");
  const allowed = allowedChange(selected, change, command.flags);
  if (allowed === undefined) return NOT_ALLOWED;
  if (unchangedSince !== undefined) session.enable("condstore");
  if (rows.length === 0) return ok("STORE completed: none of those are here");
  const done = await mail.changeFlags(
    mailbox.id,
    uidsIn(selected, rows),
    allowed.change,
    allowed.flags,
    unchangedSince,
  );
  if (done.kind !== "done") return refused(done);
  answer(session, selected, { own: done.modseq, silent, uid, rows: touched(selected, rows, done.modified) });
  if (done.modified.length > 0) return modified(selected, done.modified, uid);
  if (!uid && goneRows({ ...selected, view }, rows).length > 0)
    return no("some of those messages are gone", "EXPUNGEISSUED");
  return ok(`${uid ? "UID " : ""}STORE completed`);
};

/** Flags that cannot be changed by right are left as they are (RFC 4314 §4); undefined when none can. */
function allowedChange(
  { rights }: Selected,
  change: FlagChange,
  flags: readonly string[],
): { change: FlagChange; flags: readonly string[] } | undefined {
  if (["s", "t", "w"].every((right) => rights.includes(right))) return { change, flags };
  const may = flags.filter((flag) => mayStore(rights, flag));
  if (change !== "replace") return may.length > 0 ? { change, flags: may } : undefined;
  // Replacing would take away what is not ours to take.
  return may.length > 0 ? { change: "add", flags: may } : undefined;
}

function touched({ view }: Selected, rows: NumberRanges, modified: NumberRanges): NumberRanges {
  if (modified.length === 0) return rows;
  const kept: number[] = [];
  for (const [from, to] of pairsOf(rows))
    for (let row = from; row <= to; row++) if (!hasNumber(modified, view.uids[row] as number)) kept.push(row);
  return rangesOf(kept);
}

type Stored = {
  readonly own: number;
  readonly silent: boolean;
  readonly uid: boolean;
  readonly rows: NumberRanges;
};

function answer(session: ImapSession, selected: Selected, { own, silent, uid, rows }: Stored): void {
  const { view } = selected;
  // Nothing is to be said of a silent change but its mod-sequences, to those who count them.
  const isUntold = silent && !session.enabled.condstore;
  const { exists, flagged } = view.catchUp(false, isUntold ? own : 0);
  reportKeywords(session, selected);
  if (exists !== undefined) session.output.writer.raw("* ").number(exists).raw(" EXISTS\r\n");
  if (silent) {
    const others: number[] = [];
    const ours: number[] = [];
    for (const row of flagged) {
      const at = view.tableRow(row);
      if (at >= 0) (view.table.modseqs[at] === own ? ours : others).push(row);
    }
    reportFlags(session, selected, others, uid);
    if (session.enabled.condstore) reportModseqs(session, selected, ours, uid);
    return;
  }
  // All that were named are told, changed or not: the client sees where they stand.
  const told = new Set(flagged);
  const isAll = pairsOf(rows).every(([from, to]) => {
    for (let row = from; row <= to; row++) if (!told.has(row)) return false;
    return true;
  });
  reportFlags(session, selected, isAll ? flagged : eachRow(unionRanges(rows, rangesOf(flagged))), uid);
}

function* eachRow(rows: NumberRanges): Generator<number> {
  for (const [from, to] of pairsOf(rows)) for (let row = from; row <= to; row++) yield row;
}

/** A silent change still has a new mod-sequence (RFC 7162 §3.1.3). */
function reportModseqs(
  session: ImapSession,
  selected: Selected,
  rows: readonly number[],
  uid: boolean,
): void {
  const { view } = selected;
  const { writer } = session.output;
  for (const row of rows) {
    const at = view.tableRow(row);
    beginFetch(session, view.uids[row] as number, row);
    if ((uid || session.enabled.qresync) && !session.enabled.uidOnly)
      writer
        .raw("UID ")
        .number(view.uids[row] as number)
        .raw(" ");
    writer
      .raw("MODSEQ (")
      .number(view.table.modseqs[at] as number)
      .raw("))\r\n");
  }
}

/** The set is of UIDs or of numbers, as the command's was. */
function modified(selected: Selected, uids: NumberRanges, uid: boolean): Completion {
  const { view } = selected;
  const set = uid
    ? uids
    : rangesOf(
        pairsOf(uids).flatMap(([from, to]) => {
          const numbers: number[] = [];
          for (let row = view.rowFrom(from); row < view.length && (view.uids[row] as number) <= to; row++)
            numbers.push(row + 1);
          return numbers;
        }),
      );
  return ok("STORE completed, but not all of it", `MODIFIED ${formatRanges(set)}`);
}
