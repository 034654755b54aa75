/** What became of each recipient: followed from the first host to the last one that knows. Pure. */
import { peerExchange } from "./connections.ts";
import type { EventOf } from "./events.ts";
import type { MailIndex, MessageRecord } from "./messages.ts";
import type { RecipientResult } from "./journey.ts";

/** Limit: a message that loops is followed no further than any server's own hop limit would let it. */
const HOPS_MAX = 100;

/** A message at one host, as far as its results go: the full derivation and the index both have one. */
export type ResultSource = {
  readonly host: string;
  readonly recipients: readonly string[];
  /** The latest outcome of each recipient. */
  readonly outcomes: ReadonlyMap<
    string,
    Pick<EventOf<"outcome">, "result" | "status" | "reply" | "nextAttemptAt">
  >;
  /** All names it came under: an alias at this host may have given a recipient another one. */
  names(): readonly string[];
  children(): readonly ResultSource[];
};

export function recipientResults(index: MailIndex, message: MessageRecord): RecipientResult[] {
  return resultsOf(recordSource(index, message));
}

export function resultsOf(message: ResultSource, depth = 0): RecipientResult[] {
  const { host, outcomes } = message;
  const recipients = new Set([...message.recipients, ...outcomes.keys()]);
  const children = depth < HOPS_MAX ? message.children() : [];
  const results: RecipientResult[] = [];
  for (const recipient of recipients) {
    const outcome = outcomes.get(recipient);
    const next = outcome?.result === "relayed" ? children.filter((child) => carries(child, recipient)) : [];
    const onward = next.flatMap((child) => resultsOf(child, depth + 1));
    const same = onward.filter((result) => sameAddress(result.recipient, recipient));
    if (same.length > 0) results.push(same.at(-1) as RecipientResult);
    else if (onward.length > 0)
      results.push(...onward.filter((result) => !isAmong(result.recipient, recipients)));
    else results.push(resultOf(host, recipient, outcome));
  }
  return results;
}

function recordSource(index: MailIndex, message: MessageRecord): ResultSource {
  const { host, received, arrival } = message;
  const outcomes = new Map<string, EventOf<"outcome">>();
  for (const event of message.events) if (event.kind === "outcome") outcomes.set(event.recipient, event);
  return {
    host,
    recipients: received.recipients,
    outcomes,
    names: () => {
      const said =
        arrival === undefined ? [] : [arrival, peerExchange(arrival)].flatMap((end) => end?.recipients ?? []);
      return [...received.recipients, ...said];
    },
    children: () => (index.children.get(message.queueId) ?? []).map((child) => recordSource(index, child)),
  };
}

function carries(child: ResultSource, recipient: string): boolean {
  return child.names().some((name) => sameAddress(name, recipient));
}

function resultOf(
  host: string,
  recipient: string,
  outcome: Pick<EventOf<"outcome">, "result" | "status" | "reply" | "nextAttemptAt"> | undefined,
): RecipientResult {
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
