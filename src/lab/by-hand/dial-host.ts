/**
 * A connection to a door of a lab host, from the person at the keyboard or from the address of another host: for those
 * who speak by hand. Only hosts of the lab are reached, and only at doors they have; anything else is a LabError.
 */
import type { Connection, Endpoint } from "../../base/network.ts";
import { LabError, type Lab } from "../lab.ts";
import { drive } from "../runtime/drive.ts";

export type Dialing = {
  /** A host's short name. */
  readonly host: string;
  readonly port?: number | undefined;
  /** An address of the lab to come from; the person's own when absent. */
  readonly from?: string | undefined;
};

export const SMTP_PORT = 25;
/** Limit: as a mail client waits (RFC 5321 §4.5.3.2 asks for more, of servers that retry). */
const CONNECT_TIMEOUT_MS = 30_000;

export async function dialHost(
  { plan, environment }: Lab,
  { host, port = SMTP_PORT, from = plan.you.address }: Dialing,
): Promise<Connection> {
  const address = plan.hosts.find(({ name }) => name === host)?.addresses[0];
  if (address === undefined)
    throw new LabError(
      `"${host}" is no host of this lab; hosts: ${plan.hosts.map(({ name }) => name).join(", ")}`,
    );
  const { network } = environment.worldFor(from);
  const to: Endpoint = { address, port };
  return drive(environment, network.connect(to, { from, timeoutMs: CONNECT_TIMEOUT_MS }));
}
