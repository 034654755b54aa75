/** Untagged responses about the selected mailbox that nobody asked for (RFC 9051 §7.4, §7.5; RFC 7162 §3.2.10). */
import { formatRanges } from "../../base/number-ranges.ts";
import type { MessageTable } from "../../store/message-table.ts";
import type { ImapSession, Selected } from "./session.ts";

const SYSTEM_FLAGS = "\\Answered \\Flagged \\Deleted \\Seen \\Draft";

type NewsOptions = {
  readonly mayExpunge: boolean;
  readonly withUid: boolean;
  /** False: changes of flags are not told. */
  readonly flags?: boolean;
};

/** Catches the view up with the table, and says what that changed. */
export function reportNews(
  session: ImapSession,
  selected: Selected,
  { mayExpunge, withUid, flags = true }: NewsOptions,
): void {
  const { writer } = session.output;
  const toldOf = selected.view.uids;
  const { expunged, vanished, exists, flagged } = selected.view.catchUp(mayExpunge);
  if (vanished.length > 0) selected.contexts.tellGone(vanished, toldOf);
  if (vanished.length > 0) {
    if (session.enabled.qresync || session.enabled.uidOnly)
      writer.raw("* VANISHED ").raw(formatRanges(vanished)).raw("\r\n");
    else reportExpunged(session, expunged);
  }
  reportKeywords(session, selected);
  if (exists !== undefined) writer.raw("* ").number(exists).raw(" EXISTS\r\n");
  if (flags) reportFlags(session, selected, flagged, withUid);
}

/** Each number is what it is after those before it went. */
function reportExpunged({ output: { writer } }: ImapSession, expunged: readonly number[]): void {
  for (let i = 0; i < expunged.length; i++)
    writer
      .raw("* ")
      .number((expunged[i] as number) - i)
      .raw(" EXPUNGE\r\n");
}

/** FLAGS of rows of the view, which are still there. */
export function reportFlags(
  session: ImapSession,
  selected: Selected,
  rows: Iterable<number>,
  withUid: boolean,
): void {
  const { view } = selected;
  const { table } = view;
  const { writer } = session.output;
  const { condstore, qresync, uidOnly } = session.enabled;
  const texts = session.context.flagTexts.of(table.flagSets);
  for (const row of rows) {
    const at = view.tableRow(row);
    if (at < 0) continue;
    beginFetch(session, view.uids[row] as number, row);
    if ((withUid || qresync) && !uidOnly)
      writer
        .raw("UID ")
        .number(view.uids[row] as number)
        .raw(" ");
    writer.raw("FLAGS ").bytes(texts[table.flags[at] as number] as Uint8Array);
    if (condstore)
      writer
        .raw(" MODSEQ (")
        .number(table.modseqs[at] as number)
        .raw(")");
    writer.raw(")\r\n");
  }
}

/** `* 4 FETCH (`, or with UIDONLY `* 117 UIDFETCH (` (RFC 9586 §3.3). */
export function beginFetch(session: ImapSession, uid: number, row: number): void {
  const { writer } = session.output;
  if (session.enabled.uidOnly) writer.raw("* ").number(uid).raw(" UIDFETCH (");
  else
    writer
      .raw("* ")
      .number(row + 1)
      .raw(" FETCH (");
}

/** FLAGS again, when a keyword appeared that the client has not heard of (RFC 9051 §7.3.5). */
export function reportKeywords(session: ImapSession, selected: Selected): void {
  const { flagSets } = selected.view.table;
  if (flagSets.size === selected.flagSetsTold) return;
  selected.flagSetsTold = flagSets.size;
  const { length } = flagSets.keywords();
  if (length === selected.keywordsTold) return;
  selected.keywordsTold = length;
  reportKnownFlags(session, selected.view.table);
  reportPermanentFlags(session, selected.view.table, selected.readOnly);
}

/** LIST of one mailbox, and what the client called it where that is not its name (RFC 9051 §6.3.9.7). */
export function reportName(
  { output: { writer } }: ImapSession,
  name: string,
  oldName: string | undefined,
): void {
  writer.raw('* LIST () "/" ').mailbox(name);
  if (oldName !== undefined) writer.raw(' ("OLDNAME" (').mailbox(oldName).raw("))");
  writer.raw("\r\n");
}

export function reportKnownFlags({ output: { writer } }: ImapSession, table: MessageTable): void {
  writer.raw(`* FLAGS (${[SYSTEM_FLAGS, ...table.flagSets.keywords()].join(" ")})\r\n`);
}

export function reportPermanentFlags(
  { output: { writer } }: ImapSession,
  table: MessageTable,
  readOnly: boolean,
): void {
  const flags = readOnly ? "" : [SYSTEM_FLAGS, ...table.flagSets.keywords(), "\\*"].join(" ");
  writer.raw(`* OK [PERMANENTFLAGS (${flags})] flags that are kept\r\n`);
}
