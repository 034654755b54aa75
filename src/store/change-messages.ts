/** The operations on an account's messages: add, copy, move, replace, flag, expunge. Each is one durable change or none. */
import { countNumbers, type NumberRanges } from "../base/number-ranges.ts";
import type { AppendItem, Copied, Done, FlagsChanged, MailRefusal } from "./account-mail.ts";
import type { AccountState } from "./account-state.ts";
import type { PlacedRow } from "./change-record.ts";
import { type FlagChange, KEYWORDS_MAX } from "./flag-sets.ts";
import type { Appended, DeliveryFacts, DiskStep, NewMessage } from "./mail-disk.ts";
import type { MailboxState } from "./mailbox-state.ts";
import { planCopy, planExpunge, planFlags, tallyOf } from "./plan-change.ts";
import { EMPTY_BYTES } from "../base/bytes.ts";

export type Addition = AppendItem & { readonly added?: Uint8Array | undefined };
export type Added = Done<{
  readonly uidValidity: number;
  readonly uids: NumberRanges;
  /** That delivery had been stored before, under this UID. */
  readonly again?: number | undefined;
}>;

const NO_MAILBOX: MailRefusal = { kind: "noMailbox" };
const TOO_MANY_KEYWORDS: MailRefusal = { kind: "limit", why: `a mailbox holds ${KEYWORDS_MAX} keywords` };

export function addMessages(
  account: AccountState,
  mailboxId: number,
  items: readonly Addition[],
  delivery?: DeliveryFacts,
): Promise<Added | MailRefusal> {
  return account.turns.beside(() => addNow(account, mailboxId, items, delivery));
}

async function addNow(
  account: AccountState,
  mailboxId: number,
  items: readonly Addition[],
  delivery: DeliveryFacts | undefined,
  expunge?: { readonly mailbox: MailboxState; readonly uids: NumberRanges },
): Promise<Added | MailRefusal> {
  const mailbox = account.byId.get(mailboxId);
  if (mailbox === undefined) return NO_MAILBOX;
  const now = account.now();
  const messages = items.map(
    ({
      content,
      copyOf,
      added = EMPTY_BYTES,
      flags,
      receivedAt = now,
    }): NewMessage & { sizeBytes: number } => {
      const ids = { uid: mailbox.reservedUid++, emailId: account.nextEmailId() };
      return {
        ...ids,
        flags,
        receivedAt,
        savedAt: now,
        added,
        content,
        copyOf,
        sizeBytes: added.length + content.length,
      };
    },
  );
  const tally = tallyOf(messages);
  // What goes with the same change makes room: a draft's last version must fit where the one before it did.
  const goes = expunge === undefined ? undefined : planGoing(account, expunge.mailbox, expunge.uids).tally;
  const refused = account.refusal(
    tally.sizeBytes + (goes?.sizeBytes ?? 0),
    tally.messages + (goes?.messages ?? 0),
  );
  if (refused !== undefined) return refused;
  account.pendingBytes += tally.sizeBytes;
  account.pendingMessages += tally.messages;
  const modseq = account.nextModseq();
  try {
    const steps: DiskStep[] = [{ kind: "append", mailboxId, modseq, messages, delivery, tally }];
    const out = expunge === undefined ? undefined : planOut(account, expunge.mailbox, expunge.uids);
    if (out !== undefined) steps.push(out.step);
    const [appended] = await account.write(out?.modseq ?? modseq, steps);
    const { uidValidity } = mailbox;
    if (appended?.again !== undefined) return { kind: "done", uidValidity, uids: [], again: appended.again };
    account.applied({ mailbox, modseq, record: placedRecord(messages, appended), tally });
    if (out !== undefined) {
      account.applied(out);
      account.unplaced(out.emailIds);
    }
    const first = messages[0]?.uid;
    return {
      kind: "done",
      uidValidity,
      uids: first === undefined ? [] : [first, first + messages.length - 1],
    };
  } finally {
    account.pendingBytes -= tally.sizeBytes;
    account.pendingMessages -= tally.messages;
  }
}

// oxlint-disable-next-line typescript/explicit-function-return-type -- a planned change with its e-mails
function planOut(account: AccountState, mailbox: MailboxState, uids: NumberRanges) {
  const { record, tally, emailIds } = planGoing(account, mailbox, uids);
  const modseq = account.nextModseq();
  const change = { modseq, record, tally };
  const step: DiskStep = { kind: "change", mailboxId: mailbox.id, uidNext: mailbox.uidNext, ...change };
  return { mailbox, ...change, emailIds, step };
}

// oxlint-disable-next-line typescript/explicit-function-return-type -- what planExpunge gives
function planGoing(account: AccountState, mailbox: MailboxState, uids: NumberRanges) {
  const table = account.open(mailbox);
  const planned = planExpunge(table, uids, false);
  account.close(mailbox);
  return planned;
}

/** The same record that the disk wrote, now that threads are known. */
export function placedRecord(messages: readonly NewMessage[], appended: Appended | undefined) {
  const flags = messages.map((message) => message.flags);
  const rows = messages.map(({ uid, emailId, receivedAt, savedAt }, index): PlacedRow => {
    const { threadId, sizeBytes } = appended?.messages[index] ?? { threadId: emailId, sizeBytes: 0 };
    return [uid, emailId, threadId, sizeBytes, receivedAt, savedAt, index];
  });
  return { kind: "placed", flags, rows } as const;
}

export function changeMessageFlags(
  account: AccountState,
  mailboxId: number,
  uids: NumberRanges,
  change: FlagChange,
  flags: readonly string[],
  unchangedSince: number | undefined,
): Promise<FlagsChanged | MailRefusal> {
  return account.turns.alone(async () => {
    const mailbox = account.byId.get(mailboxId);
    if (mailbox === undefined) return NO_MAILBOX;
    const table = account.open(mailbox);
    try {
      const known = new Set(table.flagSets.keywords().map((keyword) => keyword.toLowerCase()));
      const fresh = flags.filter((flag) => !flag.startsWith("\\") && !known.has(flag.toLowerCase()));
      if (change !== "remove" && known.size + fresh.length > KEYWORDS_MAX) return TOO_MANY_KEYWORDS;
      const { changed, modified, record, tally } = planFlags(table, uids, change, flags, unchangedSince);
      if (changed.length === 0) return { kind: "done", modseq: 0, changed, modified };
      const modseq = account.nextModseq();
      await account.commit([{ mailbox, modseq, record, tally }]);
      return { kind: "done", modseq, changed, modified };
    } finally {
      account.close(mailbox);
    }
  });
}

export function expungeMessages(
  account: AccountState,
  mailboxId: number,
  uids: NumberRanges,
  onlyDeleted: boolean,
): Promise<Done<{ readonly uids: NumberRanges; readonly modseq: number }> | MailRefusal> {
  return account.turns.alone(async () => {
    const mailbox = account.byId.get(mailboxId);
    if (mailbox === undefined) return NO_MAILBOX;
    const table = account.open(mailbox);
    try {
      const planned = planExpunge(table, uids, onlyDeleted);
      if (planned.uids.length === 0) return { kind: "done", uids: [], modseq: 0 };
      const modseq = account.nextModseq();
      await account.commit([{ mailbox, modseq, record: planned.record, tally: planned.tally }]);
      account.unplaced(planned.emailIds);
      return { kind: "done", uids: planned.uids, modseq };
    } finally {
      account.close(mailbox);
    }
  });
}

/** Within one account: the same e-mails in one more place, or (`move`) in another one. */
export function copyMessages(
  account: AccountState,
  fromId: number,
  uids: NumberRanges,
  toId: number,
  move: boolean,
  keeps?: (flag: string) => boolean,
): Promise<Copied | MailRefusal> {
  return account.turns.alone(async () => {
    const from = account.byId.get(fromId);
    const to = account.byId.get(toId);
    if (from === undefined || to === undefined) return NO_MAILBOX;
    const table = account.open(from);
    try {
      const copy = planCopy(table, uids, to.reservedUid, account.now(), keeps);
      const count = countNumbers(copy.from);
      if (count === 0) return { kind: "done", uidValidity: to.uidValidity, from: [], to: [] };
      const refused = move ? undefined : account.refusal(copy.tally.sizeBytes, count);
      if (refused !== undefined) return refused;
      to.reservedUid += count;
      const placed = { mailbox: to, modseq: account.nextModseq(), record: copy.record, tally: copy.tally };
      if (!move) await account.commit([placed]);
      else {
        const { record, tally } = planExpunge(table, copy.from, false);
        await account.commit([placed, { mailbox: from, modseq: account.nextModseq(), record, tally }]);
      }
      return { kind: "done", uidValidity: to.uidValidity, from: copy.from, to: copy.to };
    } finally {
      account.close(from);
    }
  });
}

/** RFC 8508: the new message and the old one's end are one change, when both are in this account. */
export function replaceMessage(
  account: AccountState,
  mailboxId: number,
  uid: number,
  item: AppendItem,
  toId: number,
): Promise<Added | MailRefusal> {
  return account.turns.alone(async () => {
    const mailbox = account.byId.get(mailboxId);
    if (mailbox === undefined) return NO_MAILBOX;
    return addNow(account, toId, [item], undefined, { mailbox, uids: [uid, uid] });
  });
}
