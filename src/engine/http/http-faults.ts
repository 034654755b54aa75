/** What node says when a request to another server fails, as a Fault. */
import { Fault, type FaultKind } from "../../base/fault.ts";

const KINDS: Readonly<Record<string, FaultKind>> = {
  ECONNREFUSED: "refused",
  ECONNRESET: "reset",
  UND_ERR_SOCKET: "reset",
  ENOTFOUND: "unreachable",
  EAI_AGAIN: "unreachable",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  UND_ERR_CONNECT_TIMEOUT: "timeout",
};

export function httpFault(error: unknown, url: string): Fault {
  if (error instanceof Fault) return error;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  const kind = KINDS[code] ?? (/CERT|TLS|SSL/.test(code) ? "tls" : "unreachable");
  const words = cause instanceof Error ? cause.message : String(cause);
  return new Fault(kind, `${url}: ${words}`, { cause: error });
}
