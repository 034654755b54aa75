/**
 * What the index of journeys remembers of one message at one host. Its links to the message before and to those after
 * are what makes hops a journey. Pure.
 */
import type { EventOf } from "../events.ts";
import type { ResultSource } from "../results.ts";
import { peerOf, type LightExchange } from "./light-connection.ts";

export type LightAttempt = {
  readonly id: number;
  readonly number: number;
  /** An outcome of it handed the message on. */
  handedOn: boolean;
  readonly exchanges: LightExchange[];
};

export type LightOutcome = Pick<EventOf<"outcome">, "result" | "status" | "reply" | "nextAttemptAt">;

export type LightMessage = {
  readonly queueId: string;
  readonly host: string;
  readonly receivedId: number;
  readonly at: number;
  readonly reversePath: string;
  readonly recipients: readonly string[];
  readonly sizeBytes: number;
  readonly messageId: string | undefined;
  readonly subject: string | undefined;
  readonly arrival: LightExchange | undefined;
  readonly outcomes: Map<string, LightOutcome>;
  readonly attempts: LightAttempt[];
  readonly dsn: string[];
  /** Queue ids of reports about it, and of what it is a report about. */
  readonly reports: string[];
  readonly originals: string[];
  lastAt: number;
  lastId: number;
  parent: LightMessage | undefined;
  readonly children: LightMessage[];
};

export function receiveLight(
  event: EventOf<"message.received">,
  arrival: LightExchange | undefined,
): LightMessage {
  const { queueId, host, reversePath, recipients, sizeBytes, messageId, subject, at, id } = event;
  const envelope = { queueId, host, reversePath, recipients, sizeBytes, messageId, subject, at, arrival };
  const lists = { outcomes: new Map(), attempts: [], dsn: [], reports: [], originals: [], children: [] };
  return { ...envelope, ...lists, receivedId: id, lastAt: at, lastId: id, parent: undefined };
}

export function lightRoot(message: LightMessage): LightMessage {
  if (message.parent === undefined) return message; // as nearly always: asked for every event
  const seen = new Set([message]);
  let root = message;
  while (root.parent !== undefined) {
    if (seen.has(root.parent)) return root; // a loop is still a journey
    root = root.parent;
    seen.add(root);
  }
  return root;
}

/** The hops in the order of travel, depth first. */
export function lightTravel(root: LightMessage): LightMessage[] {
  if (root.children.length === 0) return [root];
  const order = new Set<LightMessage>();
  const stack = [root];
  for (let message = stack.pop(); message !== undefined; message = stack.pop()) {
    if (order.has(message)) continue;
    order.add(message);
    stack.push(...message.children.toReversed());
  }
  return [...order];
}

/** Where it came from, as far as is known by now: over the same connection, else under the same Message-ID. */
export function lightParent(
  message: LightMessage,
  sameMessageId: readonly LightMessage[],
): LightMessage | undefined {
  const { arrival, receivedId } = message;
  if (arrival === undefined) return undefined;
  const sender = peerOf(arrival)?.sender;
  if (sender !== undefined) return sender;
  return sameMessageId.findLast((one) => one.receivedId < receivedId && wentToStranger(one, receivedId));
}

/** Before this event it was tried, and handed on, over a connection whose other end does not write into this journal. */
function wentToStranger({ attempts }: LightMessage, beforeId: number): boolean {
  return attempts.some(
    ({ id, handedOn, exchanges }) =>
      id < beforeId && handedOn && exchanges.some((exchange) => exchange.connection.peer === undefined),
  );
}

export function lightSource(message: LightMessage): ResultSource {
  const { arrival, recipients, host, outcomes } = message;
  return {
    host,
    recipients,
    outcomes,
    names: () => {
      const said =
        arrival === undefined ? [] : [arrival, peerOf(arrival)].flatMap((end) => end?.recipients ?? []);
      return [...recipients, ...said];
    },
    children: () => message.children.map(lightSource),
  };
}
