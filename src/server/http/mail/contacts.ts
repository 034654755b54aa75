/**
 * People one has written to, picked up from the letters in Sent, whatever program sent them: kept with the account,
 * bounded, the ones long not written to go first. Who was forgotten stays so until written to again.
 */
import { z } from "zod";
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
/** Limit: letters in Sent that are read at once, the newest; and people of one of them. */
const SENT_READ_MAX = 1_000;
const PEOPLE_A_LETTER_MAX = 100;
/** Of the entry, around the people. */
const HEAD_BYTES = 100;
const DAY_MS = 86_400_000;

/** address, name, times, last time in seconds. */
type Packed = readonly [string, string, number, number];

const storedSchema = z.object({
  mailbox: z.number(),
  upTo: z.number(),
  people: z.array(z.tuple([z.string(), z.string(), z.number(), z.number()])),
});

type Known = {
  readonly contacts: readonly ContactView[];
  /** Up to which letter of Sent it was read, and how many were new. */
  readonly mailbox: number;
  readonly upTo: number;
  readonly fresh: number;
};

/** What is kept, and on top of it what was sent since, by whatever program. */
async function readContacts(mail: AccountMail): Promise<Known> {
  const stored = storedSchema.safeParse(readEntry(mail, "contacts"));
  const kept = stored.success ? stored.data : { mailbox: 0, upTo: 0, people: [] };
  const contacts = new Map(kept.people.map((one) => [one[0].toLowerCase(), unpack(one)]));
  const sent = byRole(mail, "sent");
  const table = sent === undefined ? undefined : await mail.open(sent.id);
  if (sent === undefined || table === undefined)
    return { ...kept, contacts: [...contacts.values()], fresh: 0 };
  try {
    const after = sent.id === kept.mailbox ? kept.upTo : 0;
    const from = Math.max(table.rowFrom(after + 1), table.length - SENT_READ_MAX);
    for (let row = from; row < table.length; row++) {
      const digest = mail.digest(table.emailIds[row] as number);
      if (digest === undefined) continue;
      const { to, cc, bcc } = readEnvelope(digest.envelope);
      for (const person of addressViews([...to, ...cc, ...bcc], PEOPLE_A_LETTER_MAX))
        meet(contacts, person, table.receivedAts[row] as number);
    }
    const upTo = table.length === 0 ? after : (table.uids[table.length - 1] as number);
    return { contacts: [...contacts.values()], mailbox: sent.id, upTo, fresh: table.length - from };
  } finally {
    mail.close(sent.id);
  }
}

/** After a letter was sent: what Sent says now is kept. */
export async function rememberContacts(mail: AccountMail): Promise<void> {
  const known = await readContacts(mail);
  if (known.fresh > 0) await keep(mail, known, known.contacts);
}

/** False when there was none of that address. */
export async function forgetContact(mail: AccountMail, address: string): Promise<boolean> {
  const known = await readContacts(mail);
  const left = known.contacts.filter((one) => one.address.toLowerCase() !== address.toLowerCase());
  if (left.length === known.contacts.length) return false;
  await keep(mail, known, left);
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
  const { contacts } = await readContacts(mail);
  return contacts
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

async function keep(
  mail: AccountMail,
  { mailbox, upTo }: Pick<Known, "mailbox" | "upTo">,
  contacts: readonly ContactView[],
): Promise<void> {
  const newest = [...contacts].sort((a, b) => b.lastAt - a.lastAt).slice(0, CONTACTS_MAX);
  const packed = newest.map(({ address, name, times, lastAt }): Packed => [
    address,
    name,
    times,
    Math.floor(lastAt / 1_000),
  ]);
  let bytes = HEAD_BYTES;
  const people = packed.filter(
    (one) => (bytes += Buffer.byteLength(JSON.stringify(one)) + 1) < ENTRY_BYTES_MAX,
  );
  await writeEntry(mail, "contacts", { mailbox, upTo, people });
}

function unpack([address, name, times, seconds]: Packed): ContactView {
  return { address, name, times, lastAt: seconds * 1_000 };
}
