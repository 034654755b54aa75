/** CREATE (RFC 9051 §6.3.4), with a special use (RFC 6154 §3) and the new mailbox's id (RFC 8474 §4.1). */
import { HIERARCHY_SEPARATOR } from "../../../store/account-mail.ts";
import { no, NOT_ALLOWED, ok, refused } from "../completion.ts";
import type { Handler } from "../execute.ts";
import { placeOf } from "../mailbox-names.ts";
import { mailboxId } from "../object-ids.ts";
import { reportName } from "../report.ts";
import { mayCreate } from "../rights.ts";
import { roleOf } from "../special-use.ts";

export const create: Handler<"create"> = async (session, { mailbox, uses, oldName }) => {
  const { own, context } = session;
  // A separator at the end says that mailboxes will be made below it, which any of ours allows.
  const wanted = mailbox.endsWith(HIERARCHY_SEPARATOR) ? mailbox.slice(0, -1) : mailbox;
  const place = placeOf(context.store, own, wanted);
  if (place === undefined || !mayCreate(place, own)) return NOT_ALLOWED;
  const role = uses.length === 0 ? undefined : roleOf(uses[0] ?? "");
  if (uses.length > 1 || (uses.length === 1 && role === undefined))
    return no("that special use is not offered", "USEATTR");
  const created = await place.mail.create(place.name, role);
  if (created.kind !== "done") {
    const isRole = role !== undefined && created.kind === "forbidden";
    return isRole ? no(created.why, "USEATTR") : refused(created);
  }
  if (oldName !== undefined) reportName(session, wanted, oldName);
  return ok("CREATE completed", `MAILBOXID (${mailboxId(place.mail, created.mailbox)})`);
};
