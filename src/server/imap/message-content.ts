/** The bytes of a message that APPEND or REPLACE brings, put together from its parts (RFC 9051 §6.3.12, RFC 4469). */
import { concatBytes } from "../../base/bytes.ts";
import type { AppendMessage, AppendPart } from "../../protocol/imap/command.ts";
import { parseImapUrl } from "../../protocol/imap/imap-url.ts";
import type { AppendItem } from "../../store/account-mail.ts";
import { type Completion, no } from "./completion.ts";
import { findMailbox } from "./mailbox-names.ts";
import { partOf, SectionedMessage } from "./message-section.ts";
import { mayStore } from "./rights.ts";
import type { ImapSession } from "./session.ts";

/** `rights`: those on the mailbox it goes to; flags that need others are left out (RFC 4314 §4). */
export async function appendItem(
  session: ImapSession,
  message: AppendMessage,
  rights: string,
): Promise<AppendItem | Completion> {
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for (const part of message.parts) {
    const piece = await bytesOf(session, part);
    if (!(piece instanceof Uint8Array)) return piece;
    sizeBytes += piece.length;
    if (sizeBytes > session.context.limits.appendBytesMax)
      return no(`a message has at most ${session.context.limits.appendBytesMax} octets`, "TOOBIG");
    pieces.push(piece);
  }
  if (sizeBytes === 0) return no("a message has at least one octet", "CANNOT");
  const flags = message.flags.filter((flag) => mayStore(rights, flag));
  return { content: concatBytes(pieces), flags, receivedAt: message.receivedAt };
}

async function bytesOf(session: ImapSession, part: AppendPart): Promise<Uint8Array | Completion> {
  if (part.kind === "bytes") return part.bytes;
  return (
    (await resolveUrl(session, part.url)) ?? no("that URL leads to nothing", `BADURL ${quoted(part.url)}`)
  );
}

/** Only URLs of mailboxes this user can read: there is no URLAUTH. */
async function resolveUrl(session: ImapSession, text: string): Promise<Uint8Array | undefined> {
  const url = parseImapUrl(text);
  if (url === undefined) return undefined;
  const found = findMailbox(session.context.store, session.own, url.mailbox);
  if (found === undefined || !found.rights.includes("r")) return undefined;
  if (url.uidValidity !== undefined && url.uidValidity !== found.mailbox.uidValidity) return undefined;
  const table = await found.mail.open(found.mailbox.id);
  if (table === undefined) return undefined;
  const row = table.rowOf(url.uid);
  const content = row < 0 ? undefined : found.mail.content(table.emailIds[row] as number);
  found.mail.close(found.mailbox.id);
  const section = content === undefined ? undefined : new SectionedMessage(content).section(url.section);
  return section === undefined ? undefined : partOf(section, url.partial);
}

function quoted(text: string): string {
  return `"${text.replaceAll(/[^\x20-\x7e]/g, "?").replaceAll(/["\\]/g, "\\$&")}"`;
}
