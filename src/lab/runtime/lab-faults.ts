/**
 * The lab's faults as its hosts meet them: hooks for the doors of each host and its network. Faults of the lab file
 * come back on reset; those placed later go.
 */
import type { Endpoint, Network } from "../../base/network.ts";
import type { Intercept } from "../../protocol/smtp/interception.ts";
import type { Question } from "../../protocol/dns/record.ts";
import type { DnsFault } from "../../server/dns/dns-fault.ts";
import type { FaultBoxPort } from "../kit/fault-desk.ts";

export type LabFaults = FaultBoxPort & {
  smtpIntercept(host: string): Intercept | undefined;
  dnsIntercept(host: string): ((question: Question, client: Endpoint) => DnsFault | undefined) | undefined;
  networkFor(host: string, address: string): Network;
  /** Back to the faults of the lab file, none of them fired. */
  reset(): void;
};
