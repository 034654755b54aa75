/** Hands a delivery job to the agent for its kind of target. */
import type { Deliver } from "../../mta/delivery/delivery.ts";
import type { RouteTarget } from "../../mta/routing/route.ts";

export type Agents = Record<"smtp" | "local" | "drop" | "webhook", Deliver>;

export function deliverBy(agents: Agents): Deliver {
  return (job) => {
    const { kind } = job.target;
    return kind === "fail" || kind === "defer"
      ? Promise.resolve(decided(job, job.target))
      : agents[kind](job);
  };
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
