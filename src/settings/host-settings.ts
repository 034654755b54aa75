/**
 * The settings of one mail server: the one place that gives their types, defaults and documentation. `posthorn serve`
 * reads them from a file, the lab derives them from `mail.lab.yaml`; `posthorn explain` prints what stands here.
 */
import { z } from "zod";
import { duration, endpoint, size } from "./units.ts";
import { connectorSchema } from "./connector-settings.ts";
import { type Service, SERVICE_PORT, SERVICES } from "./services.ts";

const tlsLevel = z.enum(["never", "may", "must", "verify"]);

const door = z
  .strictObject({
    at: endpoint(SERVICE_PORT, 25).describe(
      "Address and port to listen on; `*` is every address, IPv4 and IPv6. The service's own port when absent.",
    ),
    service: z
      .enum(Object.keys(SERVICES) as [Service, ...Service[]])
      .default("smtp")
      .describe(
        Object.entries(SERVICES)
          .map(([name, { about }]) => `${name}: ${about}`)
          .join(" "),
      ),
    tls: z
      .enum(["offer", "implicit", "off"])
      .optional()
      .describe(
        "offer: STARTTLS. implicit: TLS from the first byte (RFC 8314: ports 465 and 993). off: none. What the service is used to when absent.",
      ),
  })
  .transform(({ at, service, tls }) => {
    const usual = SERVICES[service];
    const port = at.port === SERVICE_PORT ? usual.port : at.port;
    return { at: { address: at.address, port }, service, tls: tls ?? usual.tls };
  });

export const acceptedDomainSchema = z.strictObject({
  kind: z
    .enum(["local", "relay", "internal"])
    .describe(
      "local: mailboxes are here, unknown recipients are refused. relay: taken for another server (a backup MX). internal: mailboxes here first, unknown ones go to another server.",
    ),
  via: endpoint(25).optional().describe("Where mail for a relay or internal domain goes; by MX when absent."),
  recipients: z
    .array(z.string())
    .optional()
    .describe("The only recipients taken for a relay domain; any when absent."),
  catchAll: z
    .string()
    .optional()
    .describe("The account that gets mail for unknown recipients of a local domain."),
});

const accountSchema = z.strictObject({
  password: z.string().min(1).optional().describe("Kept only as SCRAM-SHA-256 keys (RFC 5802)."),
  quota: size.optional().describe("How much mail the account holds; no bound when absent."),
});

export const queueSchema = z.strictObject({
  retry: z
    .array(duration)
    .min(1)
    .prefault(["1m", "5m", "15m", "1h", "4h"])
    .describe("Waits between attempts; the last one repeats (RFC 5321 §4.5.4.1)."),
  delayWarning: duration
    .prefault("4h")
    .describe("After this long the sender is told that the mail is delayed."),
  expire: duration
    .prefault("5d")
    .describe("After this long the mail is returned (RFC 5321 §4.5.4.1: at least 4 to 5 days)."),
  perDestination: z
    .int()
    .min(1)
    .max(1000)
    .default(20)
    .describe("Attempts under way at once to one destination."),
  messagesMax: z.int().min(1).default(1_000_000).describe("Messages held; more are put off with 452 4.3.1."),
  spaceMax: size.prefault("50GB").describe("Disk the queue may take."),
});

export const policySchema = z.strictObject({
  message: z
    .enum(["refuse", "warn", "off"])
    .default("refuse")
    .describe(
      "A message that breaks RFC 5322 (no From, two Subjects…): refused with the reason, or taken with a warning in the journal.",
    ),
  bareNewline: z
    .enum(["refuse", "repair"])
    .default("refuse")
    .describe(
      "A CR or LF alone (RFC 5321 §2.3.8), the door to SMTP smuggling: refused, or turned into CRLF.",
    ),
  helo: z
    .enum(["off", "warn", "refuse"])
    .default("warn")
    .describe("The EHLO name must be a host name or an address literal that resolves to the client."),
  reverseDns: z
    .enum(["off", "warn", "refuse"])
    .default("warn")
    .describe("The client's address must have a PTR record that leads back to it."),
  senderDomain: z
    .enum(["off", "warn", "refuse"])
    .default("warn")
    .describe("The domain of the reverse path must exist and accept mail."),
  greylist: duration.optional().describe("Strangers are put off for this long on first contact (RFC 6647)."),
  vrfy: z
    .enum(["vague", "refuse", "answer"])
    .default("vague")
    .describe("VRFY: 252 for all, 502, or the truth (RFC 5321 §7.3)."),
  hopsMax: z
    .int()
    .min(5)
    .max(1000)
    .default(100)
    .describe("More Received fields than this is a loop (RFC 5321 §6.3)."),
  misbehaviour: z
    .strictObject({
      slowAfter: z
        .int()
        .min(1)
        .default(5)
        .describe("Errors of one client address within the hour before replies are slowed."),
      banAfter: z.int().min(1).default(30).describe("Errors before the address is turned away."),
      banFor: duration.prefault("10m").describe("For how long."),
    })
    .prefault({})
    .describe("What happens to a client that errs again and again."),
});

export const limitSchema = z.strictObject({
  message: size.prefault("50MB").describe("The largest message, offered as SIZE (RFC 1870)."),
  recipients: z
    .int()
    .min(100)
    .max(100_000)
    .default(1_000)
    .describe("Recipients of one message (RFC 5321 §4.5.3.1.8: at least 100)."),
  connections: z.int().min(1).default(1_000).describe("Connections open at once."),
  connectionsPerClient: z.int().min(1).default(200).describe("Connections open at once from one address."),
  messagesPerHour: z
    .int()
    .min(1)
    .optional()
    .describe("Messages from one address in an hour; more are answered 421 4.7.0."),
});

/** What the file may hold; `hostSettingsSchema` of check-settings.ts reads it. */
export const hostSettingsShape = z.strictObject({
  hostname: z
    .string()
    .regex(
      /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/,
      "a fully qualified host name, such as mail.example.org",
    )
    .describe(
      "Who we are: in the greeting, EHLO and Received lines. Should resolve to us, and our address back to it.",
    ),
  addresses: z
    .array(z.string())
    .default([])
    .describe("Our own addresses, for address literals and the rule against loops."),
  data: z.string().default("./data").describe("The folder for queue and mailboxes."),
  listen: z
    .array(
      z.union([
        endpoint(25).transform((at) => ({ at, service: "smtp" as const, tls: "offer" as const })),
        door,
      ]),
    )
    .default([{ at: { address: "*", port: 25 }, service: "smtp", tls: "offer" }])
    .describe("Doors to open."),
  domains: z
    .record(
      z.string(),
      z.union([z.enum(["local", "relay", "internal"]).transform((kind) => ({ kind })), acceptedDomainSchema]),
    )
    .default({})
    .describe("The domains mail is accepted for. An address literal or a bare host name counts as one."),
  accounts: z.record(z.string(), accountSchema).default({}).describe("Mailboxes, by address."),
  administrators: z
    .array(z.string())
    .default([])
    .describe(
      "Accounts that may administer this server in the browser (/server) and over its API. Nobody when empty.",
    ),
  aliases: z
    .record(z.string(), z.union([z.string().transform((one) => [one]), z.array(z.string()).min(1)]))
    .default({})
    .describe("Other names, each for one or more addresses."),
  postmaster: z
    .string()
    .optional()
    .describe(
      "The account that gets mail for postmaster (RFC 5321 §4.5.1); when absent the first of administrators, else of accounts.",
    ),
  relayFrom: z
    .array(z.string())
    .default([])
    .describe(
      "Networks whose hosts may send to anywhere without authenticating, such as 127.0.0.0/8. Empty: nobody.",
    ),
  openRelay: z
    .literal("yes, relay for everybody")
    .optional()
    .describe("Posthorn refuses to start when it would relay for strangers, unless told so in these words."),
  authentication: z
    .strictObject({
      required: z.boolean().default(false).describe("Even relayFrom hosts must authenticate."),
      withoutTls: z.boolean().default(false).describe("Offer AUTH on unencrypted links. For labs."),
    })
    .prefault({}),
  connectors: z
    .array(connectorSchema)
    .default([])
    .describe(
      "Who carries what where; the first that matches wins. After the last: accepted domains, then MX.",
    ),
  resolver: z
    .strictObject({
      servers: z
        .array(endpoint(53))
        .default([])
        .describe("Name servers, asked in order; the system's when empty."),
    })
    .prefault({}),
  tls: z
    .strictObject({
      certificate: z
        .string()
        .optional()
        .describe("PEM file, leaf first. A self-signed one is made when absent."),
      key: z.string().optional().describe("PEM file of its key."),
      outbound: tlsLevel
        .default("may")
        .describe("TLS towards other servers: may is opportunistic (RFC 7435)."),
      domains: z
        .record(z.string(), tlsLevel)
        .default({})
        .describe("The same for single recipient domains; must: no delivery without TLS."),
      trust: z.string().optional().describe("PEM file with the authorities trusted instead of the system's."),
    })
    .prefault({}),
  policies: policySchema.prefault({}),
  limits: limitSchema.prefault({}),
  queue: queueSchema.prefault({}),
  drop: z
    .strictObject({ folder: z.string() })
    .optional()
    .describe("A drop folder: mail for accepted domains without a mailbox becomes one .eml a message."),
  pickup: z
    .strictObject({ folder: z.string() })
    .optional()
    .describe("A folder whose .eml files are submitted."),
  outbound: z
    .strictObject({ port: z.int().min(1).max(65_535).default(25).describe("The port of other servers.") })
    .prefault({}),
});

/** As read, with every default in place. Lengths of time are milliseconds, sizes bytes. */
export type HostSettings = z.infer<typeof hostSettingsShape>;
export type PolicySettings = HostSettings["policies"];
export type QueueSettings = HostSettings["queue"];
export type AcceptedDomain = HostSettings["domains"][string] & z.infer<typeof acceptedDomainSchema>;
