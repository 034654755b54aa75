/**
 * A lab as it is to be built: every host with its names, addresses and settings, every zone, ready for a world. Pure:
 * the same file gives the same plan, whether it runs over sockets or in memory.
 */
import type { Endpoint } from "../../base/network.ts";
import type { HostSettings } from "../../settings/host-settings.ts";
import type { Zone } from "../../protocol/dns/zone.ts";
import type { FaultEntry } from "../faults/fault.ts";
import type { LabExpectation, LabFile, LabHostEntry } from "./lab-file.ts";

export type LabRole = NonNullable<LabHostEntry["role"]>;

export type PlannedHost = {
  /** `presto`. */
  readonly name: string;
  readonly role: LabRole;
  /** `presto.arch.test`. */
  readonly hostname: string;
  /** Virtual, IPv4 first. */
  readonly addresses: readonly string[];
  /** Absent for a name server and for a real server that joined. */
  readonly settings: HostSettings | undefined;
  /** Passwords of those who may log in, for the lab to print and to use: it is a lab. */
  readonly passwords: ReadonlyMap<string, string>;
  /** dns: who is asked about foreign names; "system" is the machine's own resolver. */
  readonly forward: "none" | "system" | Endpoint;
  readonly outside: Endpoint | undefined;
  /** submit: who it writes as. */
  readonly as: string | undefined;
};

export type LabWarning = {
  readonly message: string;
  readonly rfc: string | undefined;
  readonly line: number | undefined;
};

export type LabPlan = {
  readonly name: string;
  readonly seed: number;
  readonly clock: LabFile["clock"];
  readonly network: { readonly ipv4: string; readonly ipv6: string };
  readonly you: { readonly address: string; readonly hostname: string };
  readonly hosts: readonly PlannedHost[];
  readonly zones: readonly Zone[];
  /** As written; checked already. */
  readonly faults: readonly FaultEntry[];
  readonly magic: boolean;
  /** Addresses outside that may be dialled, and the recipients whose mail may go there. */
  readonly uplink: readonly string[];
  readonly recipients: readonly string[];
  readonly expect: readonly LabExpectation[];
  readonly warnings: readonly LabWarning[];
};
