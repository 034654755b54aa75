/** QUOTA (RFC 9208): one root for each account, "". Limits are the administrator's: an owner cannot raise them. */
import type { AccountMail } from "../../../store/account-mail.ts";
import { no, NO_SUCH_MAILBOX, NOT_ALLOWED, ok } from "../completion.ts";
import type { Handler } from "../execute.ts";
import { findMailbox } from "../mailbox-names.ts";
import type { ImapSession } from "../session.ts";

const ROOT = "";
/** STORAGE counts in these (RFC 9208 §5.1). */
const STORAGE_UNIT_BYTES = 1_024;

export const getQuota: Handler<"getquota"> = (session, { root }) => {
  if (root !== ROOT) return no("there is no such quota root", "NONEXISTENT");
  reportQuota(session, session.own);
  return ok("GETQUOTA completed");
};

export const getQuotaRoot: Handler<"getquotaroot"> = (session, { mailbox: name }) => {
  const found = findMailbox(session.context.store, session.own, name);
  if (found === undefined) return NO_SUCH_MAILBOX;
  if (!found.rights.includes("r")) return NOT_ALLOWED;
  const isOwn = found.mail === session.own;
  const { writer } = session.output;
  writer
    .raw("* QUOTAROOT ")
    .mailbox(name)
    .raw(isOwn ? ' ""\r\n' : "\r\n");
  if (isOwn) reportQuota(session, found.mail);
  return ok("GETQUOTAROOT completed");
};

export const setQuota: Handler<"setquota"> = () => NOT_ALLOWED;

function reportQuota({ output: { writer } }: ImapSession, { quota }: AccountMail): void {
  const resources: string[] = [];
  const { bytesMax, bytesUsed, messagesMax, messagesUsed } = quota;
  if (bytesMax !== undefined)
    resources.push(
      `STORAGE ${Math.ceil(bytesUsed / STORAGE_UNIT_BYTES)} ${Math.floor(bytesMax / STORAGE_UNIT_BYTES)}`,
    );
  if (messagesMax !== undefined) resources.push(`MESSAGE ${messagesUsed} ${messagesMax}`);
  writer.raw(`* QUOTA "" (${resources.join(" ")})\r\n`);
}
