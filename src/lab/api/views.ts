/** What the control API says about things of the lab, as plain JSON values; shared with the commands that read it. */
import { formatEndpoint, type Endpoint } from "../../base/network.ts";
import type { LabMail } from "../kit/lab-mail.ts";
import type { Lab, LabDoor } from "../lab.ts";
import type { QueueView } from "../../mta/queue/entry.ts";

export type DoorView = {
  readonly host: string;
  readonly service: string;
  readonly tls: string;
  readonly virtual: string;
  /** `smtp://127.66.0.11:2525`; absent in a simulation. */
  readonly url: string | undefined;
};

export type HostView = {
  readonly name: string;
  readonly role: string;
  readonly hostname: string;
  readonly addresses: readonly string[];
  readonly domains: readonly string[];
  readonly doors: readonly DoorView[];
  readonly users: readonly { readonly name: string; readonly password: string }[];
  readonly queued: number;
};

export type InfoView = {
  readonly name: string;
  readonly mode: string;
  readonly pid: number;
  readonly now: string;
  readonly paused: boolean;
  readonly speed: number;
  readonly warnings: readonly string[];
};

export type MailView = Omit<LabMail, "raw" | "trace" | "attachments"> & {
  readonly attachments: readonly {
    readonly filename: string | undefined;
    readonly contentType: string;
    readonly sizeBytes: number;
  }[];
  readonly trace:
    | { readonly id: string; readonly path: readonly string[]; readonly attempts: number }
    | undefined;
};

export type QueuedView = {
  readonly host: string;
  readonly id: string;
  readonly from: string;
  readonly recipients: readonly {
    readonly address: string;
    readonly state: string;
    readonly attempts: number;
    readonly lastReply: string | undefined;
  }[];
  readonly sizeBytes: number;
  readonly receivedAt: number;
  readonly nextDueAt: number | undefined;
  readonly expiresAt: number;
};

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
  return [...lab.hosts.values()].map(({ plan, host, doors }) => {
    const { name, role, hostname, addresses, settings, passwords } = plan;
    return {
      name,
      role,
      hostname,
      addresses,
      domains: Object.keys(settings?.domains ?? {}),
      doors: doors.map(doorView),
      users: [...passwords].map(([user, password]) => ({ name: user, password })),
      queued: host?.queue.depth ?? 0,
    };
  });
}

export function doorView({ host, service, tls, virtual, real }: LabDoor): DoorView {
  const url = real === undefined ? undefined : doorUrl(service, real);
  return { host, service, tls, virtual: formatEndpoint(virtual), url };
}

function doorUrl(service: string, real: Endpoint): string {
  return `${service === "submission" ? "smtp" : service}://${formatEndpoint(real)}`;
}

export function mailView(mail: LabMail): MailView {
  const { raw: _, trace, attachments, ...rest } = mail;
  return {
    ...rest,
    attachments: attachments.map(({ filename, contentType, sizeBytes }) => {
      return { filename, contentType, sizeBytes };
    }),
    trace: trace === undefined ? undefined : { id: trace.id, path: trace.path, attempts: trace.attempts },
  };
}

export function queuedViews(lab: Lab): QueuedView[] {
  return [...lab.hosts.values()].flatMap(({ plan, host }) =>
    (host?.queue.list() ?? []).map((entry) => queuedView(plan.name, entry)),
  );
}

function queuedView(host: string, entry: QueueView): QueuedView {
  const { id, envelope, sizeBytes, receivedAt, nextDueAt, expiresAt, recipients } = entry;
  return {
    host,
    id,
    from: envelope.reversePath,
    recipients: recipients.map(({ recipient, state, attemptCount, attempts }) => {
      const lastReply = attempts.at(-1)?.reply;
      return { address: recipient.address, state, attempts: attemptCount, lastReply };
    }),
    sizeBytes,
    receivedAt,
    nextDueAt,
    expiresAt,
  };
}
