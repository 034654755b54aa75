/** What outside the lab may be dialled: nothing, but for what the lab file lists under `uplink:`. Pure. */
import { networkContains, parseNetwork, type IpNetwork } from "../../base/ip.ts";
import type { Endpoint } from "../../base/network.ts";

export type Uplink = { allows(to: Endpoint): boolean };

type Allowed = { readonly network: IpNetwork; readonly port: number | undefined };

/** Entries are `192.0.2.1`, `192.0.2.0/24`, `192.0.2.1:25`, `2001:db8::1` or `[2001:db8::1]:25`; others throw an Error. */
export function parseUplink(entries: readonly string[]): Uplink {
  const allowed = entries.map((entry) => {
    const one = parseAllowed(entry);
    if (one === undefined) throw new Error(`uplink: "${entry}" is no address, network or address:port`);
    return one;
  });
  return {
    allows: (to) =>
      allowed.some(
        ({ network, port }) =>
          (port === undefined || port === to.port) && networkContains(network, to.address),
      ),
  };
}

/** Undefined when it is no entry. */
export function parseAllowed(entry: string): Allowed | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(entry) ?? [];
  const network = parseNetwork(bracketed ?? plain ?? entry);
  const port = digits === undefined ? undefined : Number(digits);
  if (network === undefined || (port !== undefined && (port < 1 || port > 65_535))) return undefined;
  return { network, port };
}
