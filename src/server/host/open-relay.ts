/** The last check before the doors open: would this server carry mail for strangers? */
import { probeOpenRelay } from "../../mta/reception/open-relay-probe.ts";
import { createRelayPolicy } from "../../mta/reception/relay-policy.ts";
import type { HostSettings } from "../../settings/host-settings.ts";

/** Thrown at start; the message tells the person what to change. */
export class OpenRelayError extends Error {
  readonly forms: readonly string[];
  constructor(forms: readonly string[]) {
    const shown = forms.slice(0, 5).map((form) => `  ${form}`);
    super(
      [
        "refusing to start as an open relay: these settings would carry mail from strangers to strangers, for example",
        ...shown,
        "Narrow relayFrom to your own networks. If you really mean it, say so: openRelay: yes, relay for everybody",
      ].join("\n"),
    );
    this.name = "OpenRelayError";
    this.forms = forms;
  }
}

export function refuseOpenRelay(settings: HostSettings): void {
  if (settings.openRelay !== undefined) return;
  const carried = probeOpenRelay(
    settings,
    createRelayPolicy(settings, () => undefined),
  );
  if (carried.length > 0) throw new OpenRelayError(carried);
}
