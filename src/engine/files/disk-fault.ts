/** What the system says when a disk refuses, in the house's words. Any error becomes a Fault; a Fault stays itself. */
import { Fault, type FaultKind } from "../../base/fault.ts";

const KINDS: Readonly<Record<string, FaultKind>> = {
  ENOSPC: "diskFull",
  EDQUOT: "diskFull",
  EFBIG: "diskFull",
  EROFS: "readOnly",
  EACCES: "permission",
  EPERM: "permission",
  EMFILE: "overload",
  ENFILE: "overload",
};

/** `doing` says what failed, in words for the log: `write segment 3 of /var/spool`. */
export function toDiskFault(error: unknown, doing: string): Fault {
  if (error instanceof Fault) return error;
  const code = (error as { code?: unknown } | undefined)?.code;
  const kind = typeof code === "string" ? (KINDS[code] ?? "io") : "io";
  const why = error instanceof Error ? error.message : String(error);
  return new Fault(kind, `cannot ${doing}: ${why}`, { cause: error });
}
