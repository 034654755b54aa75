/**
 * Where an e-mail stands in its table: account and id in one number, for only such a key lets SQLite add rows at the
 * end without moving the neighbours' about. In another database it is the pair. SQL to put into statements, in which
 * ?1 is the account and ?2 the e-mail. Limit: 2^32 e-mails for an account, as many as a mailbox has UIDs.
 */

export const EMAIL_KEY = "((?1 << 32) | ?2)";
/** Of all e-mails of the account. */
export const ACCOUNT_EMAILS = emailsOf("?1");
/** Of those from ?2 to ?3, both inside. */
export const SOME_EMAILS = "email.key BETWEEN ((?1 << 32) | ?2) AND ((?1 << 32) | ?3)";

/** `account`: a number or a column. */
export function emailsOf(account: string): string {
  return `email.key BETWEEN (${account} << 32) AND ((${account} << 32) | 0xffffffff)`;
}

/** The highest id among an account's e-mails, zero when it has none. */
export function lastEmailOf(account: string): string {
  return `coalesce((SELECT email.id FROM email WHERE ${emailsOf(account)} ORDER BY email.key DESC LIMIT 1), 0)`;
}
