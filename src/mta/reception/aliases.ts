/** What an alias stands for in the end: aliases of aliases followed, each address once. Pure. */
import { formatMailbox } from "../../message/address/address.ts";
import type { Mailbox } from "../../message/address/address.ts";
import { parseMailbox } from "../../message/address/path.ts";
import type { HostSettings } from "../../settings/host-settings.ts";
import { aliasOf, atHome } from "./accepted-domains.ts";

/** Limit: aliases of aliases; deeper is a loop. */
const ALIAS_DEPTH_MAX = 8;
/** Limit: addresses one recipient may become. */
const ALIAS_ADDRESSES_MAX = 500;

/** Where mail for an address goes that no door was asked about, such as a report: an alias its own, else itself. */
export function finalAddresses(settings: HostSettings, address: string): readonly string[] {
  const parsed = parseMailbox(address);
  return (parsed.ok ? expandAlias(settings, parsed.value) : undefined) ?? [address];
}

/** All final addresses of an alias, each once; undefined when the address is no alias. */
export function expandAlias(settings: HostSettings, given: Mailbox): readonly string[] | undefined {
  const mailbox = [given, ...atHome(settings, given)].find((one) => aliasOf(settings, one) !== undefined);
  if (mailbox === undefined) return undefined;
  const final = new Set<string>();
  const seen = new Set<string>();
  const expand = (one: Mailbox, depth: number): void => {
    const address = formatMailbox(one);
    const targets =
      depth < ALIAS_DEPTH_MAX && !seen.has(address.toLowerCase()) ? aliasOf(settings, one) : undefined;
    seen.add(address.toLowerCase());
    if (targets === undefined) {
      if (final.size < ALIAS_ADDRESSES_MAX) final.add(address);
      return;
    }
    for (const target of targets) {
      const next = parseMailbox(target);
      if (next.ok) expand(next.value, depth + 1);
    }
  };
  expand(mailbox, 0);
  return [...final];
}
