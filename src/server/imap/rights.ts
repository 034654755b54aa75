/**
 * Who may do what with a mailbox (RFC 4314): the owner everything, others what the mailbox's list gives them. Pure.
 */
import { accountKey } from "../../store/create-mail-store.ts";
import { type AccountMail, HIERARCHY_SEPARATOR, type Mailbox } from "../../store/account-mail.ts";

/** Every right there is, in the order they are written (RFC 4314 §2.1). */
export const ALL_RIGHTS = "lrswipkxtea";
/** Obsolete rights stand for these (RFC 4314 §2.1.1). */
const OBSOLETE: Readonly<Record<string, string>> = { c: "kx", d: "xte" };

export const ANYONE = "anyone";

/** Those of `who`, or all for the owner: what identifiers grant together, without what negative ones take. */
export function rightsOf(mailbox: Pick<Mailbox, "acl">, owner: string, who: string): string {
  if (accountKey(owner) === accountKey(who)) return ALL_RIGHTS;
  const granted = new Set<string>();
  const taken = new Set<string>();
  for (const [identifier, rights] of mailbox.acl) {
    const isNegative = identifier.startsWith("-");
    const name = isNegative ? identifier.slice(1) : identifier;
    if (name !== ANYONE && accountKey(name) !== accountKey(who)) continue;
    for (const right of rights) (isNegative ? taken : granted).add(right);
  }
  return orderedRights([...granted].filter((right) => !taken.has(right)).join(""));
}

/** The rights as we keep them, or undefined when one of them is none. */
export function readRights(text: string): string | undefined {
  const spelled = [...text].map((right) => OBSOLETE[right] ?? right).join("");
  return /^[lrswipkxtea]*$/.test(spelled) ? orderedRights(spelled) : undefined;
}

/** With the obsolete ones added, for clients that know only those (RFC 4314 §2.1.1). */
export function shownRights(rights: string): string {
  const c = /[kx]/.test(rights) ? "c" : "";
  const d = /[te]/.test(rights) ? "d" : "";
  return orderedRights(rights) + c + d;
}

function orderedRights(rights: string): string {
  return [...ALL_RIGHTS].filter((right) => rights.includes(right)).join("");
}

/** Whether `who` may make a mailbox there: the right `k` on what it would stand below (RFC 4314 §4). */
export function mayCreate({ mail, name }: { mail: AccountMail; name: string }, who: AccountMail): boolean {
  if (mail === who) return true;
  const parent = mail.find(name.slice(0, Math.max(0, name.lastIndexOf(HIERARCHY_SEPARATOR))));
  return parent !== undefined && rightsOf(parent, mail.name, who.name).includes("k");
}

/** The right that a flag needs (RFC 4314 §4): `s` for \Seen, `t` for \Deleted, `w` for all others. */
export function mayStore(rights: string, flag: string): boolean {
  const lower = flag.toLowerCase();
  return rights.includes(lower === "\\seen" ? "s" : lower === "\\deleted" ? "t" : "w");
}
