/** Small values of webmail's own, kept with the account (RFC 5464 entries that only it can see), as JSON. */
import { utf8 } from "../../../base/bytes.ts";
import type { AccountMail } from "../../../store/account-mail.ts";
import { done } from "./refusals.ts";

export type Entry = "settings" | "contacts" | "outbox";

/** Limit: of a value, as the store has it. */
export const ENTRY_BYTES_MAX = 65_536;

/** Undefined when there is none, or none that can be read. */
export function readEntry(mail: AccountMail, entry: Entry): unknown {
  const bytes = mail.metadata(undefined).get(nameOf(entry));
  if (bytes === undefined) return undefined;
  try {
    return JSON.parse(utf8(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

/** Undefined takes it away. */
export async function writeEntry(mail: AccountMail, entry: Entry, value: unknown): Promise<void> {
  const bytes = value === undefined ? undefined : Buffer.from(JSON.stringify(value));
  done(await mail.setMetadata(undefined, new Map([[nameOf(entry), bytes]])));
}

function nameOf(entry: Entry): string {
  return `/private/vendor/posthorn/webmail/${entry}`;
}
