/** Addresses of Mail's pages: which list is shown, which message beside it. Pure; names of mailboxes may be anything. */

/** Segments that are pages of their own: a mailbox of such a name goes by its number. */
const TAKEN = new Set(["search", "compose", "contacts", "settings", "all"]);

export type Named = { readonly id: number; readonly name: string };

/** The segment that names a mailbox. */
export function mailboxSegment({ id, name }: Named): string {
  return TAKEN.has(name) || name.startsWith("~") ? `~${id}` : name;
}

/** The mailbox a segment names. INBOX goes in any case (RFC 9051 §5.1). */
export function mailboxOfSegment<T extends Named>(mailboxes: readonly T[], segment: string): T | undefined {
  if (/^~\d+$/.test(segment)) return mailboxes.find(({ id }) => `~${id}` === segment);
  const name = segment.toUpperCase() === "INBOX" ? "INBOX" : segment;
  return mailboxes.find((one) => one.name === name);
}

/** The last level of a name, and INBOX as people call it. */
export function shortName(name: string): string {
  return name === "INBOX" ? "Inbox" : name.slice(name.lastIndexOf("/") + 1);
}

/** How deep a mailbox stands, from 0. */
export function depthOf(name: string): number {
  return name.split("/").length - 1;
}

export type ListAddress =
  | { readonly kind: "mailbox"; readonly segment: string }
  | { readonly kind: "search"; readonly q: string };

/** The address of a list, or of a message beside it; `keep` are query keys that stay, such as the open letter. */
export function addressOf(
  list: ListAddress,
  id?: string,
  keep: Readonly<Record<string, string | undefined>> = {},
): string {
  const query = new URLSearchParams();
  if (list.kind === "search" && list.q !== "") query.set("q", list.q);
  for (const [key, value] of Object.entries(keep)) if (value !== undefined) query.set(key, value);
  const segments = list.kind === "search" ? ["search"] : [list.segment];
  if (id !== undefined) segments.push(id);
  const text = query.toString();
  return `/mail/${segments.map(encodeURIComponent).join("/")}${text === "" ? "" : `?${text}`}`;
}
