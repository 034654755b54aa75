/** Makes a Host of this machine: sockets, disk, clock and certificate around the settings of `posthorn serve`. */
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { join, resolve } from "node:path";
import { Fault } from "../base/fault.ts";
import type { Endpoint } from "../base/network.ts";
import { err, ok, type Result } from "../base/result.ts";
import type { TlsIdentity } from "../base/tls.ts";
import { createRealClock } from "../engine/clock/real-clock.ts";
import { createDiskFiles } from "../engine/files/disk-files.ts";
import { openScratchFolder } from "../engine/files/scratch-folder.ts";
import { createAppFolder } from "../engine/http/app-folder.ts";
import { createHttpFetch } from "../engine/http/fetch.ts";
import { listenHttp } from "../engine/http/listen.ts";
import { postOverFetch } from "../engine/http/post.ts";
import { createSecureRandom } from "../engine/random/secure-random.ts";
import { createSocketNetwork } from "../engine/sockets/socket-network.ts";
import { openSpool } from "../engine/spool/spool.ts";
import { openSqliteMailStore } from "../engine/sqlite/sqlite-mail-store.ts";
import { selfSignedIdentity } from "../engine/tls/authority.ts";
import { loadIdentity } from "../engine/tls/load-identity.ts";
import type { Journal } from "../journal/journal.ts";
import { createJournal } from "../journal/journal.ts";
import { createMetrics } from "../journal/metrics.ts";
import type { Ask } from "../server/accounts/asked.ts";
import { createConsole } from "../server/accounts/console.ts";
import type { Host } from "../server/host/host.ts";
import { startHost } from "../server/host/host.ts";
import { createSettingsDesk } from "../server/http/admin/settings-desk.ts";
import { createSessions } from "../server/http/sessions.ts";
import { createResolver } from "../server/resolver/resolver.ts";
import type { HostSettings } from "../settings/host-settings.ts";
import { serveControl } from "./control/serve-control.ts";
import { explainStart } from "./explain-start.ts";
import { settingsFile } from "./settings-file.ts";

export type Serving = {
  /** As it runs now: a change of the settings puts another one in its place. */
  readonly host: Host;
  readonly journal: Journal;
  close(): Promise<void>;
};

export type ServeOptions = {
  /** Where relative paths of the settings begin. */
  readonly folder: string;
  /** The settings file and what stands in it. */
  readonly file: string;
  readonly text: string;
  /** Neither the new settings nor the old ones could be run by: nothing is served any more. */
  readonly onDown: (error: unknown) => void;
};

/** What is read from files before the doors close for a change: a wrong one must not cost a restart. */
type Prepared = { readonly identity: TlsIdentity; readonly verifyCa: string | undefined };

export async function serveHost(settings: HostSettings, options: ServeOptions): Promise<Serving> {
  const { folder, file, text } = options;
  const clock = createRealClock();
  const world = { clock, random: createSecureRandom(), network: createSocketNetwork() };
  const journal = createJournal(clock);
  const files = createDiskFiles();
  const data = resolve(folder, settings.data);
  await files.makeFolder(data);
  const sessions = createSessions(world);
  let host: Host;
  let ask: Ask;
  let running = await prepare(settings, folder, world);
  const metrics = createMetrics(() => ({
    queueDepth: host.queue.depth,
    memoryBytes: process.memoryUsage.rss(),
  }));
  const desk = createSettingsDesk({
    keeper: settingsFile({ file, text, files, data, folder, restart }),
    world,
    audit: (who, what) =>
      void journal.recorder(host.name).record({ kind: "administration", who, what }, undefined),
  });

  async function start(by: HostSettings, prepared: Prepared): Promise<void> {
    const servers = by.resolver.servers.length > 0 ? by.resolver.servers : systemNameServers();
    const resolver = createResolver({ world, recorder: journal.recorder(by.hostname), servers });
    host = await startHost({
      name: by.hostname,
      world,
      journal,
      settings: by,
      files,
      folder,
      machineAddresses: machineAddresses(),
      spool: openSpool({ folder: join(data, "queue") }),
      store: openSqliteMailStore({ folder: join(data, "mail"), now: () => clock.now() }),
      resolver,
      post: postOverFetch,
      web: {
        listen: listenHttp,
        files: createAppFolder(),
        sessions,
        fetchImage: createHttpFetch(),
        scratch: await openScratchFolder(join(data, "uploads")),
        administration: { settings: desk, metrics, resolver },
      },
      ...prepared,
    });
    ask = createConsole({ ...host, world });
    running = prepared;
  }

  /** Queue, mailboxes and sessions stay; whoever is connected connects again. */
  async function restart(next: HostSettings): Promise<Result<undefined, string>> {
    const before = host.settings;
    try {
      const old = running;
      const fresh = await prepare(next, folder, world);
      // A certificate made here stays the same while it names the same: programs have been told to trust it.
      const prepared = sameNames(before, next) ? { ...fresh, identity: old.identity } : fresh;
      await host.close();
      try {
        await start(next, prepared);
        return ok(undefined);
      } catch (error) {
        await start(before, old).catch(options.onDown);
        throw error;
      }
    } catch (error) {
      const why = explainStart(error);
      if (why === undefined) throw error;
      return err(why);
    }
  }

  await start(settings, running);
  journal.tap(metrics.count);
  const closeControl = await serveControl(data, (method, asked) => ask(method, asked));
  return {
    get host() {
      return host;
    },
    journal,
    async close() {
      await closeControl();
      await host.close();
    },
  };
}

/** Whether a self-signed certificate of the one serves the other. */
function sameNames(a: HostSettings, b: HostSettings): boolean {
  const names = ({ hostname, addresses, tls }: HostSettings): string =>
    tls.certificate === undefined ? [hostname, ...addresses].join(" ") : "";
  return names(a) !== "" && names(a) === names(b);
}

/** Throws what explainStart explains. */
async function prepare(
  settings: HostSettings,
  folder: string,
  world: Parameters<typeof identityOf>[2],
): Promise<Prepared> {
  const { trust } = settings.tls;
  return {
    identity: await identityOf(settings, folder, world),
    verifyCa: trust === undefined ? undefined : await readTrust(resolve(folder, trust)),
  };
}

async function readTrust(path: string): Promise<string> {
  const bytes = await createDiskFiles().readFile(path);
  if (bytes === undefined) throw new Fault("io", `there is no file ${path} (see "tls.trust")`);
  return Buffer.from(bytes).toString("utf8");
}

async function identityOf(
  settings: HostSettings,
  folder: string,
  world: { clock: { now(): number }; random: ReturnType<typeof createSecureRandom> },
): Promise<TlsIdentity> {
  const { certificate, key } = settings.tls;
  if (certificate !== undefined && key !== undefined) {
    return loadIdentity(createDiskFiles(), resolve(folder, certificate), resolve(folder, key));
  }
  return selfSignedIdentity({
    names: [settings.hostname, ...settings.addresses],
    now: world.clock.now(),
    random: world.random,
  });
}

/** Where the machine can be reached from outside; link-local addresses are of no use to mail. */
function machineAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !/^fe[89ab]/i.test(address))
    .map(({ address }) => address);
}

/** The machine's own name servers, in their order (resolv.conf(5)). */
function systemNameServers(): Endpoint[] {
  let text = "";
  try {
    text = readFileSync("/etc/resolv.conf", "utf8");
  } catch {
    return [{ address: "127.0.0.1", port: 53 }];
  }
  const addresses = [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)]
    .map(([, address = ""]) => address)
    .filter((address) => isIP(address) > 0);
  return (addresses.length > 0 ? addresses : ["127.0.0.1"]).map((address) => ({ address, port: 53 }));
}
