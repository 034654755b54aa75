/**
 * The lab file as a schema: what `mail.lab.yaml` may say, its types, defaults and documentation. What the lab cannot
 * do is no key here, and an unknown key is refused where it stands. Cross-checks between keys are in check-lab-file.ts.
 */
import { z } from "zod";
import { connectorSchema } from "../../settings/connector-settings.ts";
import { limitSchema, policySchema, queueSchema } from "../../settings/host-settings.ts";
import { duration, endpoint, size } from "../../settings/units.ts";
import { faultSchema } from "../faults/schema.ts";

const hostName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i, "a short host name: letters, digits, hyphens, no dots");

const domainSchema = z.strictObject({
  mx: z
    .array(z.string())
    .optional()
    .describe(
      "Mail exchangers, best first or with a preference: `presto:10`. A lab host, or any host name. `.` alone is the null MX (RFC 7505). Absent: no MX record.",
    ),
  a: z.array(z.string()).optional().describe("Addresses, or lab hosts, of the bare domain itself."),
  spf: z
    .string()
    .regex(/^v=spf1(?: |$)/i, 'an SPF record: it begins with "v=spf1"')
    .optional()
    .describe("Published as TXT (RFC 7208)."),
  dmarc: z
    .string()
    .optional()
    .describe("Published as TXT under _dmarc; `v=DMARC1;` is put in front when missing (RFC 7489)."),
  requireTls: z
    .boolean()
    .optional()
    .describe("Every lab host delivers to this domain over TLS or not at all."),
});

/** `true` and `false` say the same. */
const offered = z.union([
  z.enum(["offer", "off"]),
  z.boolean().transform((yes): "offer" | "off" => (yes ? "offer" : "off")),
]);

const roles = z.enum(["mailbox", "relay", "smarthost", "drop", "submit", "dns", "outside"]);

const hostSchema = z.strictObject({
  role: roles
    .optional()
    .describe(
      "mailbox: keeps mail. relay: hands on for some domains. smarthost: hands on for its clients. drop: writes mail into a folder or calls a webhook. submit: an application that only sends. dns: answers for all zones. outside: a real server that joined.",
    ),
  ip: z.string().optional().describe("Its address in the lab; the next free one when absent."),
  ip6: z.string().optional().describe("Its IPv6 address, if it has one."),
  name: z
    .string()
    .optional()
    .describe("Its full host name; else its short name in the first domain it serves, else in lab.test."),
  outside: endpoint(25)
    .optional()
    .describe("Where a real server listens that plays this host, such as 127.0.0.1:2600."),
  accept: z.array(z.string()).optional().describe("Domains (or address literals) whose mail ends here."),
  relay: z
    .record(z.string(), endpoint(25))
    .optional()
    .describe("Domains taken for another server, and which one: a lab host or a host name."),
  backup: z.array(z.string()).optional().describe("Domains taken and handed on by MX: a backup exchanger."),
  allow: z
    .array(z.string())
    .optional()
    .describe(
      "Who may send through it to anywhere: networks, lab hosts, or `you` (the person at the keyboard).",
    ),
  auth: z.enum(["offer", "required"]).optional().describe("required: also those under allow must log in."),
  via: z.string().optional().describe("Everything it does not keep goes to this lab host."),
  as: z.string().optional().describe("submit: the address it sends from."),
  catchAll: z.string().optional().describe("The account that gets mail for unknown recipients."),
  drop: z.string().optional().describe("A folder: mail it accepts becomes one .eml a message."),
  webhook: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Mail it accepts is posted here as JSON."),
  secret: z.string().min(1).optional().describe("Signs the webhook's calls (HMAC-SHA-256)."),
  pickup: z.string().optional().describe("A folder whose .eml files are sent."),
  forward: z
    .string()
    .optional()
    .describe("dns: who is asked about names of no zone here: none (default), system, or an address."),
  tls: z.enum(["offer", "off"]).optional().describe("off: no STARTTLS."),
  imap: offered
    .optional()
    .describe("off: no IMAP; else a host with accounts offers it on ports 143 and 993."),
  pop3: offered
    .optional()
    .describe("off: no POP3; else a host with accounts offers it on ports 110 and 995."),
  requireTls: z
    .array(z.string())
    .optional()
    .describe("Domains this host delivers to over TLS or not at all."),
  policies: policySchema.optional(),
  limits: limitSchema.optional(),
  queue: queueSchema.optional(),
});

const accountSchema = z.strictObject({
  password: z.string().min(1).optional().describe("Its local part when absent: this is a lab."),
  quota: size.optional(),
});

const expectationSchema = z.strictObject({
  to: z.string().describe("A recipient the lab's first message is sent to, or that mail is seen for."),
  from: z.string().optional(),
  within: duration.optional().describe("Of lab time; 5 days when absent."),
  path: z.array(z.string()).optional().describe("The lab hosts it passed, in order."),
  result: z.enum(["delivered", "failed", "expired"]).optional(),
  status: z.string().optional().describe("The enhanced status (RFC 3463) of a failure."),
});

export const labFileShape = z.strictObject({
  lab: z.string().default("lab").describe("The lab's name."),
  seed: z.int().min(0).default(42).describe("Chance in the simulation follows from it."),
  clock: z
    .enum(["virtual", "real", "x60"])
    .default("virtual")
    .describe("virtual: runs at real speed and can be moved. x60: a minute a second."),
  network: z
    .strictObject({
      ipv4: z.string().default("10.66.0.0/24"),
      ipv6: z.string().default("fd66::/64"),
      you: z.string().optional().describe("The address of the person at the keyboard: .1 when absent."),
    })
    .prefault({}),
  magic: z
    .boolean()
    .default(false)
    .describe("Local parts such as user+451@ or rcptto550@ make the failure they name."),
  domains: z.record(z.string(), domainSchema).default({}),
  hosts: z.record(hostName, hostSchema).default({}),
  connectors: z
    .array(connectorSchema.safeExtend({ on: z.string().describe("The lab host whose connector it is.") }))
    .default([])
    .describe("First match wins; the trace prints which."),
  accounts: z.record(z.string(), accountSchema).default({}),
  aliases: z
    .record(z.string(), z.union([z.string().transform((one) => [one]), z.array(z.string()).min(1)]))
    .default({}),
  zones: z
    .record(z.string(), z.string())
    .default({})
    .describe("Raw records in zone-file form (RFC 1035 §5), on top of what the domains give."),
  queue: queueSchema.optional().describe("For every host that has none of its own."),
  policies: policySchema.optional().describe("For every host that has none of its own."),
  faults: z.array(faultSchema).default([]).describe("What goes wrong, where and when."),
  uplink: z
    .strictObject({
      allow: z
        .array(z.string())
        .describe("Addresses, or address:port, outside the lab that lab hosts may connect to."),
      recipients: z
        .array(z.string())
        .min(1)
        .describe(
          "Whose mail may go there: `me@example.org`, `example.org`; `*` is everybody. Other mail comes back.",
        ),
    })
    .optional()
    .describe("Absent: nothing leaves the lab."),
  expect: z.array(expectationSchema).default([]).describe("Makes the file a test."),
});

/** As read: durations in ms, sizes in bytes, endpoints as values. */
export type LabFile = z.output<typeof labFileShape>;
/** As written. */
export type LabFileInput = z.input<typeof labFileShape>;
export type LabHostEntry = LabFile["hosts"][string];
export type LabExpectation = LabFile["expect"][number];
