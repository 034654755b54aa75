/**
 * Messages by name: `mailbox-uid`, and ranges of them. An id says where a message stands, so one of another account is
 * simply not there. The forms are checked by the schemas in views.ts before they come here.
 */
import { normalRanges, type NumberRanges } from "../../../base/number-ranges.ts";
import type { AccountMail, Mailbox } from "../../../store/account-mail.ts";
import type { MessageTable } from "../../../store/message-table.ts";
import { ApiError } from "../api-error.ts";

export type MessageId = { readonly mailboxId: number; readonly uid: number };

export const NO_MESSAGE = "there is no such message (any more)";
export const NO_MAILBOX = "there is no such mailbox (any more)";

export function formatId(mailboxId: number, uid: number): string {
  return `${mailboxId}-${uid}`;
}

export function parseId(text: string): MessageId {
  const [mailbox = "", uid = ""] = text.split("-");
  return { mailboxId: Number(mailbox), uid: Number(uid) };
}

/** `3-1041:1100`, one for each range. */
export function formatIdRanges(mailboxId: number, uids: NumberRanges): string[] {
  const texts: string[] = [];
  for (let i = 0; i < uids.length; i += 2) {
    const [from, to] = [uids[i] as number, uids[i + 1] as number];
    texts.push(from === to ? formatId(mailboxId, from) : `${formatId(mailboxId, from)}:${to}`);
  }
  return texts;
}

/** By mailbox. */
export function parseIdRanges(texts: readonly string[]): Map<number, NumberRanges> {
  const pairs = new Map<number, [number, number][]>();
  for (const text of texts) {
    const [place = "", last] = text.split(":");
    const { mailboxId, uid } = parseId(place);
    const pair: [number, number] = [uid, last === undefined ? uid : Number(last)];
    const known = pairs.get(mailboxId);
    if (known === undefined) pairs.set(mailboxId, [pair]);
    else known.push(pair);
  }
  return new Map([...pairs].map(([mailboxId, all]) => [mailboxId, normalRanges(all)]));
}

export function mailboxOf(mail: AccountMail, id: number): Mailbox {
  const mailbox = mail.mailbox(id);
  if (mailbox === undefined) throw new ApiError(404, NO_MAILBOX);
  return mailbox;
}

/** The table stays loaded and live while `use` runs. Throws ApiError 404. */
async function withTable<T>(
  mail: AccountMail,
  mailboxId: number,
  use: (table: MessageTable, mailbox: Mailbox) => T | Promise<T>,
): Promise<T> {
  const mailbox = mailboxOf(mail, mailboxId);
  const table = await mail.open(mailboxId);
  if (table === undefined) throw new ApiError(404, NO_MAILBOX);
  try {
    return await use(table, mailbox);
  } finally {
    mail.close(mailboxId);
  }
}

/** The message's row in its open table. Throws ApiError 404. */
export async function withMessage<T>(
  mail: AccountMail,
  id: string,
  use: (found: { table: MessageTable; mailbox: Mailbox; row: number; uid: number }) => T | Promise<T>,
): Promise<T> {
  const { mailboxId, uid } = parseId(id);
  if (mail.mailbox(mailboxId) === undefined) throw new ApiError(404, NO_MESSAGE);
  return withTable(mail, mailboxId, (table, mailbox) => {
    const row = table.rowOf(uid);
    if (row < 0) throw new ApiError(404, NO_MESSAGE);
    return use({ table, mailbox, row, uid });
  });
}
