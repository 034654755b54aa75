/** The queues of all hosts: what waits, and what a person may do about it. */
import { z } from "zod";
import type { Host } from "../../server/host/host.ts";
import { LabError } from "../lab.ts";
import { labRoute } from "./lab-place.ts";
import { queuedViewSchema, queuedViews } from "./views.ts";

const queueSchema = z.strictObject({
  action: z.enum(["retry", "hold", "release", "drop", "flush"]),
  id: z.string().optional().describe("A queue id, its beginning, or all; flush needs none."),
  host: z.string().optional().describe("Only the queue of this host."),
});

export const queueRoutes = [
  labRoute(
    {
      method: "get",
      path: "/queue",
      summary: "What waits in all queues.",
      answer: z.array(queuedViewSchema),
    },
    ({ lab }) => queuedViews(lab),
  ),
  labRoute(
    {
      method: "post",
      path: "/queue",
      summary: "Tries again at once, holds, releases or forgets queued messages.",
      body: queueSchema,
      answer: z.object({ changed: z.number().describe("How many messages.") }),
      example: { path: "/queue", body: { action: "flush" } },
    },
    async ({ lab }, { body: { action, id, host } }) => {
      const hosts = [...lab.hosts.values()].flatMap(({ host: one }) =>
        one === undefined || (host !== undefined && one.name !== host) ? [] : [one],
      );
      return { changed: await changeQueues(hosts, action, id) };
    },
  ),
];

/** How many messages were changed. */
async function changeQueues(hosts: readonly Host[], action: string, id: string | undefined): Promise<number> {
  if (action === "flush") return hosts.reduce((sum, { queue }) => sum + queue.flush(), 0);
  if (id === undefined) throw new LabError(`"${action}" needs the id of a message: "lab queue" lists them`);
  const matching = hosts.flatMap(({ queue }) =>
    queue.list().flatMap((one) => (id === "all" || one.id.startsWith(id) ? [{ queue, id: one.id }] : [])),
  );
  if (matching.length === 0) throw new LabError(`no queue holds a message "${id}": "lab queue" lists them`);
  for (const { queue, id: one } of matching) {
    if (action === "retry") queue.retry(one);
    else if (action === "hold") await queue.hold(one);
    else if (action === "release") await queue.release(one);
    else await queue.drop(one);
  }
  return matching.length;
}
