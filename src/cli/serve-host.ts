/** Makes a Host of this machine: sockets, disk, clock and certificate around the settings of `posthorn serve`. */
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { join, resolve } from "node:path";
import type { Endpoint } from "../base/network.ts";
import type { TlsIdentity } from "../base/tls.ts";
import { createRealClock } from "../engine/clock/real-clock.ts";
import { createDiskFiles } from "../engine/files/disk-files.ts";
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
import { createConsole } from "../server/accounts/console.ts";
import type { Host } from "../server/host/host.ts";
import { startHost } from "../server/host/host.ts";
import { createSessions } from "../server/http/sessions.ts";
import { createResolver } from "../server/resolver/resolver.ts";
import type { HostSettings } from "../settings/host-settings.ts";
import { serveControl } from "./control/serve-control.ts";

export type Serving = { readonly host: Host; readonly journal: Journal; close(): Promise<void> };

/** `folder` is where relative paths of the settings begin. */
export async function serveHost(settings: HostSettings, folder: string): Promise<Serving> {
  const clock = createRealClock();
  const world = { clock, random: createSecureRandom(), network: createSocketNetwork() };
  const journal = createJournal(clock);
  const files = createDiskFiles();
  const data = resolve(folder, settings.data);
  await files.makeFolder(data);
  const servers = settings.resolver.servers.length > 0 ? settings.resolver.servers : systemNameServers();
  const host = await startHost({
    name: settings.hostname,
    world,
    journal,
    settings,
    files,
    folder,
    spool: openSpool({ folder: join(data, "queue") }),
    store: openSqliteMailStore({ folder: join(data, "mail"), now: () => clock.now() }),
    resolver: createResolver({ world, recorder: journal.recorder(settings.hostname), servers }),
    post: postOverFetch,
    web: {
      listen: listenHttp,
      files: createAppFolder(),
      sessions: createSessions(world),
      fetchImage: createHttpFetch(),
    },
    identity: await identityOf(settings, folder, world),
    verifyCa:
      settings.tls.trust === undefined
        ? undefined
        : readFileSync(resolve(folder, settings.tls.trust), "utf8"),
  });
  const closeControl = await serveControl(data, createConsole({ ...host, world }));
  return {
    host,
    journal,
    async close() {
      await closeControl();
      await host.close();
    },
  };
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
