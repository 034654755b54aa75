/**
 * A message's header with the hop that put each field there. Each server adds on top and names itself and the queue id
 * in its Received field (RFC 5321 §4.4), so that field and what stands above it, up to the next one, is one server's.
 */
import { decodeWords } from "../../message/header/encoded-word.ts";
import { fieldValue, parseHeader, type Header } from "../../message/header/fields.ts";
import type { Hop, Trace } from "../../journal/trace.ts";
import type { AccountMail } from "../../store/account-mail.ts";
import { arrivedFacts, withArrived } from "../kit/arrived.ts";
import type { Lab } from "../lab.ts";
import type { HeaderView } from "./trace-views.ts";

/** Limit: what a person reads of one field. */
const VALUE_CHARACTERS_MAX = 4_000;
/** Limit: more fields than a message has that is not an attack; the rest is cut. */
const FIELDS_MAX = 500;

type Found = { readonly host: string; readonly place: string; readonly bytes: Uint8Array };

/** Undefined when nobody holds the message any more. */
export async function headerOf(lab: Lab, trace: Trace): Promise<HeaderView | undefined> {
  const found = await furthest(lab, trace.hops);
  if (found === undefined) return undefined;
  const { bytes, host, place } = found;
  return { from: { host, place }, fields: fieldsOf(parseHeader(bytes), trace.hops) };
}

/** The message at the last hop that still has it: it carries what all hops before added. */
async function furthest(lab: Lab, hops: readonly Hop[]): Promise<Found | undefined> {
  for (const { host: name, queueId, ends } of hops.toReversed()) {
    const host = lab.hosts.get(name)?.host;
    if (host === undefined) continue;
    for (const end of ends) {
      if (end.kind !== "store") continue;
      const bytes = await host.store.read(end.account, end.mailbox, end.uid);
      if (bytes !== undefined) return { host: name, place: `${end.mailbox} of ${end.account}`, bytes };
      const moved = await movedFrom(host.store.mail(end.account), end.queueId);
      if (moved !== undefined) return { host: name, ...moved };
    }
    const waiting = queueId === undefined ? undefined : await host.queue.read(queueId);
    if (waiting !== undefined) return { host: name, place: "the queue", bytes: waiting };
  }
  return undefined;
}

/** A message that somebody moved since: found by what delivered it. */
async function movedFrom(
  mail: AccountMail | undefined,
  queueId: string,
): Promise<Omit<Found, "host"> | undefined> {
  if (mail === undefined) return undefined;
  return withArrived([mail], (arrived) => {
    const facts = arrived.map(([place]) => arrivedFacts(place)).find((one) => one.queueId === queueId);
    const bytes = facts === undefined ? undefined : mail.content(facts.emailId);
    return facts === undefined || bytes === undefined
      ? undefined
      : { place: `${facts.mailbox} of ${facts.account}`, bytes };
  });
}

function fieldsOf(header: Header, hops: readonly Hop[]): HeaderView["fields"] {
  const fields = header.fields.slice(0, FIELDS_MAX).map((field) => {
    const value = decodeWords(fieldValue(field)).slice(0, VALUE_CHARACTERS_MAX);
    return { name: field.name, value };
  });
  // From the bottom: who wrote a Received field owns what stands above it, up to the next.
  let owner: { readonly hop?: number; readonly host?: string } = {};
  const owned = fields.toReversed().map((field) => {
    if (field.name.toLowerCase() === "received") owner = writerOf(field.value, hops);
    return { ...field, ...(addedBelow(field, hops) ?? owner) };
  });
  return owned.toReversed();
}

function writerOf(received: string, hops: readonly Hop[]): { hop?: number; host?: string } {
  const id = /\bid ([\w.-]+)/i.exec(received)?.[1];
  const hop = id === undefined ? -1 : hops.findIndex(({ queueId }) => queueId === id);
  if (hop >= 0) return { hop, host: hops[hop]?.host ?? "" };
  const by = /\bby ([^\s;]+)/i.exec(received)?.[1];
  return by === undefined ? {} : { host: by };
}

/** A Message-ID made of a hop's queue id: that hop gave it to a message that came without one (RFC 6409 §8.3). */
function addedBelow(
  field: { name: string; value: string },
  hops: readonly Hop[],
): { hop: number; host: string } | undefined {
  if (field.name.toLowerCase() !== "message-id") return undefined;
  const hop = hops.findIndex(
    ({ queueId }) => queueId !== undefined && field.value.trim().startsWith(`<${queueId}@`),
  );
  return hop < 0 ? undefined : { hop, host: hops[hop]?.host ?? "" };
}
