/** An account's state as the doors see it: the operations bound to it, and reading. It holds nothing of its own. */
import { countNumbers, eachNumber, rangesOf } from "../base/number-ranges.ts";
import type {
  AccountMail,
  AppendItem,
  Copied,
  CopyTarget,
  EmailDigest,
  MailRefusal,
} from "./account-mail.ts";
import type { AccountState } from "./account-state.ts";
import {
  createMailbox,
  removeMailbox,
  renameMailbox,
  setMetadata,
  setRights,
  setRole,
  subscribe,
} from "./change-mailboxes.ts";
import {
  addMessages,
  changeMessageFlags,
  copyMessages,
  expungeMessages,
  replaceMessage,
} from "./change-messages.ts";
import { canonicalName } from "./mailbox-name.ts";
import type { MessageTable } from "./message-table.ts";

const NO_ENTRIES: ReadonlyMap<string, Uint8Array> = new Map();
/** How far apart in the file e-mails may lie, in e-mails for each one wanted, and still be read in one sweep. */
const GAP_MAX = 4;
/** Rows looked at together. */
const SPAN_ROWS = 256;
/** Limit: messages of a copy to another account that are in memory at once. */
const COPY_BATCH = 50;

export function createAccountMail(account: AccountState): AccountMail {
  const { disk } = account;
  const mail: AccountMail = {
    accountId: account.id,
    name: account.name,
    get highestModseq() {
      return account.highestModseq;
    },
    get quota() {
      return account.quota;
    },
    mailboxes: () => account.mailboxes(),
    find: (name) => account.find(canonicalName(name)),
    mailbox: (id) => account.byId.get(id),
    create: (name, role) => createMailbox(account, name, role),
    rename: (id, name) => renameMailbox(account, id, name),
    remove: (id) => removeMailbox(account, id),
    setRole: (id, role) => setRole(account, id, role),
    subscriptions: () => [...account.subscriptions].sort(),
    subscribe: (name, on) => subscribe(account, name, on),
    setRights: (id, identifier, rights) => setRights(account, id, identifier, rights),
    metadata: (mailboxId) => account.metadata.get(mailboxId ?? 0) ?? NO_ENTRIES,
    setMetadata: (mailboxId, entries) => setMetadata(account, mailboxId, entries),
    open: (id) => {
      const mailbox = account.byId.get(id);
      return Promise.resolve(mailbox === undefined ? undefined : account.open(mailbox));
    },
    close(id) {
      const mailbox = account.byId.get(id);
      if (mailbox !== undefined && mailbox.users > 0) account.close(mailbox);
    },
    append: (id, items) => addMessages(account, id, items),
    copy: (id, uids, to) =>
      to.mail === mail
        ? copyMessages(account, id, uids, to.id, false, to.keeps)
        : copyAway(account, id, uids, to),
    async move(id, uids, to) {
      if (to.mail === mail) return copyMessages(account, id, uids, to.id, true, to.keeps);
      const copied = await copyAway(account, id, uids, to);
      if (copied.kind !== "done") return copied;
      const expunged = await expungeMessages(account, id, copied.from, false);
      return expunged.kind === "done" ? copied : expunged;
    },
    async replace(id, uid, item, to) {
      if (to.mail === mail) return replaceMessage(account, id, uid, item, to.id);
      const added = await to.mail.append(to.id, [item]);
      if (added.kind === "done") await expungeMessages(account, id, [uid, uid], false);
      return added;
    },
    changeFlags: (id, uids, change, flags, unchangedSince) =>
      changeMessageFlags(account, id, uids, change, flags, unchangedSince),
    expunge: (id, uids, onlyDeleted) => expungeMessages(account, id, uids, onlyDeleted),
    digest: (emailId) => disk.digest(account.id, emailId),
    digests(table, from, to, each) {
      spans(
        table,
        from,
        to,
        (low, high, found: (emailId: number, digest: EmailDigest) => void) =>
          disk.digests(account.id, low, high, found),
        (emailId) => disk.digest(account.id, emailId),
        each,
      );
    },
    content: (emailId) => disk.content(account.id, emailId),
    contents(table, from, to, each) {
      spans(
        table,
        from,
        to,
        (low, high, found: (emailId: number, content: Uint8Array) => void) =>
          disk.contents(account.id, low, high, found),
        (emailId) => disk.content(account.id, emailId),
        each,
      );
    },
    delivery: (emailId) => disk.delivery(account.id, emailId),
    index: disk.index(account.id),
    listen: (hear) => account.listen(hear),
  };
  return mail;
}

/** Rows whose e-mails ascend and lie close together are read in one sweep over the file, others one by one. */
function spans<T>(
  table: Pick<MessageTable, "emailIds">,
  from: number,
  to: number,
  readRange: (low: number, high: number, found: (emailId: number, value: T) => void) => void,
  readOne: (emailId: number) => T | undefined,
  each: (row: number, value: T | undefined) => void,
): void {
  const ids = table.emailIds;
  for (let start = from; start < to; start += SPAN_ROWS) {
    const end = Math.min(to, start + SPAN_ROWS);
    let ascends = true;
    for (let row = start + 1; row < end && ascends; row++)
      ascends = (ids[row] as number) > (ids[row - 1] as number);
    const low = ids[start] as number;
    const high = ids[end - 1] as number;
    if (!ascends || high - low >= (end - start) * GAP_MAX) {
      for (let row = start; row < end; row++) each(row, readOne(ids[row] as number));
      continue;
    }
    let row = start;
    readRange(low, high, (emailId, value) => {
      while (row < end && (ids[row] as number) < emailId) each(row++, undefined);
      if (row < end && ids[row] === emailId) each(row++, value);
    });
    while (row < end) each(row++, undefined);
  }
}

/** To another account: as new e-mails there, with flags and dates; their bytes are shared. */
async function copyAway(
  account: AccountState,
  id: number,
  uids: readonly number[],
  to: CopyTarget,
): Promise<Copied | MailRefusal> {
  const mailbox = account.byId.get(id);
  const target = to.mail.mailbox(to.id);
  if (mailbox === undefined || target === undefined) return { kind: "noMailbox" };
  const table = account.open(mailbox);
  try {
    const from: number[] = [];
    for (const uid of eachNumber(uids.length === 2 ? clip(uids, table) : uids))
      if (table.rowOf(uid) >= 0) from.push(uid);
    const done: number[] = [];
    for (let start = 0; start < from.length; start += COPY_BATCH) {
      const items = from.slice(start, start + COPY_BATCH).flatMap((uid): AppendItem[] => {
        const row = table.rowOf(uid);
        const emailId = row < 0 ? 0 : (table.emailIds[row] as number);
        const content = row < 0 ? undefined : account.disk.content(account.id, emailId);
        if (content === undefined) return [];
        const all = table.flagSets.flags(table.flags[row] as number);
        const flags = to.keeps === undefined ? all : all.filter(to.keeps);
        const copyOf = { accountId: account.id, emailId };
        return [{ content, flags, receivedAt: table.receivedAts[row] as number, copyOf }];
      });
      const added = await to.mail.append(to.id, items);
      if (added.kind !== "done") {
        // All or none: what came over goes again.
        if (done.length > 0) await to.mail.expunge(to.id, rangesOf(done), false);
        return added;
      }
      done.push(...eachNumber(added.uids));
    }
    const ranges = rangesOf(done);
    if (countNumbers(ranges) !== from.length) return { kind: "noMailbox" };
    return { kind: "done", uidValidity: target.uidValidity, from: rangesOf(from), to: ranges };
  } finally {
    account.close(mailbox);
  }
}

/** `1:*` is not counted out beyond the last message. */
function clip([low = 1, high = 0]: readonly number[], table: MessageTable): number[] {
  return [low, Math.min(high, table.uids[table.length - 1] ?? 0)];
}
