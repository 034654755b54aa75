/** Conversations: their messages over all mailboxes but Trash and Junk, each e-mail once, and what a list says of them. */
import { readEnvelope } from "../../../message/digest/read-envelope.ts";
import type { AccountMail } from "../../../store/account-mail.ts";
import type { MessageTable } from "../../../store/message-table.ts";
import { hasAttachment } from "../../../message/digest/has-attachment.ts";
import { isAside } from "./mailboxes.ts";
import { addressViews, messageRow, subjectOf } from "./message-rows.ts";
import type { AddressView, MessageRowView, ThreadView } from "./views.ts";

/** Limit: messages of one conversation that are shown, the newest. */
const MESSAGES_MAX = 500;
/** Limit: messages of a conversation that are looked into for who wrote; people named. */
const LOOKED_INTO_MAX = 10;
const PEOPLE_MAX = 10;

export type Member = {
  readonly mailboxId: number;
  readonly uid: number;
  readonly emailId: number;
  readonly receivedAt: number;
  readonly isSeen: boolean;
  readonly isFlagged: boolean;
};

/** Of these conversations, each oldest first. Mailboxes in `also` count whatever their role. */
export async function membersOf(
  mail: AccountMail,
  threadIds: ReadonlySet<number>,
  also: ReadonlySet<number>,
): Promise<Map<number, Member[]>> {
  const members = new Map<number, Map<number, Member>>();
  for (const threadId of threadIds) members.set(threadId, new Map());
  for (const mailbox of mail.mailboxes()) {
    if (mailbox.messages === 0 || (isAside(mailbox) && !also.has(mailbox.id))) continue;
    const table = await mail.open(mailbox.id);
    if (table === undefined) continue;
    collect(table, mailbox.id, members);
    mail.close(mailbox.id);
  }
  const sorted = new Map<number, Member[]>();
  for (const [threadId, found] of members)
    sorted.set(
      threadId,
      [...found.values()].sort((a, b) => a.receivedAt - b.receivedAt || a.emailId - b.emailId),
    );
  return sorted;
}

function collect(table: MessageTable, mailboxId: number, into: Map<number, Map<number, Member>>): void {
  const seen = table.flagSets.holders("\\Seen");
  const flagged = table.flagSets.holders("\\Flagged");
  for (let row = 0; row < table.length; row++) {
    const thread = into.get(table.threadIds[row] as number);
    if (thread === undefined) continue;
    const emailId = table.emailIds[row] as number;
    if (thread.has(emailId)) continue;
    const flags = table.flags[row] as number;
    thread.set(emailId, {
      mailboxId,
      uid: table.uids[row] as number,
      emailId,
      receivedAt: table.receivedAts[row] as number,
      isSeen: seen[flags] === 1,
      isFlagged: flagged[flags] === 1,
    });
  }
}

export function summaryOf(
  mail: AccountMail,
  members: readonly Member[],
  inList: number,
): NonNullable<MessageRowView["thread"]> {
  const people = new Map<string, AddressView>();
  let attachment = false;
  const looked =
    members.length <= LOOKED_INTO_MAX
      ? members
      : [...members.slice(0, 1), ...members.slice(1 - LOOKED_INTO_MAX)];
  for (const { emailId } of looked) {
    const digest = mail.digest(emailId);
    if (digest === undefined) continue;
    attachment ||= hasAttachment(digest.structure);
    const [author] = addressViews(readEnvelope(digest.envelope).from, 1);
    const key = author?.address.toLowerCase() ?? "";
    if (author !== undefined && !people.has(key) && people.size < PEOPLE_MAX) people.set(key, author);
  }
  return {
    messages: members.length,
    unread: members.filter(({ isSeen }) => !isSeen).length,
    flagged: members.some(({ isFlagged }) => isFlagged),
    hasAttachment: attachment,
    inList,
    people: [...people.values()],
  };
}

/** Undefined when no message of it is left. Where all of it is in Trash or Junk, those count. */
export async function threadView(
  mail: AccountMail,
  threadId: number,
): Promise<Omit<ThreadView, "state"> | undefined> {
  const wanted = new Set([threadId]);
  let members = (await membersOf(mail, wanted, new Set())).get(threadId) ?? [];
  if (members.length === 0) {
    const aside = new Set(
      mail
        .mailboxes()
        .filter(isAside)
        .map(({ id }) => id),
    );
    members = (await membersOf(mail, wanted, aside)).get(threadId) ?? [];
  }
  const [first] = members;
  if (first === undefined) return undefined;
  const messages: MessageRowView[] = [];
  for (const { mailboxId, uid } of members.slice(-MESSAGES_MAX)) {
    const table = await mail.open(mailboxId);
    const row = table?.rowOf(uid) ?? -1;
    if (table !== undefined && row >= 0) messages.push(messageRow(mail, mailboxId, table, row));
    mail.close(mailboxId);
  }
  const digest = mail.digest(first.emailId);
  const subject = digest === undefined ? "" : subjectOf(readEnvelope(digest.envelope));
  return { threadId, subject, messages, total: members.length };
}
