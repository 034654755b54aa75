/** Accepted domains and aliases: lists out of the settings, each entry changed by a request of its own. */
import { z } from "zod";
import { formatEndpoint } from "../../../base/network.ts";
import type { HostSettings } from "../../../settings/host-settings.ts";
import { hostParams, hostRoute } from "./admin-place.ts";
import { changeSchema, changeView, REFUSAL_NOTE, revisionQuery } from "./change-view.ts";

const kind = z.enum(["local", "relay", "internal"]);

export const domainSchema = z.object({
  domain: z.string(),
  kind,
  via: z.string().optional().describe("Where its mail goes on to; by MX when absent."),
  recipients: z.array(z.string()).optional().describe("relay: the only ones taken."),
  catchAll: z.string().optional().describe("local: who gets mail for unknown recipients."),
  accounts: z.number().describe("Mailboxes in it."),
});
export type DomainView = z.infer<typeof domainSchema>;

const domainBody = z.strictObject({
  kind,
  via: z.string().trim().min(1).optional(),
  recipients: z.array(z.string().trim().min(1)).min(1).optional(),
  catchAll: z.string().trim().min(1).optional(),
});

export const aliasSchema = z.object({ name: z.string(), to: z.array(z.string()) });
export type AliasView = z.infer<typeof aliasSchema>;

/** A domain, an address literal or a bare host name: no spaces, no @. */
const domainName = z
  .string()
  .max(255)
  .regex(/^[^\s@]+$/, "a domain, such as example.org")
  .transform((text) => text.toLowerCase());
const aliasName = z.string().max(320).regex(/^\S+$/, "an address, such as info@example.org");
const domainParams = hostParams.extend({ domain: domainName });
const aliasParams = hostParams.extend({ alias: aliasName });

export const domainRoutes = [
  hostRoute(
    {
      method: "get",
      path: "/hosts/:host/domains",
      summary: "The domains it takes mail for.",
      params: hostParams,
      answer: z.array(domainSchema),
    },
    ({ at }) => domainViews(at.host.settings, at.host.store.accounts()),
  ),
  hostRoute(
    {
      method: "put",
      path: "/hosts/:host/domains/:domain",
      summary: "Adds a domain, or changes how its mail is taken.",
      notes: REFUSAL_NOTE,
      params: domainParams,
      query: revisionQuery,
      body: domainBody,
      answer: changeSchema,
      example: { path: "/hosts/presto/domains/new.test", body: { kind: "local" } },
    },
    async ({ at, who }, { params: { domain }, query: { revision }, body }) => {
      const value = Object.keys(body).length === 1 ? body.kind : body;
      const known = at.host.settings.domains[domain] !== undefined;
      const what = known
        ? `changed the domain ${domain} (${body.kind})`
        : `added the domain ${domain} (${body.kind})`;
      const edits = [{ op: "set" as const, path: ["domains", domain], value }];
      return changeView(await at.settings.edit({ edits, revision }, who, what));
    },
  ),
  hostRoute(
    {
      method: "delete",
      path: "/hosts/:host/domains/:domain",
      summary: "Takes no more mail for a domain; its mailboxes stay.",
      params: domainParams,
      query: revisionQuery,
      answer: changeSchema,
    },
    async ({ at, who }, { params: { domain }, query: { revision } }) => {
      const edits = [{ op: "remove" as const, path: ["domains", domain] }];
      return changeView(await at.settings.edit({ edits, revision }, who, `removed the domain ${domain}`));
    },
  ),
];

export const aliasRoutes = [
  hostRoute(
    {
      method: "get",
      path: "/hosts/:host/aliases",
      summary: "Other names of addresses.",
      params: hostParams,
      answer: z.array(aliasSchema),
    },
    ({ at }) => Object.entries(at.host.settings.aliases).map(([name, to]): AliasView => ({ name, to })),
  ),
  hostRoute(
    {
      method: "put",
      path: "/hosts/:host/aliases/:alias",
      summary: "Adds an alias, or changes whom it leads to.",
      notes: REFUSAL_NOTE,
      params: aliasParams,
      query: revisionQuery,
      body: z.strictObject({ to: z.array(z.string().trim().min(1)).min(1) }),
      answer: changeSchema,
    },
    async ({ at, who }, { params: { alias }, query: { revision }, body: { to } }) => {
      const value = to.length === 1 ? to[0] : to;
      const edits = [{ op: "set" as const, path: ["aliases", alias], value }];
      const what = `made ${alias} an alias of ${to.join(", ")}`;
      return changeView(await at.settings.edit({ edits, revision }, who, what));
    },
  ),
  hostRoute(
    {
      method: "delete",
      path: "/hosts/:host/aliases/:alias",
      summary: "Removes an alias.",
      params: aliasParams,
      query: revisionQuery,
      answer: changeSchema,
    },
    async ({ at, who }, { params: { alias }, query: { revision } }) => {
      const edits = [{ op: "remove" as const, path: ["aliases", alias] }];
      return changeView(await at.settings.edit({ edits, revision }, who, `removed the alias ${alias}`));
    },
  ),
];

function domainViews(
  { domains }: HostSettings,
  accounts: readonly { readonly name: string }[],
): DomainView[] {
  return Object.entries(domains).map(([domain, accepted]) => {
    const {
      kind: how,
      via,
      recipients,
      catchAll,
    } = accepted as HostSettings["domains"][string] & {
      via?: { address: string; port: number };
      recipients?: string[];
      catchAll?: string;
    };
    const here = `@${domain}`.toLowerCase();
    return {
      domain,
      kind: how,
      via: via === undefined ? undefined : formatEndpoint(via),
      recipients,
      catchAll,
      accounts: accounts.filter(({ name }) => name.toLowerCase().endsWith(here)).length,
    };
  });
}
