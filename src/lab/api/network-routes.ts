/** The network as it stands: hosts and their doors, its picture, its DNS and its decisions. */
import { z } from "zod";
import { ApiError } from "../../server/http/api-error.ts";
import { graphSchema, labGraph } from "../runtime/graph.ts";
import { labSnippets } from "../runtime/snippets.ts";
import type { Lab, RunningHost } from "../lab.ts";
import { journalEventSchema } from "./event-schemas.ts";
import { hostDetail, hostDetailSchema } from "./host-detail.ts";
import { eventsOfHost, eventsOfLink } from "./host-events.ts";
import { labRoute } from "./lab-place.ts";
import { routeSchema } from "./route-schemas.ts";
import { hostViewSchema, hostViews, infoView, infoViewSchema } from "./views.ts";

const snippetsSchema = z.object({
  variables: z.record(z.string(), z.string()).describe("SMTP_HOST, SMTP_PORT, SMTP_USER, SMTP_PASS."),
  snippets: z.record(z.string(), z.string()).describe("By the name of the library."),
});
/** Limit: what a person reads of one host at once. */
const EVENTS_MAX = 1_000;

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
      path: "/hosts/:name",
      summary: "One host in full: the domains it takes, its connectors, the settings that decide.",
      params: z.strictObject({ name: z.string() }),
      answer: hostDetailSchema,
      example: { path: "/hosts/edge" },
    },
    ({ lab }, { params: { name } }) => hostDetail(lab, hostNamed(lab, name)),
  ),
  labRoute(
    {
      method: "get",
      path: "/hosts/:name/events",
      summary: "The latest of one host's journal, or of its talks with another.",
      params: z.strictObject({ name: z.string() }),
      query: z.strictObject({
        peer: z.string().optional().describe("Only what it and this host, or `you`, said to each other."),
        limit: z.coerce.number().int().min(1).max(EVENTS_MAX).default(100),
      }),
      answer: z.array(journalEventSchema),
      example: { path: "/hosts/edge/events?peer=kerio" },
    },
    ({ lab }, { params: { name }, query: { peer, limit } }) => {
      if (name !== "you") hostNamed(lab, name);
      return peer === undefined ? eventsOfHost(lab, name, limit) : eventsOfLink(lab, name, peer, limit);
    },
  ),
  labRoute(
    {
      method: "get",
      path: "/graph",
      summary: "Hosts and domains as nodes, by zone; routes as edges: MX, relay, smarthost.",
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
];

function hostNamed(lab: Lab, name: string): RunningHost {
  const running = lab.hosts.get(name);
  if (running !== undefined) return running;
  throw new ApiError(404, `"${name}" is no host of this lab; hosts: ${[...lab.hosts.keys()].join(", ")}`);
}
