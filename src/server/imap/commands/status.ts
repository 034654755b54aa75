/** STATUS (RFC 9051 §6.3.11). */
import { NO_SUCH_MAILBOX, NOT_ALLOWED, ok } from "../completion.ts";
import type { Handler } from "../execute.ts";
import { findMailbox } from "../mailbox-names.ts";
import { reportStatus } from "../report-status.ts";

export const status: Handler<"status"> = async (session, { mailbox: name, items }) => {
  const found = findMailbox(session.context.store, session.own, name);
  if (found === undefined) return NO_SUCH_MAILBOX;
  if (!found.rights.includes("r")) return NOT_ALLOWED;
  await reportStatus(session, found, items);
  return ok("STATUS completed");
};
