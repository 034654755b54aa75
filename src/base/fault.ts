/**
 * What goes wrong outside us: a full disk, a silent peer, a name server that is down. Engines throw a Fault, each
 * door catches it once and turns it into its protocol's words. The peer reads the door's text, the log reads `message`.
 */

export type FaultKind =
  | "diskFull" // no space: ENOSPC, EDQUOT
  | "readOnly" // the disk refuses writes: EROFS
  | "io" // any other failure of the disk
  | "timeout" // nobody answered in time
  | "refused" // nobody listens there: ECONNREFUSED
  | "reset" // the peer tore the connection down
  | "unreachable" // no route: EHOSTUNREACH, ENETUNREACH
  | "blocked" // the lab has no route out to this address
  | "tls" // the handshake or the certificate failed
  | "addressInUse" // somebody else listens on this port
  | "folderInUse" // another process works in this folder
  | "permission" // the system does not allow this: EACCES, EPERM
  | "closed" // the thing was already shut
  | "overload"; // a bound of ours was reached

export class Fault extends Error {
  readonly kind: FaultKind;
  constructor(kind: FaultKind, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "Fault";
    this.kind = kind;
  }
}

export function isFault(error: unknown, kind?: FaultKind): error is Fault {
  return error instanceof Fault && (kind === undefined || error.kind === kind);
}
