/** Starts one host of a plan in an environment: a mail server with its store and queue, or a name server. */
import { join } from "node:path";
import type { Files } from "../../base/files.ts";
import type { HttpPost } from "../../base/http.ts";
import type { Endpoint } from "../../base/network.ts";
import type { Journal } from "../../journal/journal.ts";
import { createMemorySpool } from "../../mta/queue/memory-spool.ts";
import type { Spool } from "../../mta/queue/spool.ts";
import type { Zone } from "../../protocol/dns/zone.ts";
import { startDnsServer, type DnsServer } from "../../server/dns/dns-server.ts";
import { startHost } from "../../server/host/host.ts";
import { createResolver } from "../../server/resolver/resolver.ts";
import type { MailStore } from "../../store/mail-store.ts";
import type { PlannedHost } from "../file/plan.ts";
import type { LabDoor, LabEnvironment, RunningHost } from "../lab.ts";
import type { LabFaults } from "./lab-faults.ts";
import type { Objection } from "./leaving.ts";

export type HostSurroundings = {
  readonly environment: LabEnvironment;
  readonly journal: Journal;
  readonly files: Files;
  readonly post: HttpPost;
  readonly faults: LabFaults;
  /** Drop and pickup folders of the lab file begin here. */
  readonly folder: string;
  /** Where queues and mailboxes are kept; undefined: in memory. */
  readonly data: string | undefined;
  /** What stands for the disks of hosts in memory, by host: it outlives a restart, as a disk would. */
  readonly memory: Map<string, Disks>;
  readonly zones: () => readonly Zone[];
  readonly systemNameServers: readonly Endpoint[];
  readonly objection: Objection;
};

export type Disks = { readonly spool: Spool; readonly store: MailStore };

export type ManagedHost = RunningHost & {
  close(): Promise<void>;
};

const DNS_PORT = 53;
const SMTP_PORT = 25;

export function runHost(plan: PlannedHost, around: HostSurroundings): Promise<ManagedHost> {
  if (plan.outside !== undefined) return Promise.resolve(outsideHost(plan, plan.outside));
  return plan.role === "dns" ? runNameServer(plan, around) : runMailServer(plan, around);
}

function outsideHost(plan: PlannedHost, real: Endpoint): ManagedHost {
  const virtual = { address: plan.addresses[0] ?? "", port: SMTP_PORT };
  const door: LabDoor = { host: plan.name, service: "smtp", tls: "offer", virtual, real };
  return { plan, host: undefined, doors: [door], resolver: undefined, close: () => Promise.resolve() };
}

async function runNameServer(plan: PlannedHost, around: HostSurroundings): Promise<ManagedHost> {
  const { environment, journal, faults } = around;
  const forwarders =
    plan.forward === "none" ? [] : plan.forward === "system" ? around.systemNameServers : [plan.forward];
  const servers: DnsServer[] = [];
  const doors: LabDoor[] = [];
  for (const address of plan.addresses) {
    const virtual = { address, port: DNS_PORT };
    servers.push(
      await startDnsServer({
        world: { ...environment.worldFor(address), network: faults.networkFor(plan.name, address) },
        recorder: journal.recorder(plan.name),
        address,
        port: DNS_PORT,
        zones: around.zones,
        forwarders,
        from: address,
        intercept: faults.dnsIntercept(plan.name),
      }),
    );
    doors.push({
      host: plan.name,
      service: "dns",
      tls: "off",
      virtual,
      real: environment.realEndpoint(virtual),
    });
  }
  return {
    plan,
    host: undefined,
    doors,
    resolver: undefined,
    close: async () => void (await Promise.all(servers.map((server) => server.close()))),
  };
}

async function runMailServer(plan: PlannedHost, around: HostSurroundings): Promise<ManagedHost> {
  const { environment, journal, files, post, faults, folder } = around;
  const { settings } = plan;
  if (settings === undefined) throw new Error(`${plan.name} has no settings`);
  const address = plan.addresses[0] ?? "";
  const world = { ...environment.worldFor(address), network: faults.networkFor(plan.name, address) };
  const resolver = createResolver({
    world,
    recorder: journal.recorder(plan.name),
    servers: settings.resolver.servers,
    from: address,
  });
  const data = around.data === undefined ? undefined : join(around.data, plan.name);
  if (data !== undefined) await files.makeFolder(data);
  const disks =
    around.memory.get(plan.name) ?? (await openDisks(data, () => environment.worldFor(address).clock.now()));
  if (data === undefined) around.memory.set(plan.name, disks);
  const host = await startHost({
    name: plan.name,
    world,
    journal,
    settings,
    files,
    folder,
    post,
    resolver,
    ...disks,
    identity: settings.listen.some(({ tls }) => tls !== "off")
      ? environment.authority.issue([plan.hostname, plan.name, ...plan.addresses])
      : undefined,
    verifyCa: environment.authority.caPem,
    bindAddress: address,
    objection: around.objection,
    intercept: faults.smtpIntercept(plan.name),
  });
  const doors = settings.listen.map(({ at, service, tls }): LabDoor => {
    return { host: plan.name, service, tls, virtual: at, real: environment.realEndpoint(at) };
  });
  return { plan, host, doors, resolver, close: () => host.close() };
}

/** Limit: a lab's queue is small, and eight of them start at once. */
const LAB_SEGMENT_BYTES = 4 * 1024 * 1024;

/** Without a folder: in memory, where what was written survives a restart of the host. Loaded late: a simulation needs no disk. */
async function openDisks(data: string | undefined, now: () => number): Promise<Disks> {
  const { createMemoryMailStore, openSqliteMailStore } =
    await import("../../engine/sqlite/sqlite-mail-store.ts");
  if (data === undefined) return { spool: createMemorySpool(), store: createMemoryMailStore(now) };
  const { openSpool } = await import("../../engine/spool/spool.ts");
  return {
    spool: openSpool({ folder: join(data, "queue"), segmentBytes: LAB_SEGMENT_BYTES }),
    store: openSqliteMailStore({ folder: join(data, "mail"), thread: false, now }),
  };
}
