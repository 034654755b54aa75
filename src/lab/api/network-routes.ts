/** The network as it stands: hosts and their doors, its picture, its clock, its DNS and its decisions. */
import { z } from "zod";
import { ApiError } from "../../server/http/api-error.ts";
import { labGraph } from "../runtime/graph.ts";
import { labSnippets } from "../runtime/snippets.ts";
import { labRoute } from "./lab-place.ts";
import { routeSchema } from "./route-schemas.ts";
import { hostViewSchema, hostViews, infoView, infoViewSchema } from "./views.ts";

const graphSchema = z.object({
  nodes: z.array(
    z.object({ name: z.string(), role: z.string(), address: z.string(), domains: z.array(z.string()) }),
  ),
  edges: z.array(z.object({ from: z.string(), to: z.string(), label: z.string() })),
});

const clockSchema = z.strictObject({
  action: z.enum(["now", "advance", "next", "pause", "resume", "speed"]),
  by: z.string().optional().describe("For advance: 4h, 5d."),
  factor: z.number().positive().max(100_000).optional().describe("For speed: 60 is a minute a second."),
});

const snippetsSchema = z.object({
  variables: z.record(z.string(), z.string()).describe("SMTP_HOST, SMTP_PORT, SMTP_USER, SMTP_PASS."),
  snippets: z.record(z.string(), z.string()).describe("By the name of the library."),
});

/** The fault box checks what is in `when` and `do`, and says what may stand there. */
const faultBodySchema = z.strictObject({
  id: z.string().optional().describe("What traces and the list call it."),
  at: z.string().describe("`kerio.smtp.RCPT`, `dc.dns`, `presto->edge`, or a host."),
  when: z.record(z.string(), z.unknown()).optional().describe("All of it must hold; always when absent."),
  do: z.record(z.string(), z.unknown()).describe("What happens instead."),
});

const placedFaultSchema = z
  .object({
    id: z.string(),
    entry: z.record(z.string(), z.unknown()).describe("As it was written."),
    firedCount: z.number().describe("How often it has struck."),
  })
  .meta({ id: "Fault", description: "A fault that is placed." });

export const networkRoutes = [
  labRoute(
    { method: "get", path: "/", summary: "The lab: its name, time and warnings.", answer: infoViewSchema },
    ({ lab }) => infoView(lab),
  ),
  labRoute(
    {
      method: "get",
      path: "/hosts",
      summary: "Every host, its doors and its users.",
      answer: z.array(hostViewSchema),
    },
    ({ lab }) => hostViews(lab),
  ),
  labRoute(
    {
      method: "get",
      path: "/graph",
      summary: "Hosts and domains as nodes, routes as edges.",
      answer: graphSchema,
    },
    ({ lab }) => labGraph(lab.plan),
  ),
  labRoute(
    {
      method: "get",
      path: "/env",
      summary: "What to set in a program that is to send through the lab, with snippets for mail libraries.",
      answer: snippetsSchema,
    },
    ({ lab }) => labSnippets(lab),
  ),
  labRoute(
    {
      method: "get",
      path: "/expect",
      summary: "What the lab file expects, and what was found.",
      answer: z.array(z.object({ what: z.string(), ok: z.boolean(), found: z.string() })),
    },
    ({ lab }) => lab.expect(),
  ),
  labRoute(
    {
      method: "post",
      path: "/clock",
      summary: "Moves, stops or speeds up the lab's clock; everything due on the way happens.",
      body: clockSchema,
      answer: infoViewSchema,
      example: { path: "/clock", body: { action: "advance", by: "4h" } },
    },
    async ({ lab }, { body: { action, by = "", factor = 1 } }) => {
      const { clock } = lab;
      if (action === "advance") await clock.advance(by);
      else if (action === "next") await clock.next();
      else if (action === "pause") clock.pause();
      else if (action === "resume") clock.resume();
      else if (action === "speed") clock.setSpeed(factor);
      return infoView(lab);
    },
  ),
  labRoute(
    {
      method: "get",
      path: "/dig",
      summary: "What dig would print, and what it means.",
      query: z.strictObject({ arg: z.union([z.string(), z.array(z.string())]).default([]) }),
      answer: z.object({ text: z.string(), explanation: z.array(z.string()) }),
      example: { path: "/dig?arg=nemesis.test&arg=MX" },
    },
    ({ lab }, { query: { arg } }) => lab.dig([arg].flat()),
  ),
  labRoute(
    {
      method: "get",
      path: "/why",
      summary: "Where mail would go, and why, without sending any.",
      query: z.strictObject({
        to: z.string().describe("The recipient."),
        host: z.string().describe("The host that decides."),
        from: z.string().optional().describe("The reverse path."),
      }),
      answer: routeSchema,
      example: { path: "/why?to=bob@nemesis.test&host=presto" },
    },
    async ({ lab }, { query: { to, host, from } }) => {
      const { target, ...route } = await lab.why(to, { host, reversePath: from });
      const shown =
        target.kind === "smtp"
          ? { ...target, credentials: undefined }
          : target.kind === "webhook"
            ? { ...target, secret: undefined }
            : target;
      return { ...route, target: shown };
    },
  ),
  labRoute(
    {
      method: "post",
      path: "/reset",
      summary: "Empties mailboxes, queues, journal and caches, and removes faults added since the start.",
      answer: infoViewSchema,
    },
    async ({ lab }) => {
      await lab.reset();
      return infoView(lab);
    },
  ),
  labRoute(
    {
      method: "post",
      path: "/down",
      summary: "Takes the lab down.",
      answer: z.object({ down: z.literal(true) }),
    },
    ({ stop }) => {
      // After the answer has left.
      setImmediate(stop);
      return { down: true };
    },
  ),
  labRoute(
    {
      method: "get",
      path: "/faults",
      summary: "The faults that are placed.",
      answer: z.array(placedFaultSchema),
    },
    ({ lab }) => lab.fault.list(),
  ),
  labRoute(
    {
      method: "post",
      path: "/faults",
      summary: "Places a fault, written as in the lab file.",
      notes:
        "`do` takes reply, delay, drop, reset, down, blackhole, throttle, slice, limit, hide, tls, rcode, truncate, wrong, ratelimit; `when` takes n, every, until, chance, from, to, size, subject, query. docs/lab.md says what each does.",
      body: faultBodySchema,
      answer: z.object({ id: z.string() }),
      example: { path: "/faults", body: { at: "kerio.smtp.RCPT", do: { reply: "450 4.2.1 busy" } } },
    },
    ({ lab }, { body }) => ({ id: lab.fault.add(body) }),
  ),
  labRoute(
    {
      method: "delete",
      path: "/faults",
      summary: "Removes all faults.",
      answer: z.object({ cleared: z.literal(true) }),
    },
    ({ lab }) => {
      lab.fault.clear();
      return { cleared: true };
    },
  ),
  labRoute(
    {
      method: "delete",
      path: "/faults/:id",
      summary: "Removes one fault.",
      params: z.strictObject({ id: z.string() }),
      answer: z.object({ removed: z.string() }),
    },
    ({ lab }, { params: { id } }) => {
      if (!lab.fault.remove(id))
        throw new ApiError(404, `there is no fault "${id}": "lab fault ls" lists them`);
      return { removed: id };
    },
  ),
];
