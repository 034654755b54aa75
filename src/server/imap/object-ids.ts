/** Object ids as clients see them (RFC 8474): a letter for the kind, then the account and the number in it. */
import type { AccountMail, Mailbox } from "../../store/account-mail.ts";

export function mailboxId({ accountId }: AccountMail, { id }: Pick<Mailbox, "id">): string {
  return `F${accountId}-${id}`;
}

export function emailId({ accountId }: AccountMail, id: number): string {
  return `M${accountId}-${id}`;
}

export function threadId({ accountId }: AccountMail, id: number): string {
  return `T${accountId}-${id}`;
}
