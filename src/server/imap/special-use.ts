/** Special uses as IMAP spells them (RFC 6154, RFC 8457). */
import type { MailboxRole } from "../../store/account-mail.ts";

const ATTRIBUTES: Readonly<Record<MailboxRole, string>> = {
  all: "\\All",
  archive: "\\Archive",
  drafts: "\\Drafts",
  flagged: "\\Flagged",
  important: "\\Important",
  junk: "\\Junk",
  sent: "\\Sent",
  trash: "\\Trash",
};

export function attributeOf(role: MailboxRole): string {
  return ATTRIBUTES[role];
}

export function roleOf(attribute: string): MailboxRole | undefined {
  const role = attribute.slice(1).toLowerCase();
  return Object.hasOwn(ATTRIBUTES, role) ? (role as MailboxRole) : undefined;
}
