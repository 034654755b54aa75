/**
 * Whether an address is one of the public Internet: what a program may be sent to by a stranger's word, such as a picture's
 * address in a mail. By the IANA registries of special-purpose addresses (RFC 6890); what is not known to be public is not.
 */
import { type IpBytes, type IpNetwork, networkContains, parseIp, parseNetwork } from "./ip.ts";

const networks = (...texts: readonly string[]): IpNetwork[] =>
  texts.map((text) => {
    const network = parseNetwork(text);
    if (network === undefined) throw new Error(`${text} is no network`);
    return network;
  });

const NOT_PUBLIC_IPV4 = networks(
  "0.0.0.0/8", // this network
  "10.0.0.0/8", // private
  "100.64.0.0/10", // carriers' NAT
  "127.0.0.0/8", // loopback
  "169.254.0.0/16", // link-local, and clouds' metadata
  "172.16.0.0/12", // private
  "192.0.0.0/24", // protocol assignments
  "192.0.2.0/24", // documentation
  "192.31.196.0/24", // AS112
  "192.52.193.0/24", // AMT
  "192.88.99.0/24", // 6to4 relays
  "192.168.0.0/16", // private
  "192.175.48.0/24", // AS112
  "198.18.0.0/15", // benchmarks
  "198.51.100.0/24", // documentation
  "203.0.113.0/24", // documentation
  "224.0.0.0/4", // multicast
  "240.0.0.0/4", // reserved, and broadcast
);

/** Global unicast: mapped, compatible, NAT64, unique local, link-local and multicast addresses are all outside. */
const PUBLIC_IPV6 = networks("2000::/3");
const NOT_PUBLIC_IPV6 = networks(
  "2001::/23", // Teredo, ORCHID, benchmarks: a tunnel may lead to any IPv4 address
  "2001:db8::/32", // documentation
  "2002::/16", // 6to4, with any IPv4 address inside
  "2620:4f:8000::/48", // AS112
  "3fff::/20", // documentation
);

/** False for text that is no address. */
export function isPublicAddress(text: string): boolean {
  const bytes = parseIp(text);
  return bytes !== undefined && isPublic(bytes);
}

function isPublic(bytes: IpBytes): boolean {
  const among = (some: readonly IpNetwork[]): boolean =>
    some.some((network) => networkContains(network, bytes));
  if (bytes.length === 4) return !among(NOT_PUBLIC_IPV4);
  return among(PUBLIC_IPV6) && !among(NOT_PUBLIC_IPV6);
}
