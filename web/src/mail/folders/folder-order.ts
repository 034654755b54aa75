/** The order in which mailboxes stand: those with a role first, in the order of a day's work, then one's own. Pure. */

type Ordered = { readonly name: string; readonly role: string | null };

const ROLES = ["inbox", "drafts", "sent", "archive", "junk", "trash"];

function rankOf({ role }: Ordered): number {
  const at = role === null ? -1 : ROLES.indexOf(role);
  return at < 0 ? ROLES.length : at;
}

/** What lies below a mailbox follows it. */
export function inOrder<T extends Ordered>(mailboxes: readonly T[]): readonly T[] {
  const roots = new Map(mailboxes.map((one) => [one.name, one]));
  const rootOf = (one: T): T => roots.get(one.name.split("/", 1)[0] ?? "") ?? one;
  return mailboxes.toSorted(
    (a, b) => rankOf(rootOf(a)) - rankOf(rootOf(b)) || compareLevels(a.name.split("/"), b.name.split("/")),
  );
}

function compareLevels(a: readonly string[], b: readonly string[]): number {
  for (const [index, level] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = level.localeCompare(other, "en");
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
