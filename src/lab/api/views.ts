/** What the lab's API says about things of the lab: schemas, their types, and how each is made. Commands read them too. */
import { z } from "zod";
import type { QueueView } from "../../mta/queue/entry.ts";
import { formatEndpoint, type Endpoint } from "../../base/network.ts";
import type { LabMail } from "../kit/lab-mail.ts";
import type { Lab, LabDoor, RunningHost } from "../lab.ts";
import { dsnSchema } from "./dsn-schema.ts";

export type { LabGraph } from "../runtime/graph.ts";

export const doorViewSchema = z.object({
  host: z.string(),
  service: z.string(),
  tls: z.string(),
  virtual: z.string().describe("As zones and traces show it."),
  url: z
    .string()
    .optional()
    .describe("As programs on this machine reach it: smtp://127.66.0.11:2525; absent in a simulation."),
});
export type DoorView = z.infer<typeof doorViewSchema>;

export const hostViewSchema = z.object({
  name: z.string(),
  role: z.string(),
  hostname: z.string(),
  addresses: z.array(z.string()),
  domains: z.array(z.string()),
  doors: z.array(doorViewSchema),
  users: z.array(z.object({ name: z.string(), password: z.string() })),
  queued: z.number().describe("Messages in its queue."),
  down: z.boolean().describe("A fault has taken it off the network."),
  faults: z.array(z.string()).describe("Ids of the faults at it that are not over."),
  relaysForYou: z
    .boolean()
    .describe("Takes mail to anywhere from the person at the keyboard, without a login."),
});
export type HostView = z.infer<typeof hostViewSchema>;

export const infoViewSchema = z.object({
  name: z.string(),
  mode: z.string().describe("loopback or simulated."),
  pid: z.number(),
  now: z.string().describe("The lab's own time, ISO 8601."),
  paused: z.boolean(),
  speed: z.number().describe("1 is real speed."),
  warnings: z.array(z.string()),
});
export type InfoView = z.infer<typeof infoViewSchema>;

export const mailViewSchema = z.object({
  id: z
    .string()
    .describe(
      "The account, and the number of the mail in it, which stays when it is moved: bob@nemesis.test:3.",
    ),
  host: z.string(),
  account: z.string(),
  mailbox: z.string().describe("Where it stands: whatever was delivered is found, wherever it was moved to."),
  uid: z.number().describe("In that mailbox."),
  receivedAt: z.number().describe("Milliseconds since 1970 UTC, as all times."),
  envelope: z
    .object({ from: z.string(), to: z.string() })
    .describe("What SMTP said, whatever the header says."),
  from: z.string(),
  to: z.string(),
  subject: z.string(),
  text: z.string(),
  html: z.string(),
  links: z.array(z.object({ href: z.string(), text: z.string() })),
  code: z.string().optional().describe("The one-time code a person would look for."),
  headers: z.record(z.string(), z.string()).describe("By lower-case name; the first of several."),
  dsn: dsnSchema.optional(),
  attachments: z.array(
    z.object({ filename: z.string().optional(), contentType: z.string(), sizeBytes: z.number() }),
  ),
  trace: z
    .object({ id: z.string(), path: z.array(z.string()), attempts: z.number() })
    .optional()
    .describe("Absent when the journal has forgotten it."),
});
export type MailView = Omit<z.infer<typeof mailViewSchema>, "dsn"> & Pick<LabMail, "dsn">;

export const queuedViewSchema = z.object({
  host: z.string(),
  id: z.string(),
  from: z.string().describe("The reverse path; empty for a report."),
  subject: z.string().optional().describe("Absent when the journal has forgotten it."),
  recipients: z.array(
    z.object({
      address: z.string(),
      state: z.string(),
      attempts: z.number(),
      lastReply: z.string().optional(),
      dueAt: z.number().optional().describe("When it is tried again, while it waits."),
      tries: z
        .array(
          z.object({
            at: z.number(),
            result: z.string(),
            to: z.string(),
            status: z.string(),
            reply: z.string(),
            connection: z.string().optional().describe("Whose lines are in the journal."),
          }),
        )
        .describe("The latest attempts, oldest first."),
    }),
  ),
  sizeBytes: z.number(),
  receivedAt: z.number(),
  nextDueAt: z.number().optional(),
  expiresAt: z.number(),
});
export type QueuedView = z.infer<typeof queuedViewSchema>;

const NAMES = [
  [doorViewSchema, "Door", "Where programs reach a host."],
  [hostViewSchema, "Host", "A host of the lab."],
  [infoViewSchema, "Lab", "The lab as a whole."],
  [mailViewSchema, "Mail", "A mail in a mailbox, read."],
  [queuedViewSchema, "Queued", "A message in a queue."],
] as const;
for (const [schema, id, description] of NAMES) z.globalRegistry.add(schema, { id, description });

export function infoView(lab: Lab): InfoView {
  return {
    name: lab.plan.name,
    mode: lab.mode,
    pid: process.pid,
    now: new Date(lab.clock.now()).toISOString(),
    paused: lab.clock.paused,
    speed: lab.clock.speed,
    warnings: lab.plan.warnings.map(({ message, rfc }) =>
      rfc === undefined ? message : `${message} (${rfc})`,
    ),
  };
}

export function hostViews(lab: Lab): HostView[] {
  return [...lab.hosts.values()].map((running) => hostView(lab, running));
}

export function hostView(lab: Lab, { plan, host, doors }: RunningHost): HostView {
  const { name, role, hostname, addresses, settings, passwords } = plan;
  const standing = lab.fault.list().filter(({ isOver }) => !isOver);
  return {
    name,
    role,
    hostname,
    addresses: [...addresses],
    domains: Object.keys(settings?.domains ?? {}),
    doors: doors.map(doorView),
    users: [...passwords].map(([user, password]) => ({ name: user, password })),
    queued: host?.queue.depth ?? 0,
    down: standing.some(({ takesDown }) => takesDown === name),
    faults: standing.flatMap(({ id, at }) => (at === name || at.startsWith(`${name}.`) ? [id] : [])),
    relaysForYou:
      settings?.relayFrom.includes(lab.plan.you.address) === true && !settings.authentication.required,
  };
}

export function doorView({ host, service, tls, virtual, real }: LabDoor): DoorView {
  const url = real === undefined ? undefined : doorUrl(service, real);
  return { host, service, tls, virtual: formatEndpoint(virtual), url };
}

function doorUrl(service: string, real: Endpoint): string {
  return `${service === "submission" ? "smtp" : service}://${formatEndpoint(real)}`;
}

export function mailView(mail: LabMail): MailView {
  const { raw: _, trace, attachments, links, ...rest } = mail;
  return {
    ...rest,
    links: [...links],
    attachments: attachments.map(({ filename, contentType, sizeBytes }) => {
      return { filename, contentType, sizeBytes };
    }),
    trace:
      trace === undefined ? undefined : { id: trace.id, path: [...trace.path], attempts: trace.attempts },
  };
}

export function queuedViews(lab: Lab): QueuedView[] {
  const queued = [...lab.hosts.values()].flatMap(({ plan, host }) =>
    (host?.queue.list() ?? []).map((entry) => ({ host: plan.name, entry })),
  );
  const subjects = subjectsOf(lab, new Set(queued.map(({ entry }) => entry.id)));
  return queued.map(({ host, entry }) => queuedView(host, entry, subjects.get(entry.id)));
}

/** The queue itself keeps no headers; what the journal still knows of them. */
function subjectsOf({ journal }: Lab, ids: ReadonlySet<string>): Map<string, string | undefined> {
  const subjects = new Map<string, string | undefined>();
  if (ids.size === 0) return subjects;
  for (const event of journal.read())
    if (event.kind === "message.received" && ids.has(event.queueId))
      subjects.set(event.queueId, event.subject);
  return subjects;
}

function queuedView(host: string, entry: QueueView, subject: string | undefined): QueuedView {
  const { id, envelope, sizeBytes, receivedAt, nextDueAt, expiresAt, recipients } = entry;
  return {
    host,
    id,
    from: envelope.reversePath,
    subject,
    recipients: recipients.map(({ recipient, state, until, attemptCount, attempts }) => {
      const lastReply = attempts.at(-1)?.reply;
      const dueAt = state === "waiting" ? until : undefined;
      return {
        address: recipient.address,
        state,
        attempts: attemptCount,
        lastReply,
        dueAt,
        tries: [...attempts],
      };
    }),
    sizeBytes,
    receivedAt,
    nextDueAt,
    expiresAt,
  };
}
