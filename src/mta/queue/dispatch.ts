/**
 * One attempt: routes each recipient that is due, puts those with one target together, and hands each group to
 * delivery when its destination has room. Delivery never rejects; should it, that is a bug of ours and defers.
 */
import type { Recorder } from "../../journal/journal.ts";
import type { Deliver, Outcome } from "../delivery/delivery.ts";
import type { Route, Router, RouteTarget } from "../routing/route.ts";
import type { Destinations } from "./destinations.ts";
import type { QueueEntry, RecipientPart } from "./entry.ts";
import type { Spool } from "./spool.ts";

export type Dispatch = {
  readonly recorder: Recorder;
  readonly spool: Spool;
  readonly router: Router;
  readonly deliver: Deliver;
  readonly destinations: Destinations;
};

export type Group = { readonly target: RouteTarget; readonly parts: RecipientPart[]; readonly route: Route };

/** Groups in the order of their first recipient. */
export async function routeParts(
  dispatch: Dispatch,
  entry: QueueEntry,
  parts: readonly RecipientPart[],
): Promise<readonly Group[]> {
  const { recorder, router } = dispatch;
  const context = {
    reversePath: entry.envelope.reversePath,
    client: entry.client,
    trace: entry.id,
    cause: entry.cause,
  };
  const routes = await Promise.all(parts.map(({ recipient }) => router(recipient.address, context)));
  const groups = new Map<string, Group>();
  parts.forEach((part, index) => {
    const route = routes[index] as Route;
    const { target, steps, reason } = route;
    const key = targetKey(target);
    const recipient = part.recipient.address;
    const event = { kind: "routing", queueId: entry.id, recipient, decision: key, steps, reason } as const;
    entry.cause = recorder.record(event, entry.id, entry.cause);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { target, parts: [part], route });
    else group.parts.push(part);
  });
  return [...groups.values()];
}

/** Equal for targets that one transaction can serve; also what their bound is counted by. */
export function targetKey(target: RouteTarget): string {
  switch (target.kind) {
    case "smtp":
      return target.key;
    case "local":
      return `local:${target.account}/${target.mailbox ?? "INBOX"}`;
    case "drop":
      return `drop:${target.folder}`;
    case "webhook":
      return `webhook:${target.url} ${target.folder ?? ""}`;
    case "fail":
      return `fail:${target.status} ${target.text}`;
    case "defer":
      return `defer:${target.status} ${target.text}`;
  }
}

/** One outcome for each of the group's recipients, in order. */
export async function attemptGroup(
  dispatch: Dispatch,
  entry: QueueEntry,
  group: Group,
): Promise<readonly Outcome[]> {
  const { target, parts, route } = group;
  const recipients = parts.map(({ recipient }) => recipient);
  if (target.kind === "fail" || target.kind === "defer") {
    const result = target.kind === "fail" ? "failed" : "deferred";
    const { status, text } = target;
    const { reason } = route;
    return recipients.map((recipient) => ({ recipient, result, status, reply: text, to: "routing", reason }));
  }
  const key = targetKey(target);
  await dispatch.destinations.enter(key);
  try {
    const attempt = Math.max(...parts.map(({ attemptCount }) => attemptCount)) + 1;
    const { id, envelope, sizeBytes, receivedAt } = entry;
    const addresses = recipients.map(({ address }) => address);
    const event = {
      kind: "attempt",
      queueId: id,
      attempt,
      recipients: addresses,
      to: key,
      connection: undefined,
    } as const;
    const cause = dispatch.recorder.record(event, id, entry.cause);
    const content = (): Promise<Uint8Array> => dispatch.spool.read(id);
    const job = { queueId: id, attempt, cause, envelope, recipients, target, sizeBytes, receivedAt, content };
    return complete(recipients, await dispatch.deliver(job));
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    dispatch.recorder.record(
      { kind: "warning", what: "delivery broke", detail, rfc: undefined },
      entry.id,
      entry.cause,
    );
    return complete(recipients, []);
  } finally {
    dispatch.destinations.leave(key);
  }
}

/** In the recipients' order; one that delivery said nothing of is tried again. */
function complete(
  recipients: readonly Outcome["recipient"][],
  outcomes: readonly Outcome[],
): readonly Outcome[] {
  return recipients.map((recipient) => {
    const outcome = outcomes.find((one) => one.recipient.index === recipient.index);
    if (outcome !== undefined) return outcome;
    const reason = { rule: "delivery gave no answer" };
    return {
      recipient,
      result: "deferred",
      status: "4.3.0",
      reply: "internal error",
      to: "delivery",
      reason,
    };
  });
}
