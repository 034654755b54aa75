/** The keys that act on the chosen messages, or on the one that is read, and those that go to a mailbox. */
import { addShortcuts, type Shortcut } from "$lib/keys.svelte.ts";
import { addCommands } from "$lib/commands.svelte.ts";
import { goTo } from "$lib/router.svelte.ts";
import { toast } from "$lib/toasts.svelte.ts";
import {
  deleteMessages,
  lastChange,
  markRead,
  markUnread,
  moveMessages,
  setFlagged,
  type Target,
} from "../actions.svelte.ts";
import { dialogs } from "../dialogs.svelte.ts";
import type { Selection } from "../list/selection.svelte.ts";
import { addressOf, mailboxSegment } from "../mail-address.ts";
import { mail } from "../mail-state.svelte.ts";

type Acting = {
  readonly target: () => Target | undefined;
  /** Leaves what is read, before it goes. */
  readonly leave: () => void;
  readonly write: (kind: string, id?: string) => void;
  readonly selection: Selection;
};

export function useMailKeys(acting: Acting): void {
  const { target, leave, write, selection } = acting;
  const on =
    (run: (target: Target) => unknown, goes = false) =>
    (): void => {
      const one = target();
      if (one === undefined) return;
      if (goes) leave();
      run(one);
      selection.clear();
    };
  const group = "Messages";
  const acts: readonly Shortcut[] = [
    { keys: "e", label: "Archive", group, run: on((one) => moveMessages(one, "archive"), true) },
    { keys: "#", label: "Delete", group, run: on((one) => deleteMessages(one), true) },
    { keys: "Delete", label: "Delete", group, run: on((one) => deleteMessages(one), true) },
    { keys: "!", label: "Junk", group, run: on((one) => moveMessages(one, "junk"), true) },
    { keys: "v", label: "Move to …", group, run: on((one) => dialogs.move(one)) },
    { keys: "l", label: "Keywords …", group, run: on((one) => dialogs.keywords(one)) },
    {
      keys: "s",
      label: "Flag, or remove the flag",
      group,
      run: on((one) => setFlagged(one, !isFlagged(one))),
    },
    { keys: "I", label: "Mark as read", group, run: on((one) => markRead(one)) },
    { keys: "U", label: "Mark as unread", group, run: on((one) => markUnread(one)) },
    { keys: "z", label: "Take the last change back", group, run: takeBack },
    { keys: "c", label: "Write", group: "Mail", run: () => write("new") },
  ];
  const places: readonly Shortcut[] = (
    [
      ["g i", "inbox", "Go to Inbox"],
      ["g d", "drafts", "Go to Drafts"],
      ["g t", "sent", "Go to Sent"],
      ["g e", "archive", "Go to Archive"],
      ["g !", "junk", "Go to Junk"],
      ["g #", "trash", "Go to Trash"],
    ] as const
  ).map(([keys, role, label]) => ({
    keys,
    label,
    group: "Mail",
    run: () => {
      const mailbox = mail.byRole(role);
      if (mailbox !== undefined) goTo(addressOf({ kind: "mailbox", segment: mailboxSegment(mailbox) }));
    },
  }));
  $effect.pre(() => addShortcuts([...acts, ...places]));
  $effect.pre(() =>
    addCommands([
      { title: "Write a message", group: "Mail", icon: "draft", keys: "c", run: () => write("new") },
      { title: "New mailbox", group: "Mail", icon: "plus", run: () => dialogs.create() },
      ...mail.mailboxes.map((one) => ({
        title: one.name === "INBOX" ? "Inbox" : one.name,
        group: "Mailbox",
        icon: "folder" as const,
        run: () => goTo(addressOf({ kind: "mailbox", segment: mailboxSegment(one) })),
      })),
    ]),
  );
}

function isFlagged({ list, ids }: Target): boolean {
  const row = list?.rowAt(list.indexOf(ids[0] ?? ""));
  return row?.thread?.flagged ?? row?.flagged ?? false;
}

function takeBack(): void {
  if (lastChange.undo === undefined) toast("There is nothing to take back");
  else lastChange.undo();
}
