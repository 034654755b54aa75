/**
 * Whether a mailbox as it was read back is one that can be: its UIDs, modseqs and numbers agree with each other and
 * with its account's e-mails. It changes nothing and throws nothing; each thing that is wrong is a sentence.
 */
import type { MailboxRow, StoredMailbox } from "./mail-disk.ts";
import { MailboxState } from "./mailbox-state.ts";
import type { MessageTable } from "./message-table.ts";

/** What an account's e-mails are, by id; a size of zero where there is none, and one more than it is otherwise. */
export type EmailIndex = {
  readonly sizesPlusOne: Float64Array;
  readonly threadIds: Uint32Array;
  /** Set to 1 for each e-mail that stands in a mailbox. */
  readonly placed: Uint8Array;
};

/** Limit: of sentences about one mailbox; a page that is lost would have a thousand. */
const PROBLEMS_MAX = 20;

/** Returns what is wrong; the table is undefined when it cannot be read. */
export function checkMailbox(
  row: MailboxRow,
  stored: StoredMailbox,
  emails: EmailIndex,
): { readonly problems: readonly string[]; readonly table: MessageTable | undefined } {
  let table: MessageTable;
  try {
    table = new MailboxState(row).load(stored);
  } catch (error) {
    return { problems: [error instanceof Error ? error.message : String(error)], table: undefined };
  }
  const problems: string[] = [];
  const say = (why: string): void => {
    if (problems.length < PROBLEMS_MAX) problems.push(why);
  };
  checkRows(table, row, emails, say);
  checkNumbers(table, row, say);
  return { problems, table };
}

function checkRows(
  table: MessageTable,
  { uidNext, highestModseq }: MailboxRow,
  { sizesPlusOne, threadIds, placed }: EmailIndex,
  say: (why: string) => void,
): void {
  let lastUid = 0;
  for (let i = 0; i < table.length; i++) {
    const { uid, modseq, createdModseq, emailId, sizeBytes, threadId } = table.row(i);
    if (uid <= lastUid) say(`UID ${uid} comes after ${lastUid}`);
    lastUid = uid;
    if (modseq > highestModseq) say(`UID ${uid} has the modseq ${modseq}, above ${highestModseq}`);
    if (createdModseq > modseq) say(`UID ${uid} was changed before it was there`);
    const size = (sizesPlusOne[emailId] ?? 0) - 1;
    if (size < 0) {
      say(`UID ${uid} has no e-mail ${emailId}`);
      continue;
    }
    placed[emailId] = 1;
    if (size !== sizeBytes) say(`UID ${uid} says ${sizeBytes} octets, its e-mail ${emailId} has ${size}`);
    if (threadIds[emailId] !== threadId)
      say(`UID ${uid} is in thread ${threadId}, its e-mail in ${threadIds[emailId]}`);
  }
  if (lastUid >= uidNext) say(`UID ${lastUid} is not below UIDNEXT ${uidNext}`);
}

function checkNumbers(table: MessageTable, row: MailboxRow, say: (why: string) => void): void {
  const isSeen = table.flagSets.holders("\\Seen");
  const isDeleted = table.flagSets.holders("\\Deleted");
  const counted = { messages: table.length, unseen: 0, deleted: 0, sizeBytes: 0 };
  for (let i = 0; i < table.length; i++) {
    const set = table.flags[i] as number;
    counted.unseen += 1 - (isSeen[set] as number);
    counted.deleted += isDeleted[set] as number;
    counted.sizeBytes += table.sizes[i] as number;
  }
  for (const name of ["messages", "unseen", "deleted", "sizeBytes"] as const) {
    if (counted[name] !== row[name]) say(`${name} is kept as ${row[name]}, and counted as ${counted[name]}`);
  }
}
