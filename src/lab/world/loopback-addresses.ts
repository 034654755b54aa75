/**
 * How the lab's virtual addresses are bound on one machine: 10.66.x.y on 127.66.x.y, fd66::n on 127.67.x.y (IPv6
 * loopback has only one address), and back. Pure. A network that cannot be told apart again is refused with an Error.
 */
import { formatIp, networkContains, parseIp, parseNetwork, type IpNetwork } from "../../base/ip.ts";

const LOOPBACK_BYTE = 127;
const IPV4_BYTE = 66;
const IPV6_BYTE = 67;
/** Limit: the low 16 bits of an address are kept, so a wider network would put two hosts on one bound address. */
const IPV4_PREFIX_BITS_MIN = 16;
const IPV6_BYTES_KEPT_FROM = 14;

export type LoopbackAddresses = {
  /** Whether the address lies in the lab's networks. */
  isLab(virtual: string): boolean;
  /** Where a lab address is bound; undefined when it is none, or has bits this mapping cannot keep. */
  bound(virtual: string): string | undefined;
  /**
   * What the lab shows for an address of the machine: a bound address as its virtual one, 127.0.0.1 and ::1 as the
   * person at the keyboard, anything else as it is.
   */
  shown(real: string): string;
};

export function mapLoopbackAddresses(networks: {
  readonly virtualNetwork: string;
  readonly ipv6: string;
  readonly you: string;
}): LoopbackAddresses {
  const ipv4 = networkOf(networks.virtualNetwork, 4);
  const ipv6 = networkOf(networks.ipv6, 16);
  const { you } = networks;
  const isIdentity = ipv4.bytes[0] === LOOPBACK_BYTE;
  if (!isIdentity && ipv4.prefixBits < IPV4_PREFIX_BITS_MIN) {
    throw new Error(`the lab network ${networks.virtualNetwork} is too wide: /16 at most`);
  }
  if (isIdentity && networkContains(ipv4, `127.${IPV6_BYTE}.0.0`)) {
    throw new Error(
      `the lab network ${networks.virtualNetwork} covers 127.${IPV6_BYTE}.0.0/16, where IPv6 is bound`,
    );
  }

  const isLab = (virtual: string): boolean =>
    networkContains(ipv4, virtual) || networkContains(ipv6, virtual);

  return {
    isLab,
    bound(virtual) {
      const bytes = parseIp(virtual);
      if (bytes === undefined || !isLab(virtual)) return undefined;
      if (bytes.length === 4) {
        return isIdentity ? formatIp(bytes) : `127.${IPV4_BYTE}.${bytes[2]}.${bytes[3]}`;
      }
      const isKept = bytes.every((byte, i) => i >= IPV6_BYTES_KEPT_FROM || byte === ipv6.bytes[i]);
      return isKept ? `127.${IPV6_BYTE}.${bytes[14]}.${bytes[15]}` : undefined;
    },
    shown(real) {
      if (real === "127.0.0.1" || real === "::1") return you;
      const bytes = parseIp(real);
      if (bytes?.length !== 4 || bytes[0] !== LOOPBACK_BYTE) return real;
      if (bytes[1] === IPV6_BYTE) return inNetwork(ipv6, bytes) ?? real;
      return !isIdentity && bytes[1] === IPV4_BYTE ? (inNetwork(ipv4, bytes) ?? real) : real;
    },
  };
}

/** The address of `network` with the low 16 bits of a bound one; undefined when the network ends before it. */
function inNetwork(network: IpNetwork, bound: Uint8Array): string | undefined {
  const bytes = network.bytes.slice();
  bytes.set(bound.subarray(2), bytes.length - 2);
  return networkContains(network, bytes) ? formatIp(bytes) : undefined;
}

function networkOf(text: string, length: 4 | 16): IpNetwork {
  const network = parseNetwork(text);
  if (network?.bytes.length !== length) {
    throw new Error(
      `"${text}" is no ${length === 4 ? "IPv4" : "IPv6"} network such as ${length === 4 ? "10.66.0.0/24" : "fd66::/64"}`,
    );
  }
  return network;
}
