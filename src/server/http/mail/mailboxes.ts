/** Mailboxes as pages see them, and the ones with a role, which are made when first needed. */
import type { AccountMail, Mailbox, MailboxRole } from "../../../store/account-mail.ts";
import { apiErrorOf, done } from "./refusals.ts";
import type { MailboxListView, MailboxView, Role } from "./views.ts";

const INBOX = "INBOX";
/** What a mailbox of that role is called when it has to be made. */
const NAMES = { archive: "Archive", drafts: "Drafts", junk: "Junk", sent: "Sent", trash: "Trash" } as const;

export type OwnRole = keyof typeof NAMES;

export function roleOf({ name, role }: Pick<Mailbox, "name" | "role">): Role | null {
  return name === INBOX ? "inbox" : (role ?? null);
}

export function byRole(mail: AccountMail, role: MailboxRole): Mailbox | undefined {
  return mail.mailboxes().find((mailbox) => mailbox.role === role);
}

/** The mailbox of that role. One that only has the name gets the role, as other programs may have made it. */
export async function ensureRole(mail: AccountMail, role: OwnRole): Promise<Mailbox> {
  const known = byRole(mail, role);
  if (known !== undefined) return known;
  const named = mail.find(NAMES[role]);
  if (named === undefined) {
    const made = await mail.create(NAMES[role], role);
    if (made.kind === "done") return made.mailbox;
    // Somebody else may have been quicker.
    const others = byRole(mail, role);
    if (others === undefined) throw apiErrorOf(made);
    return others;
  }
  if (named.role === undefined) done(await mail.setRole(named.id, role));
  return named;
}

export function inboxOf(mail: AccountMail): Mailbox {
  const inbox = mail.find(INBOX);
  if (inbox === undefined) throw new Error(`${mail.name} has no INBOX`);
  return inbox;
}

/** Where neither searches nor conversations look unless asked. */
export function isAside({ role }: Pick<Mailbox, "role">): boolean {
  return role === "trash" || role === "junk";
}

export function stateOf(mail: AccountMail): string {
  return String(mail.highestModseq);
}

export function mailboxViews(mail: AccountMail, which = mail.mailboxes()): MailboxView[] {
  const all = mail.mailboxes();
  const subscribed = new Set(mail.subscriptions());
  const parents = new Set(all.map(({ name }) => name.slice(0, Math.max(0, name.lastIndexOf("/")))));
  return which.map((mailbox) => {
    const { id, name, messages, unseen, sizeBytes } = mailbox;
    const role = roleOf(mailbox);
    const isFree = role === null;
    const facts = { id, name, role, messages, unread: unseen, sizeBytes, subscribed: subscribed.has(name) };
    return { ...facts, mayRename: isFree, mayDelete: isFree && !parents.has(name) };
  });
}

export function mailboxView(mail: AccountMail, mailbox: Mailbox): MailboxView {
  const [view] = mailboxViews(mail, [mailbox]);
  return view as MailboxView;
}

export function mailboxList(mail: AccountMail, now: number): MailboxListView {
  const { bytesUsed, bytesMax, messagesUsed, messagesMax } = mail.quota;
  return {
    state: stateOf(mail),
    now,
    mailboxes: mailboxViews(mail),
    quota: { bytesUsed, bytesMax: bytesMax ?? null, messagesUsed, messagesMax: messagesMax ?? null },
  };
}
