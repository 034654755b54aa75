/** Hands a delivery job to the agent for its kind of target. */
import type { Deliver, DeliveryJob, Outcome } from "../../mta/delivery/delivery.ts";
import type { RouteTarget } from "../../mta/routing/route.ts";

export type Agents = Record<"smtp" | "local" | "drop" | "webhook", Deliver>;

export function deliverBy(agents: Agents): Deliver {
  return (job) => {
    const { target } = job;
    if (target.kind === "fail" || target.kind === "defer") return Promise.resolve(decided(job, target));
    if (target.kind === "webhook" && target.folder !== undefined)
      return dropThenCall(agents, job, target.folder);
    return agents[target.kind](job);
  };
}

/** The folder first: who is called may read it there. Tried again, the same file is written again. */
async function dropThenCall(agents: Agents, job: DeliveryJob, folder: string): Promise<readonly Outcome[]> {
  const written = await agents.drop({ ...job, target: { kind: "drop", folder } });
  return written.every(({ result }) => result === "delivered") ? agents.webhook(job) : written;
}

/** Routing has decided already; there is nothing to carry. */
function decided(
  job: Parameters<Deliver>[0],
  target: Extract<RouteTarget, { kind: "fail" | "defer" }>,
): Awaited<ReturnType<Deliver>> {
  return job.recipients.map((recipient) => ({
    recipient,
    result: target.kind === "fail" ? ("failed" as const) : ("deferred" as const),
    status: target.status,
    reply: target.text,
    to: "",
    reason: { rule: "routing" },
  }));
}
