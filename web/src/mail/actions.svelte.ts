/**
 * What one does to messages: each action is one request, shows at once in the list it is done in, says what was done, and
 * can be taken back by the steps the server gave. A failure brings the list back as it is.
 */
import type { ChangedView, FlagsRequest, MessageRowView } from "../../../src/server/http/mail/views.ts";
import { plural } from "$lib/format.ts";
import { showError, toast, toastWithUndo } from "$lib/toasts.svelte.ts";
import { mail } from "./mail-state.svelte.ts";
import { post } from "./mail-api.ts";
import { shortName } from "./mail-address.ts";
import type { MessageList } from "./list/message-list.svelte.ts";
import { changeFlags } from "./list/row-flags.ts";
import { timeZone } from "./time-zone.ts";

export type Target = {
  readonly list: MessageList | undefined;
  readonly ids: readonly string[];
  /** All that the list holds, instead of the ids. */
  readonly everything: boolean;
  /** With the others of their conversations. */
  readonly wholeThreads: boolean;
};

export type MoveTo = number | "inbox" | "archive" | "junk" | "trash";

class LastChange {
  undo = $state.raw<(() => void) | undefined>(undefined);
}
/** What the key z takes back. */
export const lastChange = new LastChange();

function selectionOf({ list, ids, everything, wholeThreads }: Target): object {
  if (!everything || list === undefined) return { ids: [...ids], wholeThreads };
  const { mailbox, q } = list.ask;
  return { all: { mailbox, q, zone: q === undefined ? undefined : timeZone() }, wholeThreads };
}

function isChosen(target: Target): (row: MessageRowView) => boolean {
  const ids = new Set(target.ids);
  return ({ id }) => target.everything || ids.has(id);
}

export async function changeFlagsOf(
  target: Target,
  { add = [], remove = [] }: Pick<FlagsRequest, "add" | "remove">,
  said?: string,
): Promise<void> {
  const chosen = isChosen(target);
  target.list?.change((row) => (chosen(row) ? changeFlags(row, add, remove, target.wholeThreads) : row));
  await act(target, "/messages/flags", { ...selectionOf(target), add, remove }, () => said);
}

export const markRead = (target: Target, quietly = false): Promise<void> =>
  changeFlagsOf(target, { add: ["\\Seen"] }, quietly ? undefined : "Marked as read");
export const markUnread = (target: Target): Promise<void> =>
  changeFlagsOf(target, { remove: ["\\Seen"] }, "Marked as unread");
export const setFlagged = (target: Target, flagged: boolean): Promise<void> =>
  changeFlagsOf(
    { ...target, wholeThreads: false },
    flagged ? { add: ["\\Flagged"] } : { remove: ["\\Flagged"] },
    flagged ? "Flagged" : "Flag removed",
  );

export async function moveMessages(target: Target, to: MoveTo): Promise<void> {
  const mailbox = typeof to === "number" ? mail.byId(to) : mail.byRole(to);
  const name =
    mailbox === undefined
      ? { inbox: "Inbox", archive: "Archive", junk: "Junk", trash: "Trash" }[to as "inbox"]
      : shortName(mailbox.name);
  takeOut(target, mailbox?.id);
  await act(
    target,
    "/messages/move",
    { ...selectionOf(target), to },
    (count) => `${plural(count, "message")} moved to ${name}`,
  );
}

/** To Trash; for good what lies there, or in Junk, already. */
export async function deleteMessages(target: Target, forever = false): Promise<void> {
  takeOut(target);
  await act(target, "/messages/delete", { ...selectionOf(target), forever }, (count, undoable) =>
    undoable ? `${plural(count, "message")} moved to Trash` : `${plural(count, "message")} deleted for good`,
  );
}

/** A search over all mailboxes goes on showing what has only changed its place; it is read anew by the news. */
function takeOut(target: Target, to?: number): void {
  const { list } = target;
  if (list === undefined || (to !== undefined && list.ask.mailbox === to)) return;
  list.remove(isChosen(target));
}

async function act(
  target: Target,
  path: string,
  body: object,
  say: (count: number, undoable: boolean) => string | undefined,
): Promise<void> {
  try {
    const done = await post<ChangedView>(path, body);
    let dismiss = (): void => undefined;
    const undo = (): void => {
      dismiss();
      void takeBack(done, target);
    };
    const text = say(done.changed, done.undo.length > 0);
    if (target.everything) target.list?.readAnew();
    if (text === undefined) return;
    lastChange.undo = done.undo.length > 0 ? undo : undefined;
    if (done.undo.length > 0) dismiss = toastWithUndo(text, undo);
    else toast(text, { tone: "ok" });
  } catch (error) {
    showError(error);
    target.list?.readAnew();
  }
}

async function takeBack({ undo }: ChangedView, { list }: Target): Promise<void> {
  lastChange.undo = undefined;
  try {
    for (const { path, body } of undo) await post(path, body);
    toast("Taken back", { tone: "ok" });
  } catch (error) {
    showError(error);
  }
  list?.readAnew();
}
