/** Turns what the system says (ENOSPC, ECONNREFUSED…) into the house's faults. Knows no protocol and never throws. */
import { Fault, type FaultKind } from "../../base/fault.ts";

const KINDS: Readonly<Record<string, FaultKind>> = {
  ENOSPC: "diskFull",
  EDQUOT: "diskFull",
  EFBIG: "diskFull",
  EROFS: "readOnly",
  EACCES: "permission",
  EPERM: "permission",
  EADDRINUSE: "addressInUse",
  ECONNREFUSED: "refused",
  ETIMEDOUT: "timeout",
  ECONNRESET: "reset",
  ECONNABORTED: "reset",
  EPIPE: "reset",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  EADDRNOTAVAIL: "unreachable",
  EAFNOSUPPORT: "unreachable",
  EMFILE: "overload",
  ENFILE: "overload",
  ENOBUFS: "overload",
  ENOMEM: "overload",
};

/** `doing` opens the sentence for the log: `write /var/drop/a.eml`. */
export function toFault(error: unknown, doing: string): Fault {
  if (error instanceof Fault) return error;
  const code = errorCode(error);
  const kind = KINDS[code] ?? (/^ERR_(?:SSL|TLS)|^EPROTO$/.test(code) ? "tls" : "io");
  const why = error instanceof Error ? error.message : String(error);
  return new Fault(kind, `cannot ${doing}: ${why}`, { cause: error });
}

/** `ENOENT`; empty when it has none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
}
