/**
 * People one has written to, picked up when a letter is sent: kept with the account, bounded, the ones long not written to
 * go first. Before the first they are read out of Sent.
 */
import { foldText } from "../../../message/fold-text.ts";
import { readEnvelope } from "../../../message/digest/read-envelope.ts";
import type { AccountMail } from "../../../store/account-mail.ts";
import { byRole } from "./mailboxes.ts";
import { addressViews } from "./message-rows.ts";
import { ENTRY_BYTES_MAX, readEntry, writeEntry } from "./metadata-json.ts";
import type { AddressView, ContactView } from "./views.ts";

/** Limit: people remembered; some 60 octets each. */
const CONTACTS_MAX = 800;
const NAME_CHARACTERS_MAX = 100;
/** Limit: letters in Sent that are read for the first list. */
const SENT_READ_MAX = 1_000;
const DAY_MS = 86_400_000;

/** address, name, times, last time in seconds. */
type Packed = readonly [string, string, number, number];

/** As kept, or picked up from Sent when nothing is kept yet. */
export async function readContacts(mail: AccountMail): Promise<ContactView[]> {
  const stored = readEntry(mail, "contacts");
  if (!Array.isArray(stored)) return contactsInSent(mail);
  return stored.filter(isPacked).map(([address, name, times, seconds]) => {
    return { address, name, times, lastAt: seconds * 1_000 };
  });
}

export async function rememberContacts(
  mail: AccountMail,
  people: readonly AddressView[],
  at: number,
): Promise<void> {
  const contacts = new Map((await readContacts(mail)).map((one) => [one.address.toLowerCase(), one]));
  for (const person of people) meet(contacts, person, at);
  await keep(mail, [...contacts.values()]);
}

/** False when there was none of that address. */
export async function forgetContact(mail: AccountMail, address: string): Promise<boolean> {
  const contacts = await readContacts(mail);
  const left = contacts.filter((one) => one.address.toLowerCase() !== address.toLowerCase());
  if (left.length === contacts.length) return false;
  await keep(mail, left);
  return true;
}

/** Those whose name or address has a word that begins so; often and lately written to first. */
export async function findContacts(
  mail: AccountMail,
  text: string,
  now: number,
  limit: number,
): Promise<ContactView[]> {
  const wanted = plain(text.trim());
  const matches = ({ name, address }: ContactView): boolean =>
    beginsAWord(plain(`${name} ${address}`), wanted);
  return (await readContacts(mail))
    .filter(matches)
    .sort((a, b) => weight(b, now) - weight(a, now) || (a.address < b.address ? -1 : 1))
    .slice(0, limit);
}

/** Letters without their marks too: `ohm` finds Öhm. */
function plain(text: string): string {
  return foldText(text).replaceAll(/\p{M}/gu, "");
}

function beginsAWord(words: string, wanted: string): boolean {
  for (let at = words.indexOf(wanted); at >= 0; at = words.indexOf(wanted, at + 1))
    if (at === 0 || wanted === "" || /[\s@.\-_"'(]/.test(words.charAt(at - 1))) return true;
  return false;
}

/** A month halves what a letter counts. */
function weight({ times, lastAt }: ContactView, now: number): number {
  return times * 2 ** (-Math.max(0, now - lastAt) / (30 * DAY_MS));
}

function meet(contacts: Map<string, ContactView>, { name, address }: AddressView, at: number): void {
  const key = address.toLowerCase();
  const known = contacts.get(key);
  contacts.delete(key);
  contacts.set(key, {
    address,
    name: (name === "" ? (known?.name ?? "") : name).slice(0, NAME_CHARACTERS_MAX),
    times: (known?.times ?? 0) + 1,
    lastAt: Math.max(at, known?.lastAt ?? 0),
  });
}

async function keep(mail: AccountMail, contacts: readonly ContactView[]): Promise<void> {
  const newest = [...contacts].sort((a, b) => b.lastAt - a.lastAt).slice(0, CONTACTS_MAX);
  const packed = newest.map(({ address, name, times, lastAt }): Packed => [
    address,
    name,
    times,
    Math.floor(lastAt / 1_000),
  ]);
  let bytes = 2;
  const fits = packed.filter(
    (one) => (bytes += Buffer.byteLength(JSON.stringify(one)) + 1) < ENTRY_BYTES_MAX,
  );
  await writeEntry(mail, "contacts", fits);
}

async function contactsInSent(mail: AccountMail): Promise<ContactView[]> {
  const sent = byRole(mail, "sent");
  const table = sent === undefined ? undefined : await mail.open(sent.id);
  if (sent === undefined || table === undefined) return [];
  const contacts = new Map<string, ContactView>();
  try {
    for (let row = Math.max(0, table.length - SENT_READ_MAX); row < table.length; row++) {
      const digest = mail.digest(table.emailIds[row] as number);
      if (digest === undefined) continue;
      const { to, cc } = readEnvelope(digest.envelope);
      for (const person of addressViews([...to, ...cc]))
        meet(contacts, person, table.receivedAts[row] as number);
    }
  } finally {
    mail.close(sent.id);
  }
  return [...contacts.values()].sort((a, b) => b.lastAt - a.lastAt).slice(0, CONTACTS_MAX);
}

function isPacked(value: unknown): value is Packed {
  if (!Array.isArray(value)) return false;
  const [address, name, times, at] = value as readonly unknown[];
  return (
    typeof address === "string" &&
    typeof name === "string" &&
    typeof times === "number" &&
    typeof at === "number"
  );
}
