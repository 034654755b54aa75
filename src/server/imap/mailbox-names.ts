/**
 * From a name a client says to a mailbox and the rights it has there. One's own mailboxes have no prefix; those that
 * others share are `Other Users/<account>/…` (RFC 2342). A mailbox without the right `l` does not exist.
 */
import type { AccountMail, Mailbox } from "../../store/account-mail.ts";
import { HIERARCHY_SEPARATOR } from "../../store/account-mail.ts";
import type { MailStore } from "../../store/mail-store.ts";
import { accountKey } from "../../store/create-mail-store.ts";
import { ALL_RIGHTS, rightsOf } from "./rights.ts";

export const OTHER_USERS = `Other Users${HIERARCHY_SEPARATOR}`;

export type Found = {
  readonly mail: AccountMail;
  readonly mailbox: Mailbox;
  readonly rights: string;
  /** As its owner calls it with nothing in front; as `name` says it else. */
  readonly name: string;
};

/** Where a mailbox of this name would be: whose, and what it is called there. */
export type Place = { readonly mail: AccountMail; readonly name: string };

export function placeOf(store: MailStore, own: AccountMail, name: string): Place | undefined {
  if (!name.startsWith(OTHER_USERS)) return { mail: own, name };
  const [owner = "", ...rest] = name.slice(OTHER_USERS.length).split(HIERARCHY_SEPARATOR);
  const mail = accountKey(owner) === accountKey(own.name) ? own : store.mail(owner);
  return mail === undefined ? undefined : { mail, name: rest.join(HIERARCHY_SEPARATOR) };
}

export function findMailbox(store: MailStore, own: AccountMail, name: string): Found | undefined {
  const place = placeOf(store, own, name);
  const mailbox = place?.mail.find(place.name);
  if (place === undefined || mailbox === undefined) return undefined;
  const rights = place.mail === own ? ALL_RIGHTS : rightsOf(mailbox, place.mail.name, own.name);
  return /[lr]/.test(rights) ? { mail: place.mail, mailbox, rights, name } : undefined;
}

/** As this user calls it. */
export function shownName(own: AccountMail, owner: AccountMail, name: string): string {
  return owner === own ? name : `${OTHER_USERS}${owner.name}${HIERARCHY_SEPARATOR}${name}`;
}

/** Limit: accounts looked through for shared mailboxes; a house with more lists only those of the first. */
const SHARERS_MAX = 1_000;

/** Every mailbox this user may see: own ones first, then what others share. */
export function visibleMailboxes(store: MailStore, own: AccountMail, others: boolean): Found[] {
  const found: Found[] = own
    .mailboxes()
    .map((mailbox) => ({ mail: own, mailbox, rights: ALL_RIGHTS, name: mailbox.name }));
  if (!others) return found;
  for (const { name: owner } of store.accounts().slice(0, SHARERS_MAX)) {
    if (accountKey(owner) === accountKey(own.name)) continue;
    const mail = store.mail(owner);
    for (const mailbox of mail?.mailboxes() ?? []) {
      if (mail === undefined || mailbox.acl.size === 0) continue;
      const rights = rightsOf(mailbox, owner, own.name);
      if (rights.includes("l"))
        found.push({ mail, mailbox, rights, name: shownName(own, mail, mailbox.name) });
    }
  }
  return found;
}
