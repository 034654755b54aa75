/** Why a server did not start, for the person who wrote its settings. Undefined for what is a bug of ours. */
import { Fault } from "../base/fault.ts";
import { OpenRelayError } from "../server/host/open-relay.ts";

export function explainStart(error: unknown): string | undefined {
  if (error instanceof OpenRelayError) return error.message;
  if (!(error instanceof Fault)) return undefined;
  if (error.kind === "addressInUse" || error.kind === "unreachable") return `${error.message} (see "listen")`;
  if (error.kind === "folderInUse") return `${error.message} (see "data")`;
  if (error.kind !== "permission") return error.message;
  return `${error.message} (see "listen": ports below 1024 need root or CAP_NET_BIND_SERVICE; 2525 does not)`;
}
