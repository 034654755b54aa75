/**
 * Builds a lab from its plan: name servers first, then every mail host, all in one environment with one journal. What
 * was started is closed again when a later host cannot start.
 */
import { canonicalName } from "../protocol/dns/name.ts";
import { summaryOf } from "../journal/index/journey.ts";
import { createTraceIndex } from "../journal/index/trace-index.ts";
import { listTraces, traceOf, type Trace } from "../journal/trace.ts";
import { parseQuery, type Query } from "../journal/query.ts";
import { eventMatches } from "../journal/event-query.ts";
import type { Endpoint } from "../base/network.ts";
import type { LabPlan } from "./file/plan.ts";
import { createFaultDesk } from "./kit/fault-desk.ts";
import { createInbox, type Inbox } from "./kit/inbox.ts";
import type { LabMail } from "./kit/lab-mail.ts";
import { waitUntil } from "./kit/wait.ts";
import { LabError, type Lab, type LabDoor, type WaitOptions } from "./lab.ts";
import { digInLab, whyOf } from "./runtime/ask.ts";
import { drive } from "./runtime/drive.ts";
import { checkExpectations } from "./runtime/expectations.ts";
import { leavingObjection } from "./runtime/leaving.ts";
import { runHost, type HostSurroundings, type ManagedHost } from "./runtime/run-host.ts";
import { contentOf, recipientsOf, sendOverSmtp, type SendAnswer, type SendRequest } from "./runtime/send.ts";

const DNS_PORT = 53;
const SMTP_PORT = 25;
/** Real sockets get this long between two looks at whether a lab has come to rest. */
const BREATH_MS = 5;
const IDLE_MS = 10_000;

export type LabParts = Omit<HostSurroundings, "memory" | "objection"> & {
  readonly plan: LabPlan;
  /** Removes what the lab kept on disk. */
  readonly cleanUp: () => Promise<void>;
  /** Journeys kept for the list; 20,000 when absent. */
  readonly journeysMax?: number | undefined;
};

export async function buildLab(parts: LabParts): Promise<Lab> {
  const { environment, journal, faults } = parts;
  let plan = parts.plan;
  const hosts = new Map<string, ManagedHost>();
  const around: HostSurroundings = {
    ...parts,
    memory: new Map(),
    zones: () => plan.zones,
    objection: (recipient, addresses) => leavingObjection(plan)(recipient, addresses),
  };
  const bound = parts.journeysMax === undefined ? {} : { journeysMax: parts.journeysMax };
  const index = createTraceIndex({ ...bound, realNow: () => performance.now() });
  journal.subscribe(index.add);
  const waiting = { environment, journal };
  const randomOfLab = environment.worldFor(plan.you.address).random;
  let inboxes = 0;
  let newest: Promise<void> | undefined;

  const closeAll = async (): Promise<void> => {
    for (const host of [...hosts.values()].toReversed()) await drive(environment, host.close());
    await environment.close();
    await parts.cleanUp();
  };

  try {
    for (const planned of inStartOrder(plan))
      hosts.set(planned.name, await drive(environment, runHost(planned, around)));
  } catch (error) {
    await closeAll();
    throw error;
  }

  const journeyOf = (seed: string): Trace | undefined => {
    const id = index.find(seed);
    const journey = id === undefined ? undefined : index.journeys.get(id);
    if (journey === undefined) return undefined;
    const trace = traceOf(journal.read(journey.firstEventId - 1), journey.id);
    const { originalOf, reports } = summaryOf(journey);
    return trace === undefined ? undefined : { ...trace, related: { originalOf, reports } };
  };
  /** The latest journey that matches. Reports are passed over unless nothing else matches: they hang on their original. */
  const findJourney = (query: Query): Trace | undefined => {
    const matching = index.journeys.matching(query);
    const found =
      matching.findLast((journey) => summaryOf(journey).originalOf === undefined) ?? matching.at(-1);
    return found === undefined ? undefined : journeyOf(found.id);
  };
  const readQuery = (text: string): Query => {
    const parsed = parseQuery(text);
    if (!parsed.ok) throw new LabError(`${parsed.error.message} (column ${parsed.error.column})`);
    return parsed.value;
  };
  const traceByText = (query: string): Trace | undefined =>
    index.find(query) === undefined ? findJourney(readQuery(query)) : journeyOf(query);

  function hostOfAccount(address: string): ManagedHost {
    for (const host of hosts.values()) if (host.host?.store.account(address) !== undefined) return host;
    throw new LabError(`no host of the lab has an account ${address}`);
  }

  function openInbox(address?: string): Inbox {
    const { host, account, ready } =
      address === undefined
        ? freshAccount()
        : { host: hostOfAccount(address), account: address, ready: undefined };
    const store = host.host?.store;
    if (store === undefined) throw new LabError(`${host.plan.name} keeps no mail`);
    const name = store.account(account)?.name ?? account;
    return createInbox({ ...waiting, address: name, host: host.plan.name, store, journeyOf, ready });
  }

  /** The address is good at once: the account is made in this turn, long before anybody can connect and name it. */
  function freshAccount(): { host: ManagedHost; account: string; ready: Promise<void> } {
    for (const host of hosts.values()) {
      const { role, settings } = host.plan;
      const domain =
        role === "mailbox"
          ? Object.keys(settings?.domains ?? {}).find((one) => one.includes("."))
          : undefined;
      if (host.host === undefined || domain === undefined) continue;
      const account = `inbox-${++inboxes}-${randomOfLab.integer(1e6)}@${domain}`;
      newest = host.host.store.putAccount(account);
      return { host, account, ready: newest };
    }
    throw new LabError("this lab has no mailbox host for a fresh inbox");
  }

  async function send(request: SendRequest): Promise<SendAnswer> {
    await newest;
    const server = serverFor(request);
    const { host, plan: planned } = server;
    const world = environment.worldFor(plan.you.address);
    if (planned.role === "submit" && host !== undefined) {
      const recipients = recipientsOf(request);
      const queueId = await drive(
        environment,
        host.submit({ reversePath: request.from, recipients, content: contentOf(request, world) }),
      );
      return {
        ok: true,
        queueId,
        connection: undefined,
        results: recipients.map((recipient) => ({
          recipient,
          ok: true,
          reply: `queued at ${planned.name} as ${queueId}`,
        })),
      };
    }
    const to = { address: planned.addresses[0] ?? "", port: request.port ?? SMTP_PORT };
    const smtp = {
      world,
      recorder: journal.recorder("you"),
      hostname: plan.you.hostname,
      from: plan.you.address,
      caPem: environment.authority.caPem,
      to,
      toName: planned.hostname,
    };
    return drive(environment, sendOverSmtp(smtp, request));
  }

  function serverFor({ server, to, from }: SendRequest): ManagedHost {
    if (server !== undefined) {
      const named =
        hosts.get(server) ??
        [...hosts.values()].find(
          ({ plan: { hostname, addresses } }) =>
            hostname === canonicalName(server) || addresses.includes(server),
        );
      if (named === undefined)
        throw new LabError(`"${server}" is no host of this lab; hosts: ${[...hosts.keys()].join(", ")}`);
      return named;
    }
    const writer = [...hosts.values()].find(({ plan: { as } }) => as !== undefined && as === from);
    const open = [...hosts.values()].find(
      ({ plan: { settings } }) =>
        settings?.relayFrom.includes(plan.you.address) === true && !settings.authentication.required,
    );
    const domain = (to[0] ?? "").split("@")[1] ?? "";
    const local = [...hosts.values()].find(
      ({ plan: { settings } }) => settings?.domains[domain] !== undefined,
    );
    const found = writer ?? open ?? local;
    if (found === undefined)
      throw new LabError("no host of this lab relays for you: name one (server, -SmtpServer or --server)");
    return found;
  }

  const restful = (): boolean => [...hosts.values()].every(({ host }) => host === undefined || host.idle());
  environment.watchBusy?.(() => !restful());

  async function idle({ timeoutMs = IDLE_MS }: WaitOptions = {}): Promise<void> {
    const realUntil = performance.now() + timeoutMs;
    while (performance.now() < realUntil) {
      if (restful()) {
        await new Promise((resolve) => setTimeout(resolve, environment.mode === "loopback" ? BREATH_MS : 0));
        if (restful()) return;
      }
      if (environment.mode === "simulated") await environment.step(environment.clock.now() + timeoutMs);
      else await new Promise((resolve) => setTimeout(resolve, BREATH_MS));
    }
    throw new LabError(`the lab did not come to rest within ${timeoutMs} ms`);
  }

  const lab: Lab = {
    get plan() {
      return plan;
    },
    mode: environment.mode,
    environment,
    journal,
    clock: environment.clock,
    fault: createFaultDesk(faults),
    hosts,
    get doors(): LabDoor[] {
      return [...hosts.values()].flatMap(({ doors }) => doors);
    },
    inbox: openInbox,
    async messages(matcher) {
      const all: LabMail[] = [];
      for (const { host } of hosts.values()) {
        for (const { name } of host?.store.accounts() ?? [])
          all.push(...(await openInbox(name).list(matcher)));
      }
      return all.sort((a, b) => a.receivedAt - b.receivedAt);
    },
    send,
    async why(recipient, { host: name, reversePath = "" }) {
      const host = hosts.get(name)?.host;
      if (host === undefined)
        throw new LabError(`"${name}" is no mail host of this lab; hosts: ${[...hosts.keys()].join(", ")}`);
      return drive(environment, whyOf(host, recipient, reversePath));
    },
    async dig(args) {
      const servers = new Map<string, Endpoint>();
      for (const { plan: planned } of hosts.values())
        if (planned.role === "dns")
          servers.set(planned.name, { address: planned.addresses[0] ?? "", port: DNS_PORT });
      const world = environment.worldFor(plan.you.address);
      return drive(environment, digInLab({ world, from: plan.you.address, servers }, args));
    },
    index,
    traces: () => listTraces(journal.read()),
    trace: (query = "last") => traceByText(query),
    idle,
    async waitFor(query, options) {
      const terms = readQuery(query);
      const look = async (): Promise<Trace | undefined> => {
        const found = findJourney(terms);
        if (found !== undefined) return found;
        const event = journal.read().findLast((one) => eventMatches(one, terms));
        return event?.trace === undefined ? undefined : journeyOf(event.trace);
      };
      return waitUntil(waiting, look, options);
    },
    async reset() {
      faults.reset();
      for (const { host, resolver } of hosts.values()) {
        resolver?.flush();
        if (host === undefined) continue;
        for (const { id } of host.queue.list()) await drive(environment, host.queue.drop(id));
        await drive(environment, host.store.clear());
      }
      journal.clear();
      index.clear();
    },
    async reload(next) {
      const changed: string[] = [];
      const before = new Map(plan.hosts.map((host) => [host.name, sameness(host)]));
      plan = next;
      faults.reload(next);
      for (const [name, managed] of hosts) {
        if (next.hosts.some((host) => host.name === name && sameness(host) === before.get(name))) continue;
        await drive(environment, managed.close());
        hosts.delete(name);
        changed.push(name);
      }
      for (const planned of inStartOrder(next)) {
        if (hosts.has(planned.name)) continue;
        hosts.set(planned.name, await drive(environment, runHost(planned, around)));
        if (!changed.includes(planned.name)) changed.push(planned.name);
      }
      for (const { resolver } of hosts.values()) resolver?.flush();
      return changed;
    },
    expect: () => checkExpectations(lab),
    down: closeAll,
  };
  return lab;
}

/** Name servers first: a mail host may look somebody up while it starts. */
function inStartOrder(plan: LabPlan): LabPlan["hosts"] {
  return [...plan.hosts].sort((a, b) => Number(b.role === "dns") - Number(a.role === "dns"));
}

/** Two plans of a host with equal text need no restart. */
function sameness(host: LabPlan["hosts"][number]): string {
  return JSON.stringify({ ...host, passwords: [...host.passwords] });
}
