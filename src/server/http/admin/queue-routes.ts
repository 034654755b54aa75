/** The queue of a host: what waits and why, and what a person may do about it. */
import { z } from "zod";
import type { QueueView } from "../../../mta/queue/entry.ts";
import { ApiError } from "../api-error.ts";
import { hostParams, hostRoute } from "./admin-place.ts";

/** Limit: of messages in one answer; the earliest due first. */
const LISTED_MAX = 1_000;

const recipientSchema = z.object({
  address: z.string(),
  state: z.string().describe("waiting, active, held, or an end."),
  attempts: z.number(),
  nextAt: z.number().optional(),
  lastTo: z.string().optional(),
  lastReply: z.string().optional(),
});

export const queuedMessageSchema = z.object({
  id: z.string(),
  from: z.string().describe("The reverse path; empty for a report."),
  recipients: z.array(recipientSchema),
  sizeBytes: z.number(),
  receivedAt: z.number(),
  nextDueAt: z.number().optional(),
  expiresAt: z.number(),
});
export type QueuedMessage = z.infer<typeof queuedMessageSchema>;

export const queueSchema = z.object({
  now: z.number().describe("The host's time."),
  total: z.number(),
  messages: z.array(queuedMessageSchema).describe(`The first ${LISTED_MAX}, by when they are due.`),
});
export type QueueAnswer = z.infer<typeof queueSchema>;

const action = z.enum(["retry", "hold", "release", "drop"]);
const DONE: Readonly<Record<z.infer<typeof action>, string>> = {
  retry: "asked for another attempt for",
  hold: "held",
  release: "released",
  drop: "dropped",
};

export const queueRoutes = [
  hostRoute(
    {
      method: "get",
      path: "/hosts/:host/queue",
      summary: "What waits, and why.",
      params: hostParams,
      answer: queueSchema,
    },
    ({ at }): QueueAnswer => {
      const { queue, world } = at.host;
      const due = ({ nextDueAt = Infinity }: QueueView): number => nextDueAt;
      const first = queue
        .list()
        .toSorted((a, b) => due(a) - due(b))
        .slice(0, LISTED_MAX);
      return { now: world.clock.now(), total: queue.depth, messages: first.map(viewOf) };
    },
  ),
  hostRoute(
    {
      method: "post",
      path: "/hosts/:host/queue",
      summary: "Tries again now, holds, releases or drops messages.",
      notes: "A dropped message is gone, and nobody is told.",
      params: hostParams,
      body: z.strictObject({
        action,
        ids: z.union([z.array(z.string()).min(1).max(LISTED_MAX), z.literal("all")]),
      }),
      answer: z.object({ changed: z.number().describe("How many messages.") }),
      example: { path: "/hosts/presto/queue", body: { action: "retry", ids: "all" } },
    },
    async ({ at: { host }, audit }, { body: { action: what, ids } }) => {
      const { queue } = host;
      const asked = ids === "all" ? queue.list().map(({ id }) => id) : ids;
      let changed = 0;
      for (const id of asked) {
        if (what === "retry") changed += queue.retry(id);
        else if (await queue[what](id)) changed++;
      }
      if (changed === 0 && ids !== "all")
        throw new ApiError(404, `the queue of ${host.name} holds ${asked.join(", ")} no more`);
      const which = changed === 1 ? `the message ${asked[0] ?? ""}` : `${changed} messages`;
      if (changed > 0) audit(`${DONE[what]} ${which} in the queue`);
      return { changed };
    },
  ),
];

function viewOf({
  id,
  envelope,
  sizeBytes,
  receivedAt,
  nextDueAt,
  expiresAt,
  recipients,
}: QueueView): QueuedMessage {
  return {
    id,
    from: envelope.reversePath,
    recipients: recipients.map(({ recipient, state, attemptCount, attempts, until }) => {
      const last = attempts.at(-1);
      return {
        address: recipient.address,
        state,
        attempts: attemptCount,
        nextAt: state === "waiting" ? until : undefined,
        lastTo: last?.to,
        lastReply: last?.reply,
      };
    }),
    sizeBytes,
    receivedAt,
    nextDueAt,
    expiresAt,
  };
}
