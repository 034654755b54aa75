/**
 * QUOTA (RFC 9208): one root for each account. Its owner knows it as "" and cannot raise it; an administrator names the
 * root of any account by the account, and changes it.
 */
import type { AccountMail } from "../../../store/account-mail.ts";
import { accountKey } from "../../../store/create-mail-store.ts";
import { bad, no, NO_SUCH_MAILBOX, NOT_ALLOWED, ok } from "../completion.ts";
import type { Handler } from "../execute.ts";
import { findMailbox } from "../mailbox-names.ts";
import type { ImapSession } from "../session.ts";

const OWN_ROOT = "";
/** STORAGE counts in these (RFC 9208 §5.1). */
const STORAGE_UNIT_BYTES = 1_024;
const NO_SUCH_ROOT = no("there is no such quota root", "NONEXISTENT");
/** Limit: what a quota can be; more octets are no whole number to us. */
const LIMIT_MAX = Number.MAX_SAFE_INTEGER / STORAGE_UNIT_BYTES;

export const getQuota: Handler<"getquota"> = (session, { root }) => {
  const mail = accountOfRoot(session, root);
  if (mail === undefined) return NO_SUCH_ROOT;
  reportQuota(session, root, mail);
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
  if (isOwn) reportQuota(session, OWN_ROOT, found.mail);
  return ok("GETQUOTAROOT completed");
};

/** RFC 9208 §4.1.3: what is not named has no limit any more. */
export const setQuota: Handler<"setquota"> = async (session, { root, limits }) => {
  const { store, quotas } = session.context;
  if (quotas?.isAdministrator(session.own.name) !== true) return NOT_ALLOWED;
  const mail = accountOfRoot(session, root);
  if (mail === undefined) return NO_SUCH_ROOT;
  if (quotas.isFixed(mail.name)) return no("the server's settings give this account its quota", "NOPERM");
  let quotaBytes: number | null = null;
  let quotaMessages: number | null = null;
  for (const { resource, limit } of limits) {
    if (limit > LIMIT_MAX) return bad(`${limit} is more than a quota can be`);
    if (resource === "STORAGE") quotaBytes = limit * STORAGE_UNIT_BYTES;
    else if (resource === "MESSAGE") quotaMessages = limit;
    else return bad(`${resource} is not counted here; STORAGE and MESSAGE are`);
  }
  await store.putAccount(mail.name, { quotaBytes, quotaMessages });
  reportQuota(session, root, mail);
  return ok("SETQUOTA completed");
};

function accountOfRoot(session: ImapSession, root: string): AccountMail | undefined {
  const { store, quotas } = session.context;
  const { own } = session;
  if (root === OWN_ROOT || accountKey(root) === accountKey(own.name)) return own;
  return quotas?.isAdministrator(own.name) === true ? store.mail(root) : undefined;
}

function reportQuota({ output: { writer } }: ImapSession, root: string, { quota }: AccountMail): void {
  const resources: string[] = [];
  const { bytesMax, bytesUsed, messagesMax, messagesUsed } = quota;
  if (bytesMax !== undefined)
    resources.push(
      `STORAGE ${Math.ceil(bytesUsed / STORAGE_UNIT_BYTES)} ${Math.floor(bytesMax / STORAGE_UNIT_BYTES)}`,
    );
  if (messagesMax !== undefined) resources.push(`MESSAGE ${messagesUsed} ${messagesMax}`);
  writer
    .raw("* QUOTA ")
    .string(root)
    .raw(` (${resources.join(" ")})\r\n`);
}
