/** What became of each recipient: followed from the first host to the last one that knows. Pure. */
import { peerExchange } from "./connections.ts";
import type { EventOf } from "./events.ts";
import type { MailIndex, MessageRecord } from "./messages.ts";
import type { RecipientResult } from "./journey.ts";

/** Limit: a message that loops is followed no further than any server's own hop limit would let it. */
const HOPS_MAX = 100;

export function recipientResults(index: MailIndex, message: MessageRecord, depth = 0): RecipientResult[] {
  const latest = new Map<string, EventOf<"outcome">>();
  for (const event of message.events) if (event.kind === "outcome") latest.set(event.recipient, event);
  const recipients = new Set([...message.received.recipients, ...latest.keys()]);
  const children = depth < HOPS_MAX ? (index.children.get(message.queueId) ?? []) : [];
  const results: RecipientResult[] = [];
  for (const recipient of recipients) {
    const outcome = latest.get(recipient);
    const next = outcome?.result === "relayed" ? children.filter((child) => carries(child, recipient)) : [];
    const onward = next.flatMap((child) => recipientResults(index, child, depth + 1));
    const same = onward.filter((result) => sameAddress(result.recipient, recipient));
    if (same.length > 0) results.push(same.at(-1) as RecipientResult);
    else if (onward.length > 0)
      results.push(...onward.filter((result) => !isAmong(result.recipient, recipients)));
    else results.push(resultOf(message.host, recipient, outcome));
  }
  return results;
}

/** An alias at the next host may have given the recipient another name: then the RCPT line still knows it. */
function carries(child: MessageRecord, recipient: string): boolean {
  const { arrival, received } = child;
  const said =
    arrival === undefined ? [] : [arrival, peerExchange(arrival)].flatMap((end) => end?.recipients ?? []);
  return [...received.recipients, ...said].some((name) => sameAddress(name, recipient));
}

function resultOf(host: string, recipient: string, outcome: EventOf<"outcome"> | undefined): RecipientResult {
  const { result = "queued", status, reply, nextAttemptAt } = outcome ?? {};
  // Released is not an end: it waits for its next attempt.
  const word = result === "released" ? "queued" : result;
  return { recipient, result: word, status, reply, host, nextAttemptAt };
}

function isAmong(address: string, addresses: ReadonlySet<string>): boolean {
  for (const other of addresses) if (sameAddress(address, other)) return true;
  return false;
}

function sameAddress(a: string, b: string): boolean {
  return a === b || a.toLowerCase() === b.toLowerCase();
}
