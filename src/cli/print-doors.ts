/** What `lab up` prints: every door with its users, and what to try next. Pure. */
import { doorView } from "../lab/api/views.ts";
import type { CompatDoors } from "../lab/compat/serve-compat.ts";
import type { Lab, RunningHost } from "../lab/lab.ts";
import type { Style } from "./print/style.ts";

/** Machines log in too; a person wants the accounts of people. */
const USERS_SHOWN_MAX = 4;

export type WebDoors = { readonly url: string; readonly compat: Pick<CompatDoors, "doors" | "closed"> };

export function printDoors(lab: Lab, { url, compat }: WebDoors, style: Style): string {
  const hosts = [...lab.hosts.values()];
  const width = Math.max(...hosts.map(({ plan }) => plan.name.length));
  const lines = [
    `${style.bold(lab.plan.name)} is up: ${hosts.length} hosts; look at it: ${style.good(url)}`,
    "",
  ];
  for (const host of hosts) lines.push(...hostLines(host, width, style));
  for (const { name, url: door } of compat.doors) lines.push(`${style.good(door)}  ${name}'s message API`);
  for (const sentence of compat.closed) lines.push(style.wait(sentence));
  for (const { message, rfc } of lab.plan.warnings)
    lines.push("", style.wait(`warning: ${message}${rfc === undefined ? "" : ` (${rfc})`}`));
  lines.push(
    "",
    "Try:",
    ...suggestions(lab).map((one) => `  ${style.name(one)}`),
    "",
    style.dim("Ctrl-C ends the lab"),
  );
  return `${lines.join("\n")}\n`;
}

function hostLines({ plan, doors }: RunningHost, width: number, style: Style): string[] {
  const { name, role, hostname, addresses, settings, passwords } = plan;
  const domains = Object.keys(settings?.domains ?? {}).filter((domain) => domain !== name);
  const head = `${style.name(name.padEnd(width))}  ${role.padEnd(9)} ${hostname} ${style.dim(addresses.join(" "))}`;
  const lines = [domains.length === 0 ? head : `${head}  ${domains.join(", ")}`];
  for (const door of doors) {
    const { url, virtual, service } = doorView(door);
    lines.push(
      `${" ".repeat(width)}  ${style.good(url ?? virtual)}${service === "submission" ? style.dim("  submission") : ""}`,
    );
  }
  const users = [...passwords].filter(([user]) => !user.endsWith(`@${hostname}`) || user.startsWith("you@"));
  for (const [user, password] of users.slice(0, USERS_SHOWN_MAX))
    lines.push(`${" ".repeat(width)}  user ${user}  password ${password}`);
  if (users.length > USERS_SHOWN_MAX)
    lines.push(style.dim(`${" ".repeat(width)}  and ${users.length - USERS_SHOWN_MAX} more: lab ls --json`));
  return lines;
}

function suggestions(lab: Lab): string[] {
  const boxes = lab.plan.hosts.flatMap(({ settings, passwords, hostname }) =>
    settings === undefined ? [] : [...passwords.keys()].filter((user) => !user.endsWith(`@${hostname}`)),
  );
  const to = boxes.at(-1) ?? "bob@nemesis.test";
  const relay = lab.plan.hosts.find(
    ({ settings }) => settings?.relayFrom.includes(lab.plan.you.address) === true,
  );
  const domain = to.split("@")[1] ?? "";
  const dns = lab.doors.find(({ service, real }) => service === "dns" && real !== undefined)?.real;
  return [
    `posthorn lab send --to ${to}${relay === undefined ? "" : ` --server ${relay.name}`}`,
    "posthorn lab trace --last",
    ...(relay === undefined ? [] : [`posthorn lab why ${to} --from ${relay.name}`]),
    dns === undefined ? `posthorn lab dig ${domain} MX` : `dig @${dns.address} -p ${dns.port} ${domain} MX`,
    ...(relay === undefined ? [] : [`posthorn lab smtp ${relay.name}`]),
    "posthorn lab scenario ls",
  ];
}
