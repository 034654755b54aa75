/** GETMETADATA and SETMETADATA (RFC 5464). */
import type { ImapSession } from "../session.ts";
import { type Completion, no, NO_SUCH_MAILBOX, NOT_ALLOWED, ok, refused } from "../completion.ts";
import type { Handler } from "../execute.ts";
import { findMailbox, type Found } from "../mailbox-names.ts";
import { entriesOf, writeValues } from "../metadata-entries.ts";

/** Limit: annotations of one mailbox. */
const ENTRIES_MAX = 1_000;

export const getMetadata: Handler<"getmetadata"> = (session, command) => {
  const found = target(session, command.mailbox, "r");
  if (found !== undefined && "status" in found) return found;
  const entries = entriesOf(session, found);
  const { depth, sizeBytesMax = Number.POSITIVE_INFINITY } = command;
  const values = new Map<string, Uint8Array | undefined>();
  for (const wanted of command.entries) {
    const key = wanted.toLowerCase();
    if (depth === 0 || entries.has(key)) values.set(wanted, entries.get(key));
    if (depth === 0) continue;
    for (const [entry, value] of entries) if (isBelow(entry, key, depth)) values.set(entry, value);
  }
  let longest = 0;
  const shown = [...values].filter(([, value]) => {
    const { length } = value ?? [];
    if (length <= sizeBytesMax) return true;
    longest = Math.max(longest, length);
    return false;
  });
  writeValues(session, command.mailbox, shown);
  return ok("GETMETADATA completed", longest > 0 ? `METADATA LONGENTRIES ${longest}` : undefined);
};

export const setMetadata: Handler<"setmetadata"> = async (session, { mailbox, entries }) => {
  const found = target(session, mailbox, "w");
  if (found !== undefined && "status" in found) return found;
  const isOwner = found === undefined || found.mail === session.own;
  for (const { entry } of entries) {
    const isPrivate = entry.startsWith("/private/");
    if (!isPrivate && !entry.startsWith("/shared/"))
      return no("entries begin with /private/ or /shared/", "CANNOT");
    // What the whole server shares is the administrator's; what is private is the owner's.
    if (isPrivate ? !isOwner : found === undefined) return NOT_ALLOWED;
  }
  const mail = found?.mail ?? session.own;
  const before = mail.metadata(found?.mailbox.id);
  const added = entries.filter(({ entry, value }) => value !== undefined && !before.has(entry)).length;
  if (before.size + added > ENTRIES_MAX) return no("there are too many entries", "METADATA TOOMANY");
  const changes = new Map(entries.map(({ entry, value }) => [entry, value] as const));
  const done = await mail.setMetadata(found?.mailbox.id, changes);
  return done.kind === "done" ? ok("SETMETADATA completed") : refused(done);
};

/** The mailbox, or undefined for the account itself. */
function target(session: ImapSession, name: string, right: string): Found | Completion | undefined {
  if (name === "") return undefined;
  const found = findMailbox(session.context.store, session.own, name);
  if (found === undefined) return NO_SUCH_MAILBOX;
  return found.rights.includes(right) ? found : NOT_ALLOWED;
}

function isBelow(entry: string, parent: string, depth: 1 | "infinity"): boolean {
  if (!entry.startsWith(`${parent}/`)) return false;
  return depth === "infinity" || !entry.slice(parent.length + 1).includes("/");
}
