/** What a client missed while it was away (RFC 7162 §3.2.5, §3.2.6): messages that vanished, and flags that changed. */
import {
  formatRanges,
  hasNumber,
  intersectRanges,
  normalRanges,
  type NumberRanges,
  pairsOf,
  withoutRanges,
} from "../../base/number-ranges.ts";
import type { QresyncParameters } from "../../protocol/imap/command.ts";
import type { SequenceSet } from "../../protocol/imap/sequence-set.ts";
import { reportFlags } from "./report.ts";
import type { ImapSession, Selected } from "./session.ts";

export function resynchronize(
  session: ImapSession,
  selected: Selected,
  { uidValidity, modseq, knownUids }: QresyncParameters,
): void {
  const { mailbox, view } = selected;
  if (uidValidity !== mailbox.uidValidity) return;
  const known = knownUids === undefined ? everyUid(selected) : plainRanges(knownUids);
  reportVanished(session, selected, known, modseq);
  const rows: number[] = [];
  const { modseqs } = view.table;
  for (let row = 0; row < view.length; row++) {
    if ((modseqs[row] as number) <= modseq) continue;
    // Of a client that says what it knows only that is spoken of: new messages it will ask for.
    if (knownUids === undefined || hasNumber(known, view.uids[row] as number)) rows.push(row);
  }
  reportFlags(session, selected, rows, true);
}

/** `* VANISHED (EARLIER) …` for those of `among` that went after `modseq`; nothing when there are none. */
export function reportVanished(
  { output: { writer } }: ImapSession,
  selected: Selected,
  among: NumberRanges,
  modseq: number,
): void {
  const vanished = vanishedSince(selected, among, modseq);
  if (vanished.length > 0) writer.raw(`* VANISHED (EARLIER) ${formatRanges(vanished)}\r\n`);
}

function vanishedSince({ view, mailbox }: Selected, among: NumberRanges, modseq: number): NumberRanges {
  const { table } = view;
  if (modseq >= table.expungedSince) {
    const pairs = table.expunged.filter((one) => one.modseq > modseq).flatMap(({ uids }) => pairsOf(uids));
    return intersectRanges(normalRanges(pairs), among);
  }
  // Forgotten: whatever the client may know and is not there has gone (RFC 7162 §3.2.5).
  const present = view.uidsOf(view.length === 0 ? [] : [0, view.length - 1]);
  return withoutRanges(intersectRanges(among, [1, Math.max(1, mailbox.uidNext - 1)]), present);
}

function everyUid({ mailbox }: Selected): NumberRanges {
  return mailbox.uidNext > 1 ? [1, mailbox.uidNext - 1] : [];
}

function plainRanges(set: SequenceSet): NumberRanges {
  return set.kind === "numbers" ? normalRanges(set.pairs) : [];
}
