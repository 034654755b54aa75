/**
 * An account's INBOX as one POP3 session sees it: the messages that were there at the login, under numbers that stay.
 * One session at a time holds it (RFC 1939 §8). Deletions happen together at the end, or not at all.
 */
import { rangesOf } from "../../base/number-ranges.ts";
import type { Pop3Message } from "../../protocol/pop3/session.ts";
import type { AccountMail, MailRefusal } from "../../store/account-mail.ts";

export type Maildrop = {
  readonly messages: readonly Pop3Message[];
  /** Undefined when another program took it away meanwhile. */
  content(index: number): Uint8Array | undefined;
  remove(indexes: readonly number[]): Promise<MailRefusal | undefined>;
  close(): void;
};

/** Undefined for an account that is gone. */
export async function openMaildrop(mail: AccountMail): Promise<Maildrop | undefined> {
  const inbox = mail.find("INBOX");
  const table = inbox === undefined ? undefined : await mail.open(inbox.id);
  if (inbox === undefined || table === undefined) return undefined;
  // Columns stay as they are below their length: an expunge makes new ones.
  const { uids, emailIds, sizes, length } = table;
  const messages = Array.from({ length }, (_, index): Pop3Message => {
    return { sizeBytes: sizes[index] as number, id: `${inbox.uidValidity}.${uids[index] as number}` };
  });
  return {
    messages,
    content: (index) =>
      table.rowOf(uids[index] as number) < 0 ? undefined : mail.content(emailIds[index] as number),
    async remove(indexes) {
      if (indexes.length === 0) return undefined;
      const gone = rangesOf(indexes.map((index) => uids[index] as number));
      const done = await mail.expunge(inbox.id, gone, false);
      return done.kind === "done" ? undefined : done;
    },
    close: () => mail.close(inbox.id),
  };
}
