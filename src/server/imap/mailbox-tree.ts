/** The names a client can see as a tree: mailboxes, and names that are only above some, or only subscribed to. */
import { HIERARCHY_SEPARATOR } from "../../store/account-mail.ts";
import { type Found, visibleMailboxes } from "./mailbox-names.ts";
import type { ImapSession } from "./session.ts";

export type MailboxNode = {
  readonly name: string;
  /** Undefined when there is no mailbox of that name. */
  found: Found | undefined;
  subscribed: boolean;
  hasChildren: boolean;
  /** A name below it is subscribed to. */
  subscribedBelow: boolean;
};

/** Sorted by name, INBOX first, what others share last. With `subscriptions` also names that do not exist. */
export function nodesOf(session: ImapSession, options: { readonly subscriptions: boolean }): MailboxNode[] {
  const nodes = new Map<string, MailboxNode>();
  const at = (name: string): MailboxNode => {
    let node = nodes.get(name);
    if (node === undefined) {
      node = { name, found: undefined, subscribed: false, hasChildren: false, subscribedBelow: false };
      nodes.set(name, node);
    }
    return node;
  };
  const subscribed = new Set(session.own.subscriptions());
  for (const found of visibleMailboxes(session.context.store, session.own, true)) {
    for (const parent of parentsOf(found.name)) at(parent).hasChildren = true;
    at(found.name).found = found;
  }
  for (const name of subscribed) {
    if (!options.subscriptions && !nodes.has(name)) continue;
    at(name).subscribed = true;
    for (const parent of parentsOf(name)) at(parent).subscribedBelow = true;
  }
  return [...nodes.values()].sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
}

function rank({ name, found }: MailboxNode): number {
  if (name === "INBOX") return 0;
  return found !== undefined && found.name !== found.mailbox.name ? 2 : 1;
}

function parentsOf(name: string): string[] {
  const parents: string[] = [];
  for (let at = name.indexOf(HIERARCHY_SEPARATOR); at > 0; at = name.indexOf(HIERARCHY_SEPARATOR, at + 1))
    parents.push(name.slice(0, at));
  return parents;
}

/** `*` is anything, `%` anything without a separator. Runs in time linear in the name for each wildcard, whatever the pattern. */
export function matcherOf(patterns: readonly string[]): (name: string) => boolean {
  const canonical = patterns.map((pattern) =>
    pattern.replace(/^inbox(?=\/|$)/i, "INBOX").replaceAll(/\*[*%]*|%+/g, shortest),
  );
  return (name) => canonical.some((pattern) => matches(pattern, name));
}

function shortest(run: string): string {
  return run.includes("*") ? "*" : "%";
}

function matches(pattern: string, name: string): boolean {
  // The set of places of the pattern that the name read so far may have led to.
  let places = close(pattern, new Set([0]));
  for (const character of name) {
    const next = new Set<number>();
    for (const place of places) {
      const wanted = pattern[place];
      if (wanted === "*" || (wanted === "%" && character !== HIERARCHY_SEPARATOR)) next.add(place);
      else if (wanted !== undefined && pattern.startsWith(character, place))
        next.add(place + character.length);
    }
    places = close(pattern, next);
    if (places.size === 0) return false;
  }
  return places.has(pattern.length);
}

/** A wildcard may stand for nothing. */
function close(pattern: string, places: Set<number>): Set<number> {
  for (const place of places) if (pattern[place] === "*" || pattern[place] === "%") places.add(place + 1);
  return places;
}
