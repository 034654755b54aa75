/**
 * The conversations by hand that are open in a lab: a bounded number, each ended when nobody has spoken for a while of
 * real time (the lab's clock may be moved by days). What has ended can still be read for as long.
 */
import { formatEndpoint } from "../../base/network.ts";
import { LabError, type Lab, type LabDoor } from "../lab.ts";
import { dialHost } from "./dial-host.ts";
import { openHandTalk, type HandTalk } from "./hand-talk.ts";

/** Limit: windows a person keeps open, and some. */
export const TALKS_OPEN_MAX = 20;
/** Limit: a person who comes back from lunch begins anew. */
const IDLE_REAL_MS = 600_000;

export type OpenTalk = {
  readonly talk: HandTalk;
  readonly host: string;
  readonly port: number;
  readonly from: string;
  /** What to say in EHLO. */
  readonly hello: string;
};

export type HandTalks = {
  /** Throws a LabError for what is no door of the lab, and when too many are open; rejects with a Fault when nobody answers. */
  open(asked: { readonly host: string; readonly port: number; readonly from: string }): Promise<OpenTalk>;
  /** Counts as a sign of life. */
  find(id: string): OpenTalk | undefined;
  close(id: string): boolean;
};

export function createHandTalks(lab: Lab, idleRealMs: number = IDLE_REAL_MS): HandTalks {
  const open = new Map<string, OpenTalk & { timer: ReturnType<typeof setTimeout> }>();
  let opening = 0;

  function close(id: string): boolean {
    const found = open.get(id);
    if (found === undefined) return false;
    clearTimeout(found.timer);
    open.delete(id);
    found.talk.close();
    return true;
  }

  function expire(id: string): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => close(id), idleRealMs);
    timer.unref();
    return timer;
  }

  /** What has ended makes room, the oldest first. */
  function makeRoom(): void {
    for (const [id, { talk }] of open) {
      if (open.size + opening < TALKS_OPEN_MAX) return;
      if (talk.state.phase === "closed") close(id);
    }
    if (open.size + opening >= TALKS_OPEN_MAX)
      throw new LabError(`${TALKS_OPEN_MAX} conversations are open already: close one first`);
  }

  return {
    async open({ host, port, from }) {
      makeRoom();
      const door = doorAt(lab, host, port);
      const source = sourceOf(lab, from);
      opening++;
      try {
        const connection = await dialHost(lab, { host: door.host, port, from: source.address });
        const implicitTls = door.tls === "implicit";
        const serverName = lab.hosts.get(door.host)?.plan.hostname ?? door.host;
        const talk = await openHandTalk({ lab, connection, serverName, implicitTls });
        const held = { talk, host: door.host, port, from: source.address, hello: source.hostname };
        open.set(talk.id, { ...held, timer: expire(talk.id) });
        return held;
      } finally {
        opening--;
      }
    },
    find(id) {
      const found = open.get(id);
      if (found !== undefined) {
        clearTimeout(found.timer);
        found.timer = expire(id);
      }
      return found;
    },
    close,
  };
}

function doorAt(lab: Lab, host: string, port: number): LabDoor {
  const doors = lab.doors.filter(({ service }) => /^(?:smtp|submission)/.test(service));
  const own = doors.filter((door) => door.host === host);
  const door = own.find(({ virtual }) => virtual.port === port);
  if (door !== undefined) return door;
  if (own.length === 0)
    throw new LabError(
      `"${host}" has no door for mail; hosts that have one: ${[...new Set(doors.map((one) => one.host))].join(", ")}`,
    );
  const known = own.map(({ service, virtual }) => `${service} at ${formatEndpoint(virtual)}`);
  throw new LabError(`${host} has no door for mail at port ${port}; it has ${known.join(", ")}`);
}

/** By `you`, a host's name, or an address of either. */
function sourceOf({ plan }: Lab, from: string): { address: string; hostname: string } {
  const { you, hosts } = plan;
  if (from === "you" || from === you.address) return you;
  const host = hosts.find(({ name, addresses }) => name === from || addresses.includes(from));
  const address = host?.addresses.find((one) => one === from) ?? host?.addresses[0];
  if (host === undefined || address === undefined)
    throw new LabError(`"${from}" is no address of this lab: name you, a host, or an address of one`);
  return { address, hostname: host.hostname };
}
