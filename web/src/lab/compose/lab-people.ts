/** Whom a lab has: doors that take mail, and people to write from and to. Pure. */
import type { HostView } from "../../../../src/lab/api/views.ts";

export type MailDoor = {
  readonly host: string;
  readonly service: string;
  readonly port: number;
  readonly url: string | undefined;
};

export function mailDoors(hosts: readonly HostView[]): MailDoor[] {
  return hosts.flatMap(({ name, doors }) =>
    doors
      .filter(({ service }) => /^(?:smtp|submission)/.test(service))
      .map(({ service, virtual, url }) => {
        return { host: name, service, port: Number(/:(\d+)$/.exec(virtual)?.[1] ?? 25), url };
      }),
  );
}

/** A sender of this host's and a recipient elsewhere, as far as there are any. */
export function peopleOf(hosts: readonly HostView[], host: string): { sender: string; recipient: string } {
  const all = hosts.flatMap(({ name, users }) =>
    users.filter((one) => one.name.includes("@")).map((one) => ({ host: name, address: one.name })),
  );
  const sender = (all.find((one) => one.host === host) ?? all[0])?.address ?? "you@lab.test";
  const domain = sender.split("@")[1];
  const recipient =
    all.find(({ address }) => !address.endsWith(`@${domain}`))?.address ??
    all[0]?.address ??
    "postmaster@lab.test";
  return { sender, recipient };
}

/** Somebody this host takes mail for, and a sender from elsewhere, as a stranger at its door would name them. */
export function callersOf(hosts: readonly HostView[], host: string): { sender: string; recipient: string } {
  const domains = hosts.find(({ name }) => name === host)?.domains ?? [];
  const all = hosts.flatMap(({ users }) => users.map(({ name }) => name)).filter((one) => one.includes("@"));
  const isTheirs = (address: string): boolean => domains.includes(address.slice(address.indexOf("@") + 1));
  const usual = peopleOf(hosts, host);
  const recipient = all.find(isTheirs);
  if (recipient === undefined) return usual;
  return { recipient, sender: all.find((one) => !isTheirs(one)) ?? usual.sender };
}
