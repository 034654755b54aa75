/** Access control lists (RFC 4314): who else may see and use a mailbox. The right `a` is needed to see or change them. */
import type { ImapSession } from "../session.ts";
import { bad, type Completion, NO_SUCH_MAILBOX, NOT_ALLOWED, ok, refused } from "../completion.ts";
import type { Handler } from "../execute.ts";
import { findMailbox, type Found } from "../mailbox-names.ts";
import { ALL_RIGHTS, readRights, shownRights } from "../rights.ts";

export const getAcl: Handler<"getacl"> = (session, { mailbox }) => {
  const found = administered(session, mailbox);
  if ("status" in found) return found;
  const { writer } = session.output;
  writer
    .raw("* ACL ")
    .mailbox(found.name)
    .raw(" ")
    .astring(found.mail.name)
    .raw(` ${shownRights(ALL_RIGHTS)}`);
  for (const [identifier, rights] of found.mailbox.acl)
    writer.raw(" ").astring(identifier).raw(" ").astring(shownRights(rights));
  writer.raw("\r\n");
  return ok("GETACL completed");
};

export const setAcl: Handler<"setacl"> = async (session, { mailbox, identifier, change, rights: text }) => {
  const found = administered(session, mailbox);
  if ("status" in found) return found;
  const rights = readRights(text);
  if (rights === undefined) return bad(`"${text}" holds a right that we do not know`);
  const before = found.mailbox.acl.get(identifier) ?? "";
  const after =
    change === "replace"
      ? rights
      : change === "add"
        ? (readRights(before + rights) ?? "")
        : [...before].filter((right) => !rights.includes(right)).join("");
  const done = await found.mail.setRights(found.mailbox.id, identifier, after === "" ? undefined : after);
  return done.kind === "done" ? ok("SETACL completed") : refused(done);
};

export const deleteAcl: Handler<"deleteacl"> = async (session, { mailbox, identifier }) => {
  const found = administered(session, mailbox);
  if ("status" in found) return found;
  const done = await found.mail.setRights(found.mailbox.id, identifier, undefined);
  return done.kind === "done" ? ok("DELETEACL completed") : refused(done);
};

/** Nothing is always granted, and each right goes by itself (RFC 4314 §3.7). */
export const listRights: Handler<"listrights"> = (session, { mailbox, identifier }) => {
  const found = administered(session, mailbox);
  if ("status" in found) return found;
  const { writer } = session.output;
  writer.raw("* LISTRIGHTS ").mailbox(found.name).raw(" ").astring(identifier).raw(' ""');
  for (const right of shownRights(ALL_RIGHTS)) writer.raw(` ${right}`);
  writer.raw("\r\n");
  return ok("LISTRIGHTS completed");
};

export const myRights: Handler<"myrights"> = (session, { mailbox }) => {
  const found = findMailbox(session.context.store, session.own, mailbox);
  if (found === undefined) return NO_SUCH_MAILBOX;
  session.output.writer
    .raw("* MYRIGHTS ")
    .mailbox(found.name)
    .raw(` ${shownRights(found.rights)}\r\n`);
  return ok("MYRIGHTS completed");
};

function administered(session: ImapSession, name: string): Found | Completion {
  const found = findMailbox(session.context.store, session.own, name);
  if (found === undefined) return NO_SUCH_MAILBOX;
  return found.rights.includes("a") ? found : NOT_ALLOWED;
}
