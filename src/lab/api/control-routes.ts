/** The lab itself over the control API: hosts, clock, faults, queues, DNS, decisions. */
import type { Hono } from "hono";
import { z } from "zod";
import type { Host } from "../../server/host/host.ts";
import { LabError, type Lab } from "../lab.ts";
import { labGraph } from "../runtime/graph.ts";
import { labSnippets } from "../runtime/snippets.ts";
import { readBody } from "./request.ts";
import { hostViews, infoView, queuedViews } from "./views.ts";

const clockSchema = z.strictObject({
  action: z.enum(["now", "advance", "next", "pause", "resume", "speed"]),
  by: z.string().optional(),
  factor: z.number().positive().max(100_000).optional(),
});

const queueSchema = z.strictObject({
  action: z.enum(["retry", "hold", "release", "drop", "flush"]),
  id: z.string().optional(),
  host: z.string().optional(),
});

export function addControlRoutes(app: Hono, lab: Lab, stop: () => void): void {
  app.get("/", (context) => context.json(infoView(lab)));
  app.get("/hosts", (context) => context.json(hostViews(lab)));
  app.get("/graph", (context) => context.json(labGraph(lab.plan)));
  app.get("/env", (context) => context.json(labSnippets(lab)));
  app.get("/expect", async (context) => context.json(await lab.expect()));

  app.post("/clock", async (context) => {
    const { action, by = "", factor = 1 } = await readBody(clockSchema, context.req);
    const { clock } = lab;
    if (action === "advance") await clock.advance(by);
    else if (action === "next") await clock.next();
    else if (action === "pause") clock.pause();
    else if (action === "resume") clock.resume();
    else if (action === "speed") clock.setSpeed(factor);
    return context.json(infoView(lab));
  });

  app.get("/faults", (context) => context.json(lab.fault.list()));
  app.post("/faults", async (context) => {
    const id = lab.fault.add(await readBody(z.record(z.string(), z.unknown()), context.req));
    return context.json({ id }, 201);
  });
  app.delete("/faults", (context) => {
    lab.fault.clear();
    return context.json({ cleared: true });
  });
  app.delete("/faults/:id", (context) => {
    const id = context.req.param("id");
    if (!lab.fault.remove(id)) throw new LabError(`there is no fault "${id}": "lab fault ls" lists them`);
    return context.json({ removed: id });
  });

  app.get("/queue", (context) => context.json(queuedViews(lab)));
  app.post("/queue", async (context) => {
    const { action, id, host } = await readBody(queueSchema, context.req);
    const hosts = [...lab.hosts.values()].flatMap(({ host: one }) =>
      one === undefined || (host !== undefined && one.name !== host) ? [] : [one],
    );
    return context.json({ changed: await changeQueues(hosts, action, id) });
  });

  app.get("/dig", async (context) => context.json(await lab.dig(context.req.queries("arg") ?? [])));
  app.get("/why", async (context) => {
    const { to, host, from } = context.req.query();
    if (to === undefined || host === undefined)
      throw new LabError('"to" and "host" are needed: whose mail, and from where');
    const { target, ...route } = await lab.why(to, { host, reversePath: from });
    const shown = target.kind === "smtp" ? { ...target, credentials: undefined } : target;
    return context.json({ ...route, target: shown });
  });

  app.post("/reset", async (context) => {
    await lab.reset();
    return context.json(infoView(lab));
  });
  app.post("/down", (context) => {
    // After the answer has left.
    setImmediate(stop);
    return context.json({ down: true });
  });
}

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
