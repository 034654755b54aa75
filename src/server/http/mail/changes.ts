/**
 * What changed in an account since a state a page knows: out of the store's change log, so that it holds over restarts and
 * costs nothing to remember. Bounded: who was away for long reads anew.
 */
import { countNumbers } from "../../../base/number-ranges.ts";
import type { AccountMail } from "../../../store/account-mail.ts";
import type { MessageTable } from "../../../store/message-table.ts";
import { mailboxViews, stateOf } from "./mailboxes.ts";
import { formatId, formatIdRanges } from "./message-ids.ts";
import { messageRow } from "./message-rows.ts";
import type { ChangesView } from "./views.ts";

/** Limit: beyond these reading a page anew is quicker than mending it. */
const ADDED_MAX = 100;
const FLAGS_MAX = 1_000;
const REMOVED_MAX = 5_000;

type Changes = Pick<ChangesView, "added" | "flags" | "removed">;

/** `mailboxesChanged`: whether mailboxes may have come or gone, which the log of messages does not tell. */
export async function changesSince(
  mail: AccountMail,
  since: number,
  mailboxesChanged: boolean,
): Promise<ChangesView> {
  const state = stateOf(mail);
  const touched = mail.mailboxes().filter(({ highestModseq }) => highestModseq > since);
  const changes: Changes = { added: [], flags: [], removed: [] };
  let isWhole = since <= mail.highestModseq;
  for (const { id } of touched) {
    const table = await mail.open(id);
    if (table === undefined) continue;
    isWhole &&= collect(mail, id, table, since, changes);
    mail.close(id);
  }
  const mailboxes = mailboxViews(mail, touched);
  const facts = { state, mailboxes, mailboxesChanged, tooMany: !isWhole };
  if (!isWhole) return { ...facts, added: [], flags: [], removed: [] };
  const added = changes.added.sort((a, b) => b.receivedAt - a.receivedAt);
  return { ...facts, added, flags: changes.flags, removed: changes.removed };
}

/** False when it is more than fits, or longer ago than is known. */
function collect(
  mail: AccountMail,
  mailboxId: number,
  table: MessageTable,
  since: number,
  { added, flags, removed }: Changes,
): boolean {
  if (since < table.expungedSince) return false;
  let gone = 0;
  for (const { modseq, uids } of table.expunged) {
    if (modseq <= since) continue;
    gone += countNumbers(uids);
    removed.push(...formatIdRanges(mailboxId, uids));
  }
  if (gone > REMOVED_MAX) return false;
  for (let row = 0; row < table.length; row++) {
    if ((table.modseqs[row] as number) <= since) continue;
    if ((table.createdModseqs[row] as number) > since) {
      if (added.length >= ADDED_MAX) return false;
      added.push(messageRow(mail, mailboxId, table, row));
    } else {
      if (flags.length >= FLAGS_MAX) return false;
      const uid = table.uids[row] as number;
      flags.push({
        id: formatId(mailboxId, uid),
        flags: [...table.flagSets.flags(table.flags[row] as number)],
      });
    }
  }
  return true;
}
