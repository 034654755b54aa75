/**
 * A Host: one mail server, made of its settings and what it is handed. Store and queue open first, then the doors;
 * on close it is the other way round. The same code is `posthorn serve` and every host of the lab.
 */
import type { Files } from "../../base/files.ts";
import type { HttpPost } from "../../base/http.ts";
import type { TlsIdentity } from "../../base/tls.ts";
import type { World } from "../../base/world.ts";
import type { Journal, Recorder } from "../../journal/journal.ts";
import { createMisbehaviour, type Misbehaviour } from "../../mta/reception/misbehaviour.ts";
import type { Authenticator } from "../../mta/reception/reception.ts";
import type { Queue } from "../../mta/queue/queue.ts";
import { createQueue } from "../../mta/queue/queue.ts";
import type { Spool } from "../../mta/queue/spool.ts";
import type { Router } from "../../mta/routing/route.ts";
import { createRouter, type RouterOptions } from "../../mta/routing/router.ts";
import { readMessage } from "../../message/read-message.ts";
import type { Resolver } from "../../protocol/dns/resolver.ts";
import { deriveCredentials } from "../../protocol/sasl/scram-credentials.ts";
import type { Intercept } from "../../protocol/smtp/interception.ts";
import type { HostSettings } from "../../settings/host-settings.ts";
import type { MailStore } from "../../store/mail-store.ts";
import { createAuthenticator } from "../accounts/authenticator.ts";
import type { WebParts } from "../http/host-web.ts";
import { createDropAgent } from "../outbound/drop/drop-agent.ts";
import { createMailboxAgent } from "../outbound/mailbox/mailbox-agent.ts";
import { createSmtpAgent } from "../outbound/smtp/agent.ts";
import { createWebhookAgent } from "../outbound/webhook/webhook-agent.ts";
import { startPickup } from "../pickup/pickup.ts";
import { deliverBy } from "./deliver.ts";
import { accountNames, type Door, openDoors } from "./doors.ts";
import { refuseOpenRelay } from "./open-relay.ts";
import { queueReports } from "./queue-report.ts";
import { createSubmitter } from "./submitter.ts";
import type { LocalMessage } from "./submitter.ts";

export type HostParts = {
  /** Short name in the journal. */
  readonly name: string;
  readonly world: World;
  readonly journal: Journal;
  readonly settings: HostSettings;
  readonly spool: Spool;
  readonly store: MailStore;
  readonly files: Files;
  readonly resolver: Resolver;
  readonly post: HttpPost;
  /** Who we are in TLS; without it no STARTTLS is offered. */
  readonly identity: TlsIdentity | undefined;
  /** PEM of the authorities trusted for other servers, instead of the system's. */
  readonly verifyCa?: string | undefined;
  /** Outgoing connections come from this address. */
  readonly bindAddress?: string | undefined;
  /** Addresses of the machine beside those that settings name. */
  readonly machineAddresses?: readonly string[] | undefined;
  /** Why mail for a recipient must not be carried to these addresses. The lab keeps its mail inside. */
  readonly objection?: RouterOptions["objection"];
  /** The lab's faults, on the way in. */
  readonly intercept?: Intercept | undefined;
  /** Drop and pickup folders that are relative stand in this one. */
  readonly folder: string;
  /** For the services http and https; absent where something else serves the browser. */
  readonly web?: WebParts | undefined;
};

export type Host = {
  readonly name: string;
  readonly settings: HostSettings;
  readonly queue: Queue;
  readonly store: MailStore;
  readonly router: Router;
  readonly world: World;
  readonly journal: Journal;
  /** Who somebody is, for whoever lets people in. */
  readonly authenticator: Authenticator;
  /** What clients did wrong, over all doors. */
  readonly misbehaviour: Misbehaviour;
  readonly doors: readonly Door[];
  /** What its doors show in TLS; the key stays with them. */
  readonly certificate: Omit<TlsIdentity, "privateKeyPem"> | undefined;
  /** Mail that comes from this machine itself: the pickup folder, a command. Resolves with the queue id when on disk. */
  submit(message: LocalMessage): Promise<string>;
  /** Nothing is being worked on and nothing is due now. */
  idle(): boolean;
  nextDueAt(): number | undefined;
  close(): Promise<void>;
};

/** SCRAM's work factor (RFC 7677 §4: at least 4,096). */
const SCRAM_ITERATIONS = 4_096;
const SALT_BYTES = 16;
/** Limit: how long attempts under way may take when the host closes; then they are deferred. */
const CLOSE_GRACE_MS = 3_000;

/** Rejects with OpenRelayError, or a Fault of a port or the disk. What was opened by then is closed again. */
export async function startHost(parts: HostParts): Promise<Host> {
  const { settings, store, world, journal } = parts;
  refuseOpenRelay(settings);
  const recorder = journal.recorder(parts.name);
  const closers: (() => Promise<void>)[] = [];
  try {
    await store.open();
    closers.push(() => store.close());
    await putAccounts(parts);
    const { queue, router } = openQueue(parts, recorder, closers);
    await queue.start();
    const misbehaviour = createMisbehaviour(world.clock, () => settings.policies.misbehaviour);
    const authenticator = createAuthenticator({ world, store, recorder, misbehaviour });
    const submit = createSubmitter({ world, settings, queue });
    const doors: Door[] = [];
    const host: Host = {
      name: parts.name,
      settings,
      queue,
      store,
      router,
      world,
      journal,
      authenticator,
      misbehaviour,
      doors,
      certificate: withoutKey(parts.identity),
      submit,
      idle: () => queue.idle(),
      nextDueAt: () => queue.nextDueAt(),
      close: () => closeAll(closers),
    };
    await openDoors(parts, recorder, host, { doors, closers });
    await openPickup(parts, recorder, submit, closers);
    return host;
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

function withoutKey(identity: TlsIdentity | undefined): Host["certificate"] {
  if (identity === undefined) return undefined;
  const { privateKeyPem: _, ...certificate } = identity;
  return certificate;
}

function openQueue(
  parts: HostParts,
  recorder: Recorder,
  closers: (() => Promise<void>)[],
): { queue: Queue; router: Router } {
  const { world, settings, store, files } = parts;
  const { hostname } = settings;
  const router = createRouter({
    settings: () => settings,
    resolver: parts.resolver,
    random: world.random,
    accounts: accountNames(store),
    machineAddresses: parts.machineAddresses,
    objection: parts.objection,
  });
  const smtp = createSmtpAgent({
    world,
    recorder,
    hostname,
    from: parts.bindAddress,
    verifyCa: parts.verifyCa,
    limits: { connectionsPerDestinationMax: settings.queue.perDestination },
  });
  const queue = createQueue({
    world,
    recorder,
    spool: parts.spool,
    router,
    hostname,
    deliver: deliverBy({
      smtp: smtp.deliver,
      local: createMailboxAgent({ store, recorder, hostname }),
      drop: createDropAgent({ files, recorder, baseFolder: parts.folder }),
      webhook: createWebhookAgent({ post: parts.post, read: readMessage, recorder, clock: world.clock }),
    }),
    report: queueReports(settings),
    settings: {
      retryMs: settings.queue.retry,
      delayWarningMs: settings.queue.delayWarning,
      expireMs: settings.queue.expire,
      perDestinationMax: settings.queue.perDestination,
      activeMax: 500,
      messagesMax: settings.queue.messagesMax,
      bytesMax: settings.queue.spaceMax,
    },
  });
  closers.push(async () => {
    // What is under way may end well; a next hop that is silent must not keep us up.
    const timer = world.clock.after(CLOSE_GRACE_MS, () => smtp.close());
    await queue.close();
    timer.cancel();
    smtp.close();
  });
  return { queue, router };
}

async function openPickup(
  parts: HostParts,
  recorder: Recorder,
  submit: Host["submit"],
  closers: (() => Promise<void>)[],
): Promise<void> {
  const { settings, files, world } = parts;
  if (settings.pickup === undefined) return;
  const folder = settings.pickup.folder.startsWith("/")
    ? settings.pickup.folder
    : `${parts.folder}/${settings.pickup.folder}`;
  const pickup = await startPickup({ folder, files, clock: world.clock, recorder, submit });
  closers.push(() => pickup.close());
}

/** The accounts that settings name; others that are in the store stay as they are. */
async function putAccounts({ settings, store, world }: HostParts): Promise<void> {
  for (const [name, { password, quota }] of Object.entries(settings.accounts)) {
    const secrets =
      password === undefined
        ? undefined
        : { scram: deriveCredentials(password, world.random.bytes(SALT_BYTES), SCRAM_ITERATIONS) };
    await store.putAccount(name, { secrets, quotaBytes: quota });
  }
}

async function closeAll(closers: (() => Promise<void>)[]): Promise<void> {
  for (const close of closers.splice(0).toReversed()) await close();
}
