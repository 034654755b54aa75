/** The DNS records to publish for a host and its domains, each looked up live. */
import { z } from "zod";
import { hostParams, hostRoute } from "./admin-place.ts";
import { checkRecord } from "./dns-check.ts";
import { domainsOf, wantedRecords } from "./dns-records.ts";

/** Limit: of records looked up for one request; more domains are asked for one by one. */
const CHECKED_MAX = 200;

export const dnsRecordSchema = z.object({
  of: z.string().describe("The domain it is for; the host name for the host's own."),
  name: z.string(),
  type: z.string(),
  value: z
    .string()
    .describe("As in a zone file; empty: your public address, which the settings do not name."),
  why: z.string(),
  isNeeded: z.boolean().describe("Without it mail does not arrive, or is not taken elsewhere."),
  state: z.enum(["found", "missing", "different", "unknown"]),
  found: z.array(z.string()),
  advice: z.string().describe("What to do; empty: nothing."),
});
export type DnsRecordView = z.infer<typeof dnsRecordSchema>;

export const dnsSchema = z.object({
  hostname: z.string(),
  domains: z.array(z.string()),
  records: z.array(dnsRecordSchema),
});
export type DnsView = z.infer<typeof dnsSchema>;

export const dnsRoutes = [
  hostRoute(
    {
      method: "get",
      path: "/hosts/:host/dns",
      summary: "The DNS records to publish, and whether they are there.",
      notes: `Looks up ${CHECKED_MAX} at most; the resolver's cache is emptied first with fresh=yes.`,
      params: hostParams,
      query: z.strictObject({
        domain: z.string().optional().describe("Only what belongs to this domain."),
        fresh: z.literal("yes").optional(),
      }),
      answer: dnsSchema,
      example: { path: "/hosts/presto/dns?domain=arch.test" },
    },
    async ({ at: { host, resolver } }, { query: { domain, fresh } }): Promise<DnsView> => {
      const { settings } = host;
      if (fresh !== undefined) resolver.flush();
      const wanted = wantedRecords(settings).filter(({ of }) => domain === undefined || of === domain);
      const checked = await Promise.all(
        wanted.slice(0, CHECKED_MAX).map((record) => checkRecord(resolver, record)),
      );
      const records = checked.map((one) => ({ ...one, found: [...one.found] }));
      return { hostname: settings.hostname, domains: domainsOf(settings), records };
    },
  ),
];
