/**
 * Server administration over the hosts of a lab: whoever is at the lab's door runs them all. Settings are those of the
 * plan; a change restarts that host with its mail and queue, and never touches the lab file.
 */
import { err, ok } from "../../base/result.ts";
import { createMetrics } from "../../journal/metrics.ts";
import type { Resolver } from "../../protocol/dns/resolver.ts";
import type { AdminHost, AdminParts } from "../../server/http/admin/admin-place.ts";
import {
  createSettingsDesk,
  type SettingsDesk,
  type SettingsKeeper,
} from "../../server/http/admin/settings-desk.ts";
import type { HostSettings } from "../../settings/host-settings.ts";
import { writeSettings } from "../../settings/write-settings.ts";
import type { Lab } from "../lab.ts";
import { drive } from "../runtime/drive.ts";

export function labAdministration(lab: Lab): Omit<AdminParts, "sessions" | "world"> {
  const metrics = createMetrics((name) => ({
    queueDepth: lab.hosts.get(name)?.host?.queue.depth ?? 0,
    memoryBytes: process.memoryUsage.rss(),
  }));
  // What the journal still holds has happened, too.
  for (const { host, at, ...body } of lab.journal.read()) metrics.count(host, at, body);
  lab.journal.tap(metrics.count);
  const desks = new Map<string, SettingsDesk>();
  const deskOf = (name: string): SettingsDesk => {
    const desk = desks.get(name) ?? openDesk(lab, name);
    desks.set(name, desk);
    return desk;
  };
  return {
    metrics,
    isLab: true,
    whoAsks: () => Promise.resolve("you"),
    hosts: () =>
      lab.plan.hosts.flatMap(({ name, role }): AdminHost[] => {
        const { host, resolver } = lab.hosts.get(name) ?? {};
        if (host === undefined || resolver === undefined) return [];
        return [{ name, role, host, resolver: driven(lab, resolver), settings: deskOf(name) }];
      }),
  };
}

/** In a simulation nothing is answered unless somebody lets time go on. */
function driven({ environment }: Lab, resolver: Resolver): Resolver {
  return {
    ...resolver,
    resolve: (name, type, context) => drive(environment, resolver.resolve(name, type, context)),
  };
}

function openDesk(lab: Lab, name: string): SettingsDesk {
  const recorder = lab.journal.recorder(name);
  return createSettingsDesk({
    keeper: planKeeper(lab, name),
    world: { clock: lab.environment.time },
    audit: (who, what) => void recorder.record({ kind: "administration", who, what }, undefined),
  });
}

/** A text as written here, while the plan still has the settings it was read to. */
type Kept = { readonly text: string; readonly settings: HostSettings };

function planKeeper(lab: Lab, name: string): SettingsKeeper {
  let kept: Kept | undefined;
  let before: string | undefined;

  function current(): string {
    const settings = settingsOf(lab, name);
    if (kept?.settings !== settings) {
      kept = { text: writeSettings(settings), settings };
      before = undefined;
    }
    return kept.text;
  }

  return {
    where: `the plan of ${name} in the running lab “${lab.plan.name}”`,
    isFile: false,
    severs: false,
    read: () => Promise.resolve(current()),
    running: current,
    previous: () => Promise.resolve(before),
    objections: ({ hostname }) => {
      const { hostname: planned } = settingsOf(lab, name);
      const message = `the lab's zones know it as ${planned}: change its name in the lab file`;
      return hostname === planned ? [] : [{ path: "hostname", message }];
    },
    async take(text, settings) {
      const [was, plan] = [current(), lab.plan];
      const hosts = plan.hosts.map((host) => (host.name === name ? { ...host, settings } : host));
      try {
        await lab.reload({ ...plan, hosts });
      } catch (error) {
        await lab.reload(plan);
        return err(error instanceof Error ? error.message : String(error));
      }
      kept = { text, settings };
      before = was;
      return ok(undefined);
    },
  };
}

function settingsOf({ plan }: Lab, name: string): HostSettings {
  const settings = plan.hosts.find((host) => host.name === name)?.settings;
  if (settings === undefined) throw new Error(`${name} has no settings`);
  return settings;
}
