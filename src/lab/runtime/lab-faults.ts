/**
 * The lab's faults as its hosts meet them: hooks for the doors of each host and its network. Faults of the lab file
 * come back on reset; those placed later go.
 */
import type { Endpoint, Network } from "../../base/network.ts";
import { seededRandom } from "../../base/random.ts";
import type { TlsIdentity } from "../../base/tls.ts";
import type { Journal } from "../../journal/journal.ts";
import type { Intercept } from "../../protocol/smtp/interception.ts";
import type { Question } from "../../protocol/dns/record.ts";
import type { DnsFault } from "../../server/dns/dns-fault.ts";
import { dnsIntercept } from "../faults/dns-hook.ts";
import { createFaultBox, type OpenCut } from "../faults/fault-box.ts";
import { faultyNetwork } from "../faults/faulty-network.ts";
import { createOpenLinks, type LinkEnds } from "../faults/open-links.ts";
import { smtpIntercept } from "../faults/smtp-hook.ts";
import type { LabPlan } from "../file/plan.ts";
import type { FaultBoxPort, FaultEntry } from "../kit/fault-desk.ts";
import { LabError, type LabEnvironment } from "../lab.ts";

export type LabFaults = FaultBoxPort & {
  smtpIntercept(host: string): Intercept | undefined;
  dnsIntercept(host: string): ((question: Question, client: Endpoint) => DnsFault | undefined) | undefined;
  networkFor(host: string, address: string): Network;
  /** Another plan: its faults take the place of the old one's. */
  reload(plan: LabPlan): void;
  /** Back to the faults of the lab file, none of them fired. */
  reset(): void;
};

const OTHER_NAMES = ["somebody-else.invalid"];

export function createLabFaults(given: LabPlan, environment: LabEnvironment, journal: Journal): LabFaults {
  let plan = given;
  const clock = environment.time;
  const names = (): string[] => [...plan.hosts.map(({ name }) => name), "you"];
  const box = createFaultBox({ clock, random: seededRandom(plan.seed), journal, hosts: names });
  const links = createOpenLinks(clock);
  /** What the lab file's faults were called, and what it says of them. */
  const ofFile = new Map<string, string>();
  const nameOf = (address: string): string | undefined =>
    address === plan.you.address
      ? "you"
      : plan.hosts.find(({ addresses }) => addresses.includes(address))?.name;
  const isOurs = (name: string): boolean =>
    plan.hosts.some((host) => host.name === name && host.outside === undefined);
  const badIdentity = (trouble: "badcert" | "expired", good: TlsIdentity): TlsIdentity =>
    trouble === "badcert"
      ? environment.authority.issue(OTHER_NAMES)
      : environment.authority.issueExpired(good.names);

  const add = (entry: Readonly<Record<string, unknown>>): string => {
    const added = box.add(entry);
    if (!added.ok) throw new LabError(added.error.join("\n"));
    const id = added.value;
    const strikes =
      (cut: OpenCut) =>
      ({ host, from, to }: LinkEnds): boolean =>
        box.strikeOpen(id, host, { kind: "link", from, to }, cut);
    links.cut(strikes("down"));
    links.silence(strikes("blackhole"));
    return id;
  };
  const reset = (): void => {
    box.clear();
    ofFile.clear();
    for (const entry of plan.faults) ofFile.set(add(entry), words(entry));
  };
  reset();

  return {
    add,
    remove: (id) => box.remove(id),
    list: () =>
      box.list().map((status) => ({
        ...status,
        origin: ofFile.get(status.id) === words(status.entry) ? ("file" as const) : ("added" as const),
      })),
    clear: () => box.clear(),
    reset,
    reload(next) {
      plan = next;
      reset();
    },
    smtpIntercept: (host) => smtpIntercept(box, host, plan.magic),
    dnsIntercept: (host) => dnsIntercept(box, host),
    networkFor: (host, address) =>
      faultyNetwork(environment.worldFor(address).network, {
        box,
        clock,
        links,
        host,
        nameOf,
        isOurs,
        badIdentity,
      }),
  };
}

/** What a fault says, whatever it is called: one that was removed and put back is the file's again. */
function words(entry: FaultEntry): string {
  return JSON.stringify({ ...entry, id: undefined });
}
