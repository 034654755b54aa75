/**
 * All mail of a lab as the catching tools see it: one entry a message that was sent, however many mailboxes it came to,
 * newest first. An id follows from where its journey began, and stays for as long as any copy is there. Finds whatever
 * arrived at any account of any host, in whichever mailbox it stands by now; read or not is the mailboxes' own \Seen.
 */
import { createHash } from "node:crypto";
import { rangesOf } from "../../base/number-ranges.ts";
import { listTraces } from "../../journal/trace.ts";
import type { AccountMail } from "../../store/account-mail.ts";
import { arrivedFacts, type ArrivedFacts, type ArrivedPlaces, withArrived } from "../kit/arrived.ts";
import { labAccounts } from "../runtime/accounts.ts";
import type { Lab } from "../lab.ts";
import { drive } from "../runtime/drive.ts";

/** As it came to one account. */
export type MailCopy = {
  readonly mail: AccountMail;
  readonly stored: ArrivedFacts;
  /** Every mailbox it stands in. */
  readonly places: readonly { readonly mailboxId: number; readonly uid: number }[];
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

/** Where a copy's journey began, remembered: the journal forgets, and an id must not change. */
type Origin = { readonly id: string; readonly recipients: readonly string[] };

export function createAllMail(lab: Lab): AllMail {
  let origins = new Map<string, Origin>();

  async function copies(): Promise<MailCopy[]> {
    const mails = labAccounts(lab).map(({ mail }) => mail);
    const all = await withArrived(mails, (arrived) => arrived.map(copyOf));
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
    content: ({ copies: [first] }) => Promise.resolve(first?.mail.content(first.stored.emailId)),
    async mark(mails, isRead) {
      const change = isRead ? "add" : "remove";
      for (const { mail, mailboxId, uid } of placesOf(mails))
        await drive(lab.environment, mail.changeFlags(mailboxId, rangesOf([uid]), change, ["\\Seen"]));
    },
    async remove(mails) {
      for (const { mail, mailboxId, uid } of placesOf(mails))
        await drive(lab.environment, mail.expunge(mailboxId, rangesOf([uid]), false));
    },
  };
}

function copyOf(places: ArrivedPlaces): MailCopy {
  const [first] = places;
  return {
    mail: first.mail,
    stored: arrivedFacts(first),
    places: places.map(({ mailbox, table, row }) => ({
      mailboxId: mailbox.id,
      uid: table.uids[row] as number,
    })),
    isSeen: places.some(({ table, row }) => table.flagSets.isSeen(table.flags[row] ?? 0)),
  };
}

function placesOf(
  mails: readonly CaughtMail[],
): { readonly mail: AccountMail; readonly mailboxId: number; readonly uid: number }[] {
  return mails.flatMap(({ copies: own }) =>
    own.flatMap(({ mail, places }) => places.map((place) => ({ mail, ...place }))),
  );
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

function keyOf({ account, emailId }: ArrivedFacts): string {
  return `${account} ${emailId}`;
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
