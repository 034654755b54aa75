/** The mailbox store in memory: for a simulated world, where nothing outlives the run. Same answers as the one on disk. */
import type { Account, Credentials, DeliverAnswer, MailStore, StoredMessage } from "./mail-store.ts";

type Mailbox = {
  uidNext: number;
  readonly messages: Map<number, { stored: StoredMessage; content: Uint8Array }>;
};
type MemoryAccount = {
  account: Account;
  credentials: Credentials | undefined;
  readonly mailboxes: Map<string, Mailbox>;
  readonly delivered: Map<string, number>; // delivery id → UID
};

export function createMemoryMailStore(): MailStore {
  const accounts = new Map<string, MemoryAccount>();
  let idNext = 1;

  function deliver(request: Parameters<MailStore["deliver"]>[0]): DeliverAnswer {
    const found = accounts.get(request.account.toLowerCase());
    if (found === undefined) return { kind: "noAccount" };
    const before = found.delivered.get(request.deliveryId);
    if (before !== undefined) return { kind: "stored", uid: before, again: true };
    const { quotaBytes, usedBytes } = found.account;
    const sizeBytes = request.content.length;
    if (quotaBytes !== undefined && usedBytes + sizeBytes > quotaBytes)
      return { kind: "overQuota", quotaBytes, usedBytes };
    const mailbox = mailboxOf(found, request.mailbox);
    const uid = mailbox.uidNext++;
    const { content, deliveryId, ...facts } = request;
    const stored: StoredMessage = { ...facts, account: found.account.name, uid, sizeBytes };
    mailbox.messages.set(uid, { stored, content: Uint8Array.from(content) });
    found.delivered.set(deliveryId, uid);
    found.account = { ...found.account, usedBytes: usedBytes + sizeBytes };
    return { kind: "stored", uid, again: false };
  }

  return {
    async open() {},
    async putAccount(name, credentials, quotaBytes) {
      const found = accounts.get(name.toLowerCase());
      if (found === undefined) {
        const account = { id: idNext++, name, quotaBytes, usedBytes: 0 };
        const made = {
          account,
          credentials,
          mailboxes: new Map<string, Mailbox>(),
          delivered: new Map<string, number>(),
        };
        mailboxOf(made, "INBOX");
        accounts.set(name.toLowerCase(), made);
      } else {
        found.account = { ...found.account, quotaBytes };
        found.credentials = credentials ?? found.credentials;
      }
    },
    removeAccount: async (name) => accounts.delete(name.toLowerCase()),
    accounts: () => [...accounts.values()].map(({ account }) => account),
    account: (name) => accounts.get(name.toLowerCase())?.account,
    credentials: (name) => accounts.get(name.toLowerCase())?.credentials,
    deliver: async (request) => deliver(request),
    async list(account, mailbox, afterUid = 0) {
      const found = accounts.get(account.toLowerCase())?.mailboxes.get(mailbox);
      return [...(found?.messages.values() ?? [])]
        .map(({ stored }) => stored)
        .filter(({ uid }) => uid > afterUid);
    },
    read: async (account, mailbox, uid) =>
      accounts.get(account.toLowerCase())?.mailboxes.get(mailbox)?.messages.get(uid)?.content,
    async clear() {
      for (const one of accounts.values()) {
        for (const mailbox of one.mailboxes.values()) mailbox.messages.clear();
        one.delivered.clear();
        one.account = { ...one.account, usedBytes: 0 };
      }
    },
    async close() {},
  };
}

function mailboxOf(account: Pick<MemoryAccount, "mailboxes">, name: string): Mailbox {
  const found = account.mailboxes.get(name) ?? { uidNext: 1, messages: new Map() };
  account.mailboxes.set(name, found);
  return found;
}
