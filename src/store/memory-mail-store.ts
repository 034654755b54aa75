/** The mail store of a simulated host: the same contract in memory. What it holds survives `close`, as a disk would. */
import type {
  Account,
  Credentials,
  DeliverAnswer,
  DeliverRequest,
  MailStore,
  StoredMessage,
} from "./mail-store.ts";

type Mailbox = {
  lastUid: number;
  readonly messages: Map<number, StoredMessage & { readonly content: Uint8Array }>;
};

type MemoryAccount = {
  readonly id: number;
  readonly name: string;
  quotaBytes: number | undefined;
  usedBytes: number;
  credentials: Credentials | undefined;
  readonly mailboxes: Map<string, Mailbox>;
  /** Which deliveries were stored, and under which UID. */
  readonly deliveries: Map<string, number>;
};

export function createMemoryMailStore(): MailStore {
  const accounts = new Map<string, MemoryAccount>();
  let lastAccountId = 0;
  const find = (name: string): MemoryAccount | undefined => accounts.get(accountKey(name));

  function deliver(request: DeliverRequest): DeliverAnswer {
    const { account: name, mailbox: mailboxName, content, deliveryId } = request;
    const account = find(name);
    if (account === undefined) return { kind: "noAccount" };
    const known = account.deliveries.get(deliveryId);
    if (known !== undefined) return { kind: "stored", uid: known, again: true };
    const { quotaBytes, usedBytes } = account;
    if (quotaBytes !== undefined && usedBytes + content.length > quotaBytes) {
      return { kind: "overQuota", quotaBytes, usedBytes };
    }
    const mailbox = account.mailboxes.get(mailboxName) ?? { lastUid: 0, messages: new Map() };
    account.mailboxes.set(mailboxName, mailbox);
    const uid = ++mailbox.lastUid;
    const { receivedAt, reversePath, recipient, queueId } = request;
    const facts = { account: account.name, mailbox: mailboxName, uid, receivedAt, sizeBytes: content.length };
    const copy = Uint8Array.from(content);
    mailbox.messages.set(uid, { ...facts, reversePath, recipient, queueId, content: copy });
    account.deliveries.set(deliveryId, uid);
    account.usedBytes += content.length;
    return { kind: "stored", uid, again: false };
  }

  return {
    open: () => Promise.resolve(),
    putAccount(name, credentials, quotaBytes) {
      const known = find(name);
      if (known === undefined) {
        const maps = { mailboxes: new Map(), deliveries: new Map() };
        accounts.set(accountKey(name), {
          id: ++lastAccountId,
          name,
          quotaBytes,
          usedBytes: 0,
          credentials,
          ...maps,
        });
      } else {
        known.credentials = credentials;
        known.quotaBytes = quotaBytes;
      }
      return Promise.resolve();
    },
    removeAccount: (name) => Promise.resolve(accounts.delete(accountKey(name))),
    accounts: () => [...accounts.values()].map(publicAccount),
    account(name) {
      const account = find(name);
      return account === undefined ? undefined : publicAccount(account);
    },
    credentials: (name) => find(name)?.credentials,
    deliver: (request) => Promise.resolve(deliver(request)),
    list(name, mailbox, afterUid = 0) {
      const messages = find(name)?.mailboxes.get(mailbox)?.messages.values() ?? [];
      const listed: StoredMessage[] = [];
      for (const { content: _, ...message } of messages) if (message.uid > afterUid) listed.push(message);
      return Promise.resolve(listed);
    },
    read: (name, mailbox, uid) =>
      Promise.resolve(find(name)?.mailboxes.get(mailbox)?.messages.get(uid)?.content),
    clear() {
      for (const account of accounts.values()) {
        account.usedBytes = 0;
        account.deliveries.clear();
        for (const mailbox of account.mailboxes.values()) mailbox.messages.clear();
      }
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}

/** Names are compared without regard to ASCII case, and only that (RFC 4343 for the domain; ours for the local part). */
export function accountKey(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function publicAccount({ id, name, quotaBytes, usedBytes }: MemoryAccount): Account {
  return { id, name, quotaBytes, usedBytes };
}
