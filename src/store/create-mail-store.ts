/** The mail store over a disk: accounts by name, and what each holds. Faults are the disk's; then nothing was changed. */
import { withAsciiDomain } from "../base/domain-name.ts";
import { Fault, isFault } from "../base/fault.ts";
import type { AccountMail } from "./account-mail.ts";
import { AccountState } from "./account-state.ts";
import { addMailboxes, FIRST_MAILBOXES } from "./change-mailboxes.ts";
import { addMessages, expungeMessages } from "./change-messages.ts";
import { createAccountMail } from "./create-account-mail.ts";
import type { MailDisk } from "./mail-disk.ts";
import type {
  Account,
  AccountChange,
  DeliverAnswer,
  DeliverRequest,
  MailStore,
  StoredMessage,
} from "./mail-store.ts";
import { canonicalName, INBOX } from "./mailbox-name.ts";

type Open = { readonly state: AccountState; readonly mail: AccountMail };

const EVERY_UID = [1, 0xffffffff];

/** `now`: ms since 1970 UTC of the world the store lives in. */
export function createMailStore(disk: MailDisk, now: () => number): MailStore {
  const accounts = new Map<string, Open>();
  let isOpen = false;
  const find = (name: string): AccountState | undefined => accounts.get(accountKey(name))?.state;

  async function putAccount(name: string, change: AccountChange = {}): Promise<void> {
    const known = find(name);
    const { secrets = known?.secrets ?? {} } = change;
    const quotaBytes = changed(change.quotaBytes, known?.quotaBytes);
    const quotaMessages = changed(change.quotaMessages, known?.quotaMessages);
    const account = await disk.putAccount({ name: known?.name ?? name, secrets, quotaBytes, quotaMessages });
    if (known !== undefined) {
      Object.assign(known, { secrets, quotaBytes, quotaMessages });
      return;
    }
    const nothing = { appPasswords: [], mailboxes: [], subscriptions: [], metadata: [] };
    const state = new AccountState({ account, ...nothing }, disk, now);
    await addMailboxes(state, FIRST_MAILBOXES);
    accounts.set(accountKey(name), { state, mail: createAccountMail(state) });
  }

  async function deliver(request: DeliverRequest): Promise<DeliverAnswer> {
    if (!isOpen) throw new Fault("closed", "the mail store is not open");
    const account = find(request.account);
    if (account === undefined) return { kind: "noAccount" };
    const mailbox = account.find(canonicalName(request.mailbox)) ?? account.find(INBOX);
    if (mailbox === undefined) return { kind: "noAccount" };
    const { content, added, receivedAt, flags = [], deliveryId, reversePath, recipient, queueId } = request;
    const facts = { deliveryId, reversePath, recipient, queueId };
    const answer = await addMessages(account, mailbox.id, [{ content, added, receivedAt, flags }], facts);
    if (answer.kind === "overQuota") return answer;
    if (answer.kind !== "done") return { kind: "noAccount" };
    return {
      kind: "stored",
      uid: answer.again ?? (answer.uids[0] as number),
      again: answer.again !== undefined,
    };
  }

  function list(name: string, mailboxName: string, afterUid: number): StoredMessage[] {
    const account = find(name);
    const mailbox = account?.find(canonicalName(mailboxName));
    if (account === undefined || mailbox === undefined) return [];
    const table = account.open(mailbox);
    const listed: StoredMessage[] = [];
    for (let row = table.rowFrom(afterUid + 1); row < table.length; row++) {
      const {
        reversePath = "",
        recipient = "",
        queueId = "",
      } = disk.delivery(account.id, table.emailIds[row] as number) ?? {};
      const place = { account: account.name, mailbox: mailbox.name, uid: table.uids[row] as number };
      const facts = { receivedAt: table.receivedAts[row] as number, sizeBytes: table.sizes[row] as number };
      listed.push({ ...place, ...facts, reversePath, recipient, queueId });
    }
    account.close(mailbox);
    return listed;
  }

  function read(name: string, mailboxName: string, uid: number): Uint8Array | undefined {
    const account = find(name);
    const mailbox = account?.find(canonicalName(mailboxName));
    if (account === undefined || mailbox === undefined) return undefined;
    const table = account.open(mailbox);
    const row = table.rowOf(uid);
    account.close(mailbox);
    return row < 0 ? undefined : disk.content(account.id, table.emailIds[row] as number);
  }

  async function clear(): Promise<void> {
    for (const { state } of accounts.values()) {
      for (const mailbox of state.mailboxes()) await expungeMessages(state, mailbox.id, EVERY_UID, false);
      await state.turns.alone(() => state.write(state.highestModseq, [{ kind: "forgetDeliveries" }]));
      await state.sweep();
    }
  }

  /** Behind the scenes, and only so long as the disk goes along: what is left lies there until next time. */
  async function sweepAll(): Promise<void> {
    try {
      for (const { state } of accounts.values()) await state.sweepAll();
    } catch (error) {
      if (!isFault(error)) throw error;
    }
  }

  return {
    async open() {
      accounts.clear();
      for (const contents of await disk.open()) {
        const state = new AccountState(contents, disk, now);
        accounts.set(accountKey(state.name), { state, mail: createAccountMail(state) });
      }
      isOpen = true;
      if (disk.wasKilled) void sweepAll();
    },
    putAccount,
    async removeAccount(name) {
      const state = find(name);
      if (state === undefined) return false;
      accounts.delete(accountKey(name));
      await state.turns.alone(() => disk.removeAccount(state.id));
      return true;
    },
    mail: (name) => accounts.get(accountKey(name))?.mail,
    accounts: () => [...accounts.values()].map(({ state }) => publicAccount(state)),
    account(name) {
      const state = find(name);
      return state === undefined ? undefined : publicAccount(state);
    },
    secrets: (name) => find(name)?.secrets,
    appPasswords: (name) => find(name)?.appPasswords ?? [],
    async putAppPassword(name, appPassword) {
      const state = find(name);
      if (state === undefined) return false;
      await disk.putAppPassword(state.id, appPassword);
      state.appPasswords = [...state.appPasswords.filter(({ id }) => id !== appPassword.id), appPassword];
      return true;
    },
    async removeAppPassword(name, id) {
      const state = find(name);
      if (state === undefined || !state.appPasswords.some((one) => one.id === id)) return false;
      await disk.removeAppPassword(state.id, id);
      state.appPasswords = state.appPasswords.filter((one) => one.id !== id);
      return true;
    },
    deliver,
    async delivered(name, deliveryIds) {
      const account = find(name);
      return deliveryIds.map((id) => account !== undefined && disk.wasDelivered(account.id, id));
    },
    list: async (name, mailbox, afterUid = 0) => list(name, mailbox, afterUid),
    read: async (name, mailbox, uid) => read(name, mailbox, uid),
    clear,
    async close() {
      if (!isOpen) return;
      isOpen = false;
      for (const { state } of accounts.values()) await state.settle();
      await disk.close();
    },
  };
}

function changed(to: number | null | undefined, from: number | undefined): number | undefined {
  return to === undefined ? from : (to ?? undefined);
}

/**
 * Names are compared without regard to ASCII case, and only that (RFC 4343 for the domain; ours for the local part). A
 * domain in its own script is the same as its A-labels: mail arrives by the one, people log in by the other.
 */
export function accountKey(name: string): string {
  return withAsciiDomain(name).replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function publicAccount({
  id,
  name,
  quotaBytes,
  quotaMessages,
  usedBytes,
  usedMessages,
}: AccountState): Account {
  return { id, name, quotaBytes, usedBytes, quotaMessages, usedMessages };
}
