/** Changes to many messages at once, each with the requests that take it back. Each mailbox's part is all or nothing. */
import { countNumbers, type NumberRanges } from "../../../base/number-ranges.ts";
import type { AccountMail, Mailbox } from "../../../store/account-mail.ts";
import { isAside, stateOf } from "./mailboxes.ts";
import { formatIdRanges } from "./message-ids.ts";
import { done } from "./refusals.ts";
import type { Selection } from "./selection.ts";
import { type ChangedView, IDS_MAX } from "./views.ts";

type UndoStep = ChangedView["undo"][number];

export function changedView(
  mail: AccountMail,
  changed: number,
  ids: readonly string[],
  undo: readonly UndoStep[],
): ChangedView {
  return { state: stateOf(mail), changed, ids: [...ids], undo: [...undo] };
}

/** Flag by flag, so that taking it back touches only what was changed. */
export async function changeFlags(
  mail: AccountMail,
  selection: Selection,
  add: readonly string[],
  remove: readonly string[],
): Promise<ChangedView> {
  const undo: UndoStep[] = [];
  const ids: string[] = [];
  let changed = 0;
  for (const [mailboxId, uids] of selection) {
    ids.push(...formatIdRanges(mailboxId, uids));
    let most = 0;
    for (const [change, flags] of [
      ["add", add],
      ["remove", remove],
    ] as const) {
      for (const flag of flags) {
        const answer = await mail.changeFlags(mailboxId, uids, change, [flag]);
        if (answer.kind === "noMailbox") continue;
        const touched = done(answer).changed;
        most = Math.max(most, countNumbers(touched));
        const back = change === "add" ? { remove: [flag] } : { add: [flag] };
        undo.unshift(...steps("/messages/flags", mailboxId, touched, back));
      }
    }
    changed += most;
  }
  return changedView(mail, changed, ids, undo);
}

/** What stands in the target already stays where it is. */
export async function moveMessages(
  mail: AccountMail,
  selection: Selection,
  to: Mailbox,
): Promise<ChangedView> {
  const moved: Moved = { ids: [], undo: [], changed: 0 };
  for (const [mailboxId, uids] of selection) {
    if (mailboxId === to.id) moved.ids.push(...formatIdRanges(mailboxId, uids));
    else await moveFrom(mail, mailboxId, uids, to, moved);
  }
  return changedView(mail, moved.changed, moved.ids, moved.undo);
}

export async function copyMessages(
  mail: AccountMail,
  selection: Selection,
  to: Mailbox,
): Promise<ChangedView> {
  const undo: UndoStep[] = [];
  const ids: string[] = [];
  let changed = 0;
  for (const [mailboxId, uids] of selection) {
    const answer = await mail.copy(mailboxId, uids, { mail, id: to.id });
    if (answer.kind === "noMailbox") continue;
    const copies = done(answer).to;
    changed += countNumbers(copies);
    ids.push(...formatIdRanges(to.id, copies));
    undo.unshift(...steps("/messages/delete", to.id, copies, { forever: true }));
  }
  return changedView(mail, changed, ids, undo);
}

/** To Trash; what is in Trash or Junk, or is to go for good, is gone. */
export async function deleteMessages(
  mail: AccountMail,
  selection: Selection,
  trash: Mailbox,
  forever: boolean,
): Promise<ChangedView> {
  const moved: Moved = { ids: [], undo: [], changed: 0 };
  for (const [mailboxId, uids] of selection) {
    const mailbox = mail.mailbox(mailboxId);
    if (mailbox === undefined) continue;
    if (!forever && !isAside(mailbox)) {
      await moveFrom(mail, mailboxId, uids, trash, moved);
      continue;
    }
    const answer = await mail.expunge(mailboxId, uids, false);
    if (answer.kind !== "noMailbox") moved.changed += countNumbers(done(answer).uids);
  }
  return changedView(mail, moved.changed, moved.ids, moved.undo);
}

type Moved = { readonly ids: string[]; readonly undo: UndoStep[]; changed: number };

async function moveFrom(
  mail: AccountMail,
  mailboxId: number,
  uids: NumberRanges,
  to: Mailbox,
  moved: Moved,
): Promise<void> {
  const answer = await mail.move(mailboxId, uids, { mail, id: to.id });
  // It went meanwhile, and its messages with it: there is nothing to move.
  if (answer.kind === "noMailbox" && mail.mailbox(to.id) !== undefined) return;
  const there = done(answer).to;
  moved.changed += countNumbers(there);
  moved.ids.push(...formatIdRanges(to.id, there));
  moved.undo.unshift(...steps("/messages/move", to.id, there, { to: mailboxId }));
}

/** None for nothing, several where one request would name too many. */
function steps(path: string, mailboxId: number, uids: NumberRanges, rest: object): UndoStep[] {
  const ids = formatIdRanges(mailboxId, uids);
  const made: UndoStep[] = [];
  for (let at = 0; at < ids.length; at += IDS_MAX)
    made.push({ path, body: { ids: ids.slice(at, at + IDS_MAX), ...rest } });
  return made;
}
