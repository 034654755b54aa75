/**
 * The lab on this machine's loopback: real sockets that any program can use, real disks, and a clock that runs at real
 * speed until somebody moves it. Nothing leaves but what `uplink:` and a name server's `forward:` allow.
 */
import { isFault } from "../../base/fault.ts";
import { formatEndpoint, type Endpoint, type Network } from "../../base/network.ts";
import type { Clock } from "../../base/clock.ts";
import type { Random } from "../../base/random.ts";
import type { World } from "../../base/world.ts";
import { createRealClock } from "../../engine/clock/real-clock.ts";
import { createSecureRandom } from "../../engine/random/secure-random.ts";
import { createSocketNetwork } from "../../engine/sockets/socket-network.ts";
import { createAuthority, issueExpired, issueIdentity } from "../../engine/tls/authority.ts";
import type { LabPlan } from "../file/plan.ts";
import { LabError, type LabAuthority, type LabClock, type LabEnvironment } from "../lab.ts";
import { createSettled } from "../world/loopback-activity.ts";
import { createLoopbackNetwork } from "../world/loopback-network.ts";
import { probeManyAddresses, probePrivilegedPorts } from "../world/loopback-ports.ts";
import { createMovableClock, type MovableClock } from "../world/movable-clock.ts";
import { lengthOf } from "./length-of.ts";

export type LoopbackEnvironmentOptions = {
  readonly ports: "standard" | "dynamic";
  readonly systemNameServers: readonly Endpoint[];
};

/** Asked whether port 25 and its kin are ours to bind; no host of a lab is there. */
const PROBE_ADDRESS = "127.66.255.254";
/** Where the lab's DNS is found as well, at a number that is easy to remember. Never 5353, which is mDNS. */
const DNS_DOOR: Endpoint = { address: "127.0.0.1", port: 5300 };
const DNS_PORT = 53;
/** Limit: an hour a second; what is due within a real millisecond then is still told apart. */
const SPEED_MAX = 3_600;

export async function createLoopbackEnvironment(
  plan: LabPlan,
  { ports, systemNameServers }: LoopbackEnvironmentOptions,
): Promise<LabEnvironment> {
  const base = createRealClock();
  const random = createSecureRandom();
  const inner = createSocketNetwork();
  const network = createLoopbackNetwork({
    inner,
    virtualNetwork: plan.network.ipv4,
    ipv6: plan.network.ipv6,
    you: plan.you.address,
    ports: ports === "dynamic" ? "dynamic" : await probePrivilegedPorts(inner, PROBE_ADDRESS),
    oneAddress: !(await probeManyAddresses(inner)),
    uplink: [...plan.uplink, ...forwarders(plan, systemNameServers).map(formatEndpoint)],
    outside: plan.hosts.flatMap(({ addresses, outside }) =>
      outside === undefined ? [] : [{ address: addresses[0] ?? "", endpoint: outside }],
    ),
    doors: ports === "dynamic" ? [] : await dnsDoors(plan, inner),
  });
  let isBusy = (): boolean => false;
  const settled = createSettled({ activity: network.activity, clock: base, busy: () => isBusy() });
  const clock = createMovableClock(base, { mode: plan.clock, settled });
  const worlds = new Map<string, World>();
  const peopled = [[plan.you.address], ...plan.hosts.map(({ addresses }) => addresses)];

  return {
    mode: "loopback",
    time: clock,
    authority: realAuthority(clock, random),
    clock: labClock(clock),
    worldFor(address) {
      let world = worlds.get(address);
      if (world === undefined) {
        const addresses = peopled.find((all) => all.includes(address)) ?? [address];
        world = { clock, random, network: network.networkFor({ addresses }) };
        for (const each of addresses) worlds.set(each, world);
      }
      return world;
    },
    realEndpoint: (at) => network.boundEndpoint(at, at.port === DNS_PORT ? "udp" : "tcp"),
    async step(until) {
      if (clock.nextAt === undefined || clock.nextAt > until) return false;
      return (await clock.next()) !== undefined;
    },
    watchBusy(busy) {
      isBusy = busy;
    },
    close: () => Promise.resolve(),
  };
}

/** A second lab on this machine does without the easy number. */
async function dnsDoors(plan: LabPlan, inner: Network) {
  const address = plan.hosts.find(({ role }) => role === "dns")?.addresses[0];
  if (address === undefined) return [];
  try {
    await (await inner.listen(DNS_DOOR, (connection) => connection.destroy())).close();
    await (await inner.bindDatagram(DNS_DOOR, () => undefined)).close();
  } catch (error) {
    if (isFault(error)) return [];
    throw error;
  }
  return [{ virtual: { address, port: DNS_PORT }, real: [DNS_DOOR] }];
}

function forwarders(plan: LabPlan, systemNameServers: readonly Endpoint[]): Endpoint[] {
  return plan.hosts.flatMap(({ forward }) =>
    forward === "none" ? [] : forward === "system" ? [...systemNameServers] : [forward],
  );
}

function labClock(clock: MovableClock): LabClock {
  return {
    now: () => clock.now(),
    async advance(by) {
      await clock.advance(lengthOf(by));
    },
    next: () => clock.next(),
    pause: () => clock.pause(),
    resume: () => clock.resume(),
    setSpeed(factor) {
      if (factor < 1 || factor > SPEED_MAX)
        throw new LabError(`the clock runs at x1 to x${SPEED_MAX}; to go further use "advance"`);
      clock.setSpeed(factor);
    },
    get paused() {
      return clock.isPaused;
    },
    get speed() {
      return clock.speed;
    },
  };
}

function realAuthority(clock: Clock, random: Random): LabAuthority {
  const authority = createAuthority({ name: "Posthorn lab authority", random, now: clock.now() });
  return {
    caPem: authority.certificatePem,
    issue: (names) => issueIdentity(authority, { names, random, now: clock.now() }),
    issueExpired: (names) => issueExpired(authority, { names, random, now: clock.now() }),
  };
}
