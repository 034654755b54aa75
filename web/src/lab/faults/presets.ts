/** The failures everybody meets sooner or later, made for the hosts of this lab. One that has no place here is left out. Pure. */
import type { FaultForm } from "../../../../src/lab/api/fault-form.ts";
import type { LabGraph } from "../../../../src/lab/api/views.ts";
import type { IconName } from "../../lib/ui/icon-paths.ts";
import { type FaultDraft, newDraft } from "./fault-draft.ts";

export type Preset = {
  readonly title: string;
  readonly about: string;
  readonly icon: IconName;
  readonly draft: FaultDraft;
};

export function presetsFor(form: FaultForm, { nodes, edges }: LabGraph): Preset[] {
  const ofRole = (role: string): string | undefined => nodes.find((node) => node.role === role)?.name;
  const route = edges.find(({ kind }) => kind === "relay") ?? edges.find(({ kind }) => kind === "smarthost");
  const keeper = route?.kind === "relay" ? route.to : ofRole("mailbox");
  const entry = route?.kind === "relay" ? route.from : keeper;
  const domain = edges.find(({ kind, to }) => kind === "mx" && to === entry)?.from ?? ofRole("domain");
  const server = form.places.dns.hosts[0];
  const presets: Preset[] = [];
  const add = (title: string, about: string, icon: IconName, over: Partial<FaultDraft>): void =>
    void presets.push({ title, about, icon, draft: newDraft(form, over) });

  if (keeper !== undefined)
    add("Busy recipient", "450 for the first two tries: deferred, then delivered.", "user", {
      id: "busy",
      host: keeper,
      often: "first",
    });
  if (keeper !== undefined)
    add("Host down", "Nobody is there: a delay warning after hours, a bounce after days.", "fail", {
      id: "down",
      place: "host",
      host: keeper,
      action: "down",
      value: "",
    });
  if (server !== undefined && domain !== undefined)
    add("SERVFAIL", "The name server fails for ten minutes: mail waits, nothing bounces.", "globe", {
      id: "servfail",
      place: "dns",
      host: server,
      action: "rcode",
      value: "SERVFAIL",
      lasting: "10m",
      when: { query: `${domain} MX` },
    });
  if (entry !== undefined)
    add("STARTTLS stripped", "Somebody on the line hides STARTTLS: who must have TLS refuses.", "lock", {
      id: "strip",
      place: "link",
      from: "*",
      to: entry,
      action: "tls",
      value: "strip",
    });
  if (route !== undefined)
    add("Slow link", "A kilobyte a second between two servers: what times out, what waits?", "clock", {
      id: "slow",
      place: "link",
      from: route.from,
      to: route.to,
      action: "throttle",
      value: "1KB/s",
    });
  if (entry !== undefined)
    add("Rate limit", "More than two messages a minute are told 421: try again later.", "filter", {
      id: "rate",
      host: entry,
      point: "MAIL",
      action: "ratelimit",
      value: "2/1m",
    });
  return presets;
}
