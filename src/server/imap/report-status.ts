/** `* STATUS` of a mailbox (RFC 9051 §7.3.4), from numbers that are always at hand; only DELETED-STORAGE has to look. */
import type { StatusItem } from "../../protocol/imap/list-command.ts";
import type { Found } from "./mailbox-names.ts";
import { mailboxId } from "./object-ids.ts";
import type { ImapSession } from "./session.ts";

export async function reportStatus(
  session: ImapSession,
  found: Found,
  items: readonly StatusItem[],
): Promise<void> {
  if (items.includes("highestmodseq")) session.enable("condstore");
  const deletedStorage = items.includes("deleted-storage") ? await deletedBytes(found) : 0;
  writeStatus(session, found, items, deletedStorage);
}

/** In one turn; without DELETED-STORAGE, which is 0 here. HIGHESTMODSEQ enables nothing. */
export function writeStatus(
  session: ImapSession,
  found: Found,
  items: readonly StatusItem[],
  deletedStorage = 0,
): void {
  const { mail, mailbox } = found;
  const values: Readonly<Record<StatusItem, () => string>> = {
    messages: () => String(mailbox.messages),
    recent: () => "0",
    uidnext: () => String(mailbox.uidNext),
    uidvalidity: () => String(mailbox.uidValidity),
    unseen: () => String(mailbox.unseen),
    deleted: () => String(mailbox.deleted),
    size: () => String(mailbox.sizeBytes),
    highestmodseq: () => String(Math.max(1, mailbox.highestModseq)),
    appendlimit: () => String(session.context.limits.appendBytesMax),
    mailboxid: () => `(${mailboxId(mail, mailbox)})`,
    "deleted-storage": () => String(deletedStorage),
  };
  const { writer } = session.output;
  const pairs = items.map((item) => `${item.toUpperCase()} ${values[item]()}`);
  writer
    .raw("* STATUS ")
    .mailbox(found.name)
    .raw(` (${pairs.join(" ")})\r\n`);
}

async function deletedBytes({ mail, mailbox }: Found): Promise<number> {
  const table = await mail.open(mailbox.id);
  if (table === undefined) return 0;
  const deleted = table.flagSets.holders("\\Deleted");
  let sum = 0;
  for (let row = 0; row < table.length; row++)
    if (deleted[table.flags[row] as number] === 1) sum += table.sizes[row] as number;
  mail.close(mailbox.id);
  return sum;
}
