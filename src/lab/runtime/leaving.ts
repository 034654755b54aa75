/** Which mail may leave the lab: only what `uplink:` names a recipient for, however many addresses it opens. Pure. */
import { matchesAddress } from "../../mta/routing/match.ts";
import { inNetwork } from "../file/addresses.ts";
import type { LabPlan } from "../file/plan.ts";

/** Why mail for a recipient must not go to any of these addresses; undefined when it may. */
export type Objection = (recipient: string, addresses: readonly string[]) => string | undefined;

export function leavingObjection({
  network,
  uplink,
  recipients,
}: Pick<LabPlan, "network" | "uplink" | "recipients">): Objection {
  // Without an uplink every dial is blocked, and the trace shows it.
  if (uplink.length === 0) return () => undefined;
  const isLab = (address: string): boolean =>
    inNetwork(address, network.ipv4) === true || inNetwork(address, network.ipv6) === true;
  return (recipient, addresses) => {
    if (addresses.every(isLab) || recipients.some((pattern) => matchesAddress(pattern, recipient))) {
      return undefined;
    }
    return `blocked by the lab: ${recipient} is outside and not among the recipients of uplink:`;
  };
}
