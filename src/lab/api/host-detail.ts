/** One host of the lab in full: what it takes, where it sends it, and the settings that decide. Never a connector's password. */
import { z } from "zod";
import { formatDuration } from "../../base/duration.ts";
import { formatEndpoint } from "../../base/network.ts";
import { formatSize } from "../../base/size.ts";
import type { Connector } from "../../settings/connector-settings.ts";
import { type HostSettings, limitSchema, policySchema, queueSchema } from "../../settings/host-settings.ts";
import type { Lab, RunningHost } from "../lab.ts";
import { hostView, hostViewSchema } from "./views.ts";

const settingSchema = z.object({
  name: z.string().describe("As in the lab file: policies.greylist."),
  value: z.string(),
  about: z.string(),
});

export const hostDetailSchema = hostViewSchema.extend({
  accepts: z
    .array(
      z.object({
        domain: z.string(),
        kind: z.string().describe("local, relay or internal."),
        way: z.string().describe("What becomes of its mail."),
      }),
    )
    .describe("The domains it takes mail for."),
  connectors: z
    .array(z.object({ to: z.string(), from: z.string(), client: z.string().optional(), way: z.string() }))
    .describe("First match wins."),
  relaysFor: z.array(z.string()).describe("Networks that may send through it to anywhere."),
  authentication: z.enum(["required", "offered"]).optional(),
  nameServers: z.array(z.string()),
  zones: z.array(z.string()).describe("A name server's."),
  settings: z.array(settingSchema),
});
export type HostDetail = z.infer<typeof hostDetailSchema>;

export function hostDetail(lab: Lab, running: RunningHost): HostDetail {
  const { plan } = running;
  const { settings } = plan;
  return {
    ...hostView(lab, running),
    accepts: Object.entries(settings?.domains ?? {}).map(([domain, accepted]) => {
      return { domain, kind: accepted.kind, way: wayOfDomain(accepted, settings?.drop?.folder) };
    }),
    connectors: (settings?.connectors ?? []).map((connector) => {
      const { to, from, host: client } = connector;
      return { to, from, client, way: wayOfConnector(connector) };
    }),
    relaysFor: [...(settings?.relayFrom ?? [])],
    authentication:
      settings === undefined || plan.passwords.size === 0
        ? undefined
        : settings.authentication.required
          ? "required"
          : "offered",
    nameServers: (settings?.resolver.servers ?? []).map(({ address }) => address),
    zones: plan.role === "dns" ? lab.plan.zones.map(({ origin }) => origin) : [],
    settings: settings === undefined ? [] : settingViews(settings),
  };
}

function wayOfDomain(accepted: HostSettings["domains"][string], folder: string | undefined): string {
  const { kind } = accepted;
  const via = "via" in accepted ? accepted.via : undefined;
  const catchAll = "catchAll" in accepted ? accepted.catchAll : undefined;
  if (kind === "relay") return via === undefined ? "handed on by MX" : `handed to ${formatEndpoint(via)}`;
  const rest = catchAll === undefined ? "" : `, unknown recipients to ${catchAll}`;
  if (kind === "local" && folder !== undefined) return `one file a message in ${folder}`;
  return `kept here${rest}`;
}

function wayOfConnector({ via, drop, webhook, reject, user, tls }: Connector): string {
  if (reject !== undefined) return `returned: ${reject}`;
  const ways: string[] = [];
  if (drop !== undefined) ways.push(`file in ${drop}`);
  if (webhook !== undefined) ways.push(`webhook ${webhook}`);
  if (via === "mx") ways.push("by MX");
  else if (via === "local") ways.push("kept here");
  else if (via !== undefined) ways.push(`through ${formatEndpoint(via)}`);
  if (user !== undefined) ways.push(`as ${user}`);
  if (tls !== undefined) ways.push(`TLS ${tls}`);
  return ways.join(", ");
}

type Words = readonly (readonly [name: string, about: string | undefined, value: string | undefined])[];

function settingViews({ policies, limits, queue, tls }: HostSettings): HostDetail["settings"] {
  const policy = policySchema.shape;
  const limit = limitSchema.shape;
  const waits = queueSchema.shape;
  const { slowAfter, banAfter, banFor } = policies.misbehaviour;
  const words: Words = [
    ["policies.message", policy.message.description, policies.message],
    ["policies.bareNewline", policy.bareNewline.description, policies.bareNewline],
    ["policies.helo", policy.helo.description, policies.helo],
    ["policies.reverseDns", policy.reverseDns.description, policies.reverseDns],
    ["policies.senderDomain", policy.senderDomain.description, policies.senderDomain],
    ["policies.greylist", policy.greylist.description, lengthOf(policies.greylist) ?? "off"],
    ["policies.vrfy", policy.vrfy.description, policies.vrfy],
    ["policies.hopsMax", policy.hopsMax.description, String(policies.hopsMax)],
    [
      "policies.misbehaviour",
      policy.misbehaviour.description,
      `slow after ${slowAfter}, turned away after ${banAfter} for ${formatDuration(banFor)}`,
    ],
    ["tls.outbound", "TLS towards other servers (RFC 7435).", tls.outbound],
    ...Object.entries(tls.domains).map(
      ([domain, level]) => [`tls.domains.${domain}`, "The same for this domain.", level] as const,
    ),
    ["queue.retry", waits.retry.description, queue.retry.map((ms) => formatDuration(ms)).join(", ")],
    ["queue.delayWarning", waits.delayWarning.description, formatDuration(queue.delayWarning)],
    ["queue.expire", waits.expire.description, formatDuration(queue.expire)],
    ["limits.message", limit.message.description, formatSize(limits.message)],
    ["limits.recipients", limit.recipients.description, String(limits.recipients)],
    ["limits.messagesPerHour", limit.messagesPerHour.description, limits.messagesPerHour?.toString()],
  ];
  return words.flatMap(([name, about = "", value]) => (value === undefined ? [] : [{ name, value, about }]));
}

function lengthOf(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : formatDuration(ms);
}
