/** The operations on an account's mailboxes themselves: create, rename, remove, roles, rights, subscriptions, metadata. */
import type { Done, MailboxRole, MailRefusal } from "./account-mail.ts";
import { MAILBOXES_MAX } from "./account-mail.ts";
import type { AccountState } from "./account-state.ts";
import { copyMessages } from "./change-messages.ts";
import type { DiskStep, MailboxRow } from "./mail-disk.ts";
import { canonicalName, INBOX, isBelow, nameProblem, parentsOf } from "./mailbox-name.ts";
import { MailboxState } from "./mailbox-state.ts";

const NO_MAILBOX: MailRefusal = { kind: "noMailbox" };
const DONE: Done<object> = { kind: "done" };
const NO_RIGHTS: ReadonlyMap<string, string> = new Map();
/** Limit: entries and octets of metadata of one mailbox or account: notes, not a file store (RFC 5464 §4.3). */
const METADATA_ENTRIES_MAX = 100;
const METADATA_VALUE_BYTES_MAX = 65_536;

export type NewMailbox = { readonly name: string; readonly role?: MailboxRole | undefined };

/** What every account begins with (RFC 6154). */
export const FIRST_MAILBOXES: readonly NewMailbox[] = [
  { name: INBOX },
  { name: "Archive", role: "archive" },
  { name: "Drafts", role: "drafts" },
  { name: "Junk", role: "junk" },
  { name: "Sent", role: "sent" },
  { name: "Trash", role: "trash" },
];

export async function addMailboxes(
  account: AccountState,
  wanted: readonly NewMailbox[],
): Promise<MailboxState[]> {
  const modseq = account.nextModseq();
  const made = wanted.map(({ name, role }): MailboxState => {
    const numbers = { uidNext: 1, messages: 0, unseen: 0, deleted: 0, sizeBytes: 0, expungedSince: 0 };
    const ids = { id: account.nextMailboxId(), uidValidity: account.nextUidValidity() };
    return new MailboxState({ ...ids, ...numbers, name, role, highestModseq: modseq, acl: NO_RIGHTS });
  });
  await account.write(
    modseq,
    made.map((mailbox) => ({ kind: "putMailbox", mailbox: mailbox.row() })),
  );
  for (const mailbox of made) account.byId.set(mailbox.id, mailbox);
  account.resort();
  for (const { id, name } of made) account.tell({ kind: "mailboxCreated", mailboxId: id, name, modseq });
  return made;
}

export function createMailbox(
  account: AccountState,
  asked: string,
  role: MailboxRole | undefined,
): Promise<Done<{ readonly mailbox: MailboxState }> | MailRefusal> {
  return account.turns.alone(async () => {
    const name = canonicalName(asked);
    const problem = nameProblem(name);
    if (problem !== undefined) return { kind: "badName", why: problem };
    if (account.find(name) !== undefined) return { kind: "exists" };
    if (role !== undefined && hasRole(account, role)) {
      return { kind: "forbidden", why: `another mailbox is \\${role} already` };
    }
    const parents = parentsOf(name).filter((parent) => account.find(parent) === undefined);
    if (account.byId.size + parents.length >= MAILBOXES_MAX) {
      return { kind: "limit", why: `an account has ${MAILBOXES_MAX} mailboxes at most` };
    }
    const made = await addMailboxes(account, [
      ...parents.map((parent) => ({ name: parent })),
      { name, role },
    ]);
    return { kind: "done", mailbox: made.at(-1) as MailboxState };
  });
}

function hasRole(account: AccountState, role: MailboxRole): boolean {
  return account.mailboxes().some((mailbox) => mailbox.role === role);
}

export async function renameMailbox(
  account: AccountState,
  id: number,
  asked: string,
): Promise<Done<object> | MailRefusal> {
  if (account.byId.get(id)?.name === INBOX) return emptyInboxInto(account, id, asked);
  return account.turns.alone(async () => {
    const mailbox = account.byId.get(id);
    if (mailbox === undefined) return NO_MAILBOX;
    const name = canonicalName(asked);
    const problem = nameProblem(name);
    if (problem !== undefined) return { kind: "badName", why: problem };
    if (isBelow(name, mailbox.name)) return { kind: "badName", why: "a mailbox cannot go below itself" };
    if (account.find(name) !== undefined) return { kind: "exists" };
    const oldName = mailbox.name;
    const moved = [mailbox, ...account.mailboxes().filter((other) => isBelow(other.name, oldName))];
    const names = moved.map((one) => name + one.name.slice(oldName.length));
    const worst = names.map(nameProblem).find((one) => one !== undefined);
    if (worst !== undefined) return { kind: "badName", why: worst };
    const parents = parentsOf(name).filter((parent) => account.find(parent) === undefined);
    if (parents.length > 0)
      await addMailboxes(
        account,
        parents.map((parent) => ({ name: parent })),
      );
    const modseq = account.nextModseq();
    const rows = moved.map((one, i): MailboxRow => ({ ...one.row(), name: names[i] as string }));
    await account.write(
      modseq,
      rows.map((row) => ({ kind: "putMailbox", mailbox: row })),
    );
    moved.forEach((one, i) => {
      const old = one.name;
      one.name = names[i] as string;
      account.resort();
      account.tell({ kind: "mailboxRenamed", mailboxId: one.id, name: one.name, oldName: old, modseq });
    });
    return DONE;
  });
}

/** RFC 9051 §6.3.6: INBOX's messages go to the new name, INBOX stays, and what is below it too. */
async function emptyInboxInto(
  account: AccountState,
  id: number,
  name: string,
): Promise<Done<object> | MailRefusal> {
  const made = await createMailbox(account, name, undefined);
  if (made.kind !== "done") return made;
  const moved = await copyMessages(account, id, [1, 0xffffffff], made.mailbox.id, true);
  return moved.kind === "done" ? DONE : moved;
}

export function removeMailbox(account: AccountState, id: number): Promise<Done<object> | MailRefusal> {
  return account.turns.alone(async () => {
    const mailbox = account.byId.get(id);
    if (mailbox === undefined) return NO_MAILBOX;
    if (mailbox.name === INBOX) return { kind: "forbidden", why: "INBOX cannot be deleted" };
    if (account.mailboxes().some(({ name }) => isBelow(name, mailbox.name))) {
      return { kind: "forbidden", why: "the mailbox has others below it: delete those first" };
    }
    const table = account.open(mailbox);
    const emailIds = [...table.emailIds.subarray(0, table.length)];
    account.close(mailbox);
    const modseq = account.nextModseq();
    const { messages, sizeBytes } = mailbox;
    await account.write(modseq, [{ kind: "removeMailbox", mailboxId: id }]);
    account.byId.delete(id);
    account.metadata.delete(id);
    account.resort();
    account.usedBytes -= sizeBytes;
    account.usedMessages -= messages;
    account.tell({ kind: "mailboxDeleted", mailboxId: id, name: mailbox.name, modseq });
    account.unplaced(emailIds);
    return DONE;
  });
}

/** Role or rights: whatever of the row changes without a message. */
export function changeMailbox(
  account: AccountState,
  id: number,
  change: (mailbox: MailboxState) => Partial<Pick<MailboxRow, "role" | "acl">> | MailRefusal,
): Promise<Done<object> | MailRefusal> {
  return account.turns.alone(async () => {
    const mailbox = account.byId.get(id);
    if (mailbox === undefined) return NO_MAILBOX;
    const changes = change(mailbox);
    if ("kind" in changes) return changes;
    const modseq = account.nextModseq();
    const row = { ...mailbox.row(), ...changes };
    await account.write(modseq, [{ kind: "putMailbox", mailbox: row }]);
    mailbox.role = row.role;
    mailbox.acl = row.acl;
    account.tell({ kind: "mailboxChanged", mailboxId: id, name: mailbox.name, modseq });
    return DONE;
  });
}

export function setRole(
  account: AccountState,
  id: number,
  role: MailboxRole | undefined,
): Promise<Done<object> | MailRefusal> {
  return changeMailbox(account, id, (mailbox) =>
    role !== undefined && role !== mailbox.role && hasRole(account, role)
      ? { kind: "forbidden", why: `another mailbox is \\${role} already` }
      : { role },
  );
}

export function setRights(
  account: AccountState,
  id: number,
  identifier: string,
  rights: string | undefined,
): Promise<Done<object> | MailRefusal> {
  return changeMailbox(account, id, (mailbox) => {
    const acl = new Map(mailbox.acl);
    if (rights === undefined || rights === "") acl.delete(identifier);
    else acl.set(identifier, [...new Set(rights)].sort().join(""));
    return { acl };
  });
}

export function subscribe(account: AccountState, asked: string, on: boolean): Promise<void> {
  return account.turns.alone(async () => {
    const name = canonicalName(asked);
    if (account.subscriptions.has(name) === on) return;
    const modseq = account.nextModseq();
    await account.write(modseq, [{ kind: "subscribe", name, on }]);
    if (on) account.subscriptions.add(name);
    else account.subscriptions.delete(name);
    account.tell({ kind: on ? "subscribed" : "unsubscribed", name, modseq });
  });
}

export function setMetadata(
  account: AccountState,
  mailboxId: number | undefined,
  entries: ReadonlyMap<string, Uint8Array | undefined>,
): Promise<Done<object> | MailRefusal> {
  return account.turns.alone(async () => {
    const id = mailboxId ?? 0;
    if (mailboxId !== undefined && !account.byId.has(mailboxId)) return NO_MAILBOX;
    const after = new Map(account.metadata.get(id));
    const steps: DiskStep[] = [];
    for (const [entry, value] of entries) {
      if (value === undefined) after.delete(entry);
      else after.set(entry, value);
      if ((value?.length ?? 0) > METADATA_VALUE_BYTES_MAX) {
        return { kind: "limit", why: `a value may have ${METADATA_VALUE_BYTES_MAX} octets` };
      }
      steps.push({ kind: "metadata", mailboxId: id, entry, value });
    }
    if (after.size > METADATA_ENTRIES_MAX) {
      return { kind: "limit", why: `a mailbox has ${METADATA_ENTRIES_MAX} entries at most` };
    }
    const modseq = account.nextModseq();
    await account.write(modseq, steps);
    account.metadata.set(id, after);
    account.tell({ kind: "metadata", mailboxId, entries: [...entries.keys()], modseq });
    return DONE;
  });
}
