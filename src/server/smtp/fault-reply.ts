/** What a client hears when something outside of us failed: the one table of this door. It never names a path or a cause. */
import { type FaultKind, isFault } from "../../base/fault.ts";
import { reply, type SmtpReply } from "../../protocol/smtp/reply.ts";

const NO_SPACE = reply(452, "4.3.1", "there is no space for the message now, try again later");
const NOT_NOW = reply(451, "4.3.0", "this did not work out, try again later");
const BUSY = reply(451, "4.3.2", "too busy, try again later");

const REPLIES: Readonly<Record<FaultKind, SmtpReply>> = {
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
export function faultReply(error: unknown): SmtpReply | undefined {
  return isFault(error) ? REPLIES[error.kind] : undefined;
}
