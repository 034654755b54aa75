/** How a command ended, and the words for why it did not work (RFC 9051 §7.1, RFC 5530): the one table of this door. */
import { type FaultKind, isFault } from "../../base/fault.ts";
import type { MailRefusal } from "../../store/account-mail.ts";

export type Completion = {
  readonly status: "OK" | "NO" | "BAD";
  /** Without its brackets: `APPENDUID 38505 3955`. */
  readonly code?: string | undefined;
  readonly text: string;
  /** What the connection does once this is said. */
  readonly next?: "startTls" | "compress" | "hangUp" | undefined;
};

export function ok(text: string, code?: string): Completion {
  return { status: "OK", code, text };
}

export function no(text: string, code?: string): Completion {
  return { status: "NO", code, text };
}

export function bad(text: string, code?: string): Completion {
  return { status: "BAD", code, text };
}

export const NO_SUCH_MAILBOX = no("there is no such mailbox", "NONEXISTENT");
export const NOT_ALLOWED = no("you do not have the right to do that", "NOPERM");
export const READ_ONLY = no("the mailbox is open for reading only", "READ-ONLY");

/** `target`: the mailbox that is missing is where something was to go, and creating it would help. */
export function refused(refusal: MailRefusal, target = false): Completion {
  switch (refusal.kind) {
    case "noMailbox":
      return target ? no("there is no such mailbox", "TRYCREATE") : NO_SUCH_MAILBOX;
    case "exists":
      return no("there is a mailbox of that name", "ALREADYEXISTS");
    case "badName":
    case "forbidden":
      return no(refusal.why, "CANNOT");
    case "overQuota":
      return no(`over quota: ${refusal.used} of ${refusal.max} ${refusal.what} are used`, "OVERQUOTA");
    case "limit":
      return no(refusal.why, "LIMIT");
  }
}

const NO_SPACE = no("there is no space for this now, try again later", "UNAVAILABLE");
const NOT_NOW = no("this did not work out, try again later", "UNAVAILABLE");
const BUSY = no("too busy, try again later", "INUSE");

const FAULTS: Readonly<Record<FaultKind, Completion>> = {
  diskFull: NO_SPACE,
  readOnly: NO_SPACE,
  io: NOT_NOW,
  timeout: NOT_NOW,
  refused: NOT_NOW,
  reset: NOT_NOW,
  unreachable: NOT_NOW,
  blocked: NOT_NOW,
  tls: NOT_NOW,
  addressInUse: NOT_NOW,
  folderInUse: NOT_NOW,
  permission: NOT_NOW,
  closed: NOT_NOW,
  overload: BUSY,
};

/** Undefined for what is no fault: a bug of ours. */
export function faultCompletion(error: unknown): Completion | undefined {
  return isFault(error) ? FAULTS[error.kind] : undefined;
}
