/**
 * The mail disk of a simulated host: SQLite in memory, in the caller's turn, so that a run is the same each time. What
 * it holds survives `close`, as a disk would; it is made at the first opening that needs it.
 */
import { Fault, type FaultKind } from "../../base/fault.ts";
import type { AccountContents, AccountRow, Appended, MailDisk } from "../../store/mail-disk.ts";
import { createMailReader, type MailReader } from "./mail-reader.ts";
import { openStoreCalls, type StoreCall, type StoreCalls } from "./store-calls.ts";

export function createMemoryMailDisk(): MailDisk {
  let made: { readonly calls: StoreCalls; readonly reader: MailReader } | undefined;

  function disk(): { readonly calls: StoreCalls; readonly reader: MailReader } {
    if (made === undefined) {
      const calls = openStoreCalls(":memory:");
      made = { calls, reader: createMailReader(calls.database) };
    }
    return made;
  }

  function answer<T>(call: StoreCall): Promise<T> {
    const [reply] = disk().calls.answerAll([call]);
    if (reply?.ok === true) return Promise.resolve(reply.value as T);
    return Promise.reject(new Fault((reply?.kind ?? "io") as FaultKind, reply?.message ?? "no reply"));
  }

  return {
    open: () =>
      made === undefined ? Promise.resolve([]) : answer<AccountContents[]>({ method: "load", args: [] }),
    wasKilled: false,
    emailIds: (accountId) => disk().reader.emailIds(accountId),
    write: (write) => answer<Appended[]>({ method: "write", write }),
    putAccount: (account) => answer<AccountRow>({ method: "putAccount", args: [account] }),
    putAppPassword: (id, appPassword) => answer<void>({ method: "putAppPassword", args: [id, appPassword] }),
    removeAppPassword: (accountId, id) =>
      answer<void>({ method: "removeAppPassword", args: [accountId, id] }),
    removeAccount: (id) => answer<void>({ method: "removeAccount", args: [id] }),
    readMailbox: (accountId, mailboxId) => disk().reader.readMailbox(accountId, mailboxId),
    digest: (accountId, emailId) => disk().reader.digest(accountId, emailId),
    digests: (accountId, from, to, each) => disk().reader.digests(accountId, from, to, each),
    content: (accountId, emailId) => disk().reader.content(accountId, emailId),
    contents: (accountId, from, to, each) => disk().reader.contents(accountId, from, to, each),
    delivery: (accountId, emailId) => disk().reader.delivery(accountId, emailId),
    wasDelivered: (accountId, deliveryId) => disk().reader.wasDelivered(accountId, deliveryId),
    index: (accountId) => disk().reader.index(accountId),
    close: () => Promise.resolve(),
  };
}
