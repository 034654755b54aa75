/** Annotations as clients see them (RFC 5464): those of a mailbox's owner, of which others see the shared ones. */
import type { Found } from "./mailbox-names.ts";
import type { ImapSession } from "./session.ts";

/** Undefined: the account's own, which belong to no mailbox (the "server" of RFC 5464 §3.1). */
export function entriesOf(session: ImapSession, found: Found | undefined): ReadonlyMap<string, Uint8Array> {
  if (found === undefined) return session.own.metadata(undefined);
  const entries = found.mail.metadata(found.mailbox.id);
  if (found.mail === session.own) return entries;
  return new Map([...entries].filter(([entry]) => entry.startsWith("/shared/")));
}

/** `* METADATA name (entry value …)`; NIL for what is not there. */
export function writeEntries(session: ImapSession, found: Found, names: readonly string[]): void {
  const entries = entriesOf(session, found);
  writeValues(
    session,
    found.name,
    names.map((name) => [name, entries.get(name.toLowerCase())]),
  );
}

export function writeValues(
  { output: { writer } }: ImapSession,
  mailbox: string,
  values: readonly (readonly [entry: string, value: Uint8Array | undefined])[],
): void {
  if (values.length === 0) return;
  writer.raw("* METADATA ").mailbox(mailbox).raw(" (");
  values.forEach(([entry, value], index) => {
    if (index > 0) writer.raw(" ");
    writer.astring(entry).raw(" ");
    if (value === undefined) writer.raw("NIL");
    else if (value.includes(0)) writer.raw("~").literal(value);
    else writer.body(value);
  });
  writer.raw(")\r\n");
}
