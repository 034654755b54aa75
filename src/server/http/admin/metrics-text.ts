/** Totals as Prometheus reads them (text exposition format 0.0.4). Thirty lines of text need no library. */
import { COUNTED, type Counted, type Metrics } from "../../../journal/metrics.ts";
import type { AdminHost } from "./admin-place.ts";

const ABOUT: Readonly<Record<Counted, string>> = {
  received: "Messages taken.",
  delivered: "Recipients done: stored, or handed on.",
  deferred: "Attempts that will be made again.",
  failed: "Recipients given up.",
  refused: "Messages turned away.",
  connections: "Connections that came in.",
  bytes: "Bytes of the messages taken.",
};

export function formatMetrics(hosts: readonly AdminHost[], metrics: Metrics): string {
  const lines: string[] = [];
  const say = (
    name: string,
    type: string,
    about: string,
    value: (host: AdminHost["host"]) => number,
  ): void => {
    lines.push(`# HELP ${name} ${about}`, `# TYPE ${name} ${type}`);
    for (const { name: host, host: one } of hosts)
      lines.push(`${name}{host="${host.replace(/["\\\n]/g, "_")}"} ${value(one)}`);
  };
  for (const what of COUNTED)
    say(`posthorn_${what}_total`, "counter", ABOUT[what], ({ name }) => metrics.totals(name)[what]);
  say("posthorn_queue_messages", "gauge", "Messages in the queue.", ({ queue }) => queue.depth);
  return `${lines.join("\n")}\n`;
}
