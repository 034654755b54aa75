/**
 * All mail of a lab as the catching tools see it: one entry a message that was sent, however many mailboxes it came to,
 * newest first. An id follows from where its journey began, and stays for as long as any copy is there. Reads INBOX of
 * every account on every host; read or not is the mailboxes' own \Seen.
 */
import { createHash } from "node:crypto";
import { rangesOf } from "../../base/number-ranges.ts";
import { listTraces } from "../../journal/trace.ts";
import type { AccountMail } from "../../store/account-mail.ts";
import type { MailStore, StoredMessage } from "../../store/mail-store.ts";
import type { Lab } from "../lab.ts";
import { drive } from "../runtime/drive.ts";

export type MailCopy = {
  readonly store: MailStore;
  readonly mail: AccountMail;
  readonly mailboxId: number;
  readonly stored: StoredMessage;
  readonly isSeen: boolean;
};

export type CaughtMail = {
  /** 22 letters and digits, as Mailpit's. */
  readonly id: string;
  /** Of the copy that came first. */
  readonly receivedAt: number;
  readonly sizeBytes: number;
  readonly reversePath: string;
  /** Everybody the envelope named where it was sent. */
  readonly recipients: readonly string[];
  readonly isRead: boolean;
  readonly copies: readonly MailCopy[];
};

export type AllMail = {
  list(): Promise<CaughtMail[]>;
  /** "latest" is the newest. */
  find(id: string): Promise<CaughtMail | undefined>;
  /** The bytes of the copy that came first; undefined once it is gone. */
  content(mail: CaughtMail): Promise<Uint8Array | undefined>;
  mark(mails: readonly CaughtMail[], isRead: boolean): Promise<void>;
  remove(mails: readonly CaughtMail[]): Promise<void>;
};

const INBOX = "INBOX";

/** Where a copy's journey began, remembered: the journal forgets, and an id must not change. */
type Origin = { readonly id: string; readonly recipients: readonly string[] };

export function createAllMail(lab: Lab): AllMail {
  let origins = new Map<string, Origin>();

  async function copies(): Promise<MailCopy[]> {
    const all: MailCopy[] = [];
    for (const { host } of lab.hosts.values()) {
      for (const { name } of host?.store.accounts() ?? []) {
        const mail = host?.store.mail(name);
        const mailbox = mail?.find(INBOX);
        if (host === undefined || mail === undefined || mailbox === undefined) continue;
        const seen = await seenIn(mail, mailbox.id);
        for (const stored of await host.store.list(name, INBOX))
          all.push({ store: host.store, mail, mailboxId: mailbox.id, stored, isSeen: seen.has(stored.uid) });
      }
    }
    return all.sort((a, b) => a.stored.receivedAt - b.stored.receivedAt);
  }

  function originsOf(all: readonly MailCopy[]): Map<string, Origin> {
    const known = new Map<string, Origin>();
    let begun: Map<string, Origin> | undefined;
    for (const { stored } of all) {
      const { queueId, recipient } = stored;
      let origin = origins.get(keyOf(stored));
      // Derived from the whole journal: only when something is new.
      origin ??= (begun ??= journeysByQueueId(lab)).get(queueId);
      known.set(keyOf(stored), origin ?? { id: idOf(queueId), recipients: [recipient] });
    }
    return known;
  }

  async function list(): Promise<CaughtMail[]> {
    const all = await copies();
    origins = originsOf(all);
    const groups = new Map<string, MailCopy[]>();
    for (const copy of all) {
      const id = origins.get(keyOf(copy.stored))?.id ?? "";
      const group = groups.get(id);
      if (group === undefined) groups.set(id, [copy]);
      else group.push(copy);
    }
    return [...groups].map(([id, group]) => caught(id, group, origins)).toReversed();
  }

  return {
    list,
    async find(id) {
      const all = await list();
      return id === "latest" ? all[0] : all.find((one) => one.id === id);
    },
    async content({ copies: [first] }) {
      return first?.store.read(first.mail.name, INBOX, first.stored.uid);
    },
    async mark(mails, isRead) {
      for (const { mail, mailboxId, stored } of mails.flatMap(({ copies: own }) => own)) {
        const change = isRead ? "add" : "remove";
        await drive(lab.environment, mail.changeFlags(mailboxId, rangesOf([stored.uid]), change, ["\\Seen"]));
      }
    },
    async remove(mails) {
      for (const { mail, mailboxId, stored } of mails.flatMap(({ copies: own }) => own))
        await drive(lab.environment, mail.expunge(mailboxId, rangesOf([stored.uid]), false));
    },
  };
}

function caught(id: string, group: readonly MailCopy[], origins: ReadonlyMap<string, Origin>): CaughtMail {
  const [first] = group as [MailCopy];
  const { receivedAt, sizeBytes, reversePath } = first.stored;
  const recipients = new Set(group.flatMap(({ stored }) => origins.get(keyOf(stored))?.recipients ?? []));
  return {
    id,
    receivedAt,
    sizeBytes,
    reversePath,
    recipients: [...recipients],
    isRead: group.every(({ isSeen }) => isSeen),
    copies: group,
  };
}

function journeysByQueueId(lab: Lab): Map<string, Origin> {
  const origins = new Map<string, Origin>();
  for (const { id, recipients, hops } of listTraces(lab.journal.read()))
    for (const { queueId } of hops)
      if (queueId !== undefined) origins.set(queueId, { id: idOf(id), recipients });
  return origins;
}

async function seenIn(mail: AccountMail, mailboxId: number): Promise<Set<number>> {
  const table = await mail.open(mailboxId);
  const seen = new Set<number>();
  try {
    for (let row = 0; table !== undefined && row < table.length; row++)
      if (table.flagSets.isSeen(table.flags[row] ?? 0)) seen.add(table.uids[row] ?? 0);
  } finally {
    mail.close(mailboxId);
  }
  return seen;
}

function keyOf({ account, uid }: StoredMessage): string {
  return `${account} ${uid}`;
}

const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ID_LETTERS = 22;

/** From the queue id where the journey began; it tells nothing else. */
export function idOf(queueId: string): string {
  let number = BigInt(`0x${createHash("sha256").update(queueId).digest("hex")}`);
  let id = "";
  for (; id.length < ID_LETTERS; number /= 62n) id += LETTERS[Number(number % 62n)] ?? "";
  return id;
}
