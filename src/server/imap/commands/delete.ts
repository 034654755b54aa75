/** DELETE (RFC 9051 §6.3.5). */
import { HIERARCHY_SEPARATOR } from "../../../store/account-mail.ts";
import { no, NO_SUCH_MAILBOX, NOT_ALLOWED, ok, refused } from "../completion.ts";
import type { Handler } from "../execute.ts";
import { findMailbox } from "../mailbox-names.ts";

export const deleteMailbox: Handler<"delete"> = async (session, { mailbox: name }) => {
  const found = findMailbox(session.context.store, session.own, name);
  if (found === undefined) return NO_SUCH_MAILBOX;
  if (!found.rights.includes("x")) return NOT_ALLOWED;
  const { mail, mailbox } = found;
  if (mail.mailboxes().some((other) => other.name.startsWith(`${mailbox.name}${HIERARCHY_SEPARATOR}`)))
    return no("the mailbox has others below it: delete those first", "HASCHILDREN");
  const { selected } = session;
  const isSelected = selected?.mail === mail && selected.mailbox.id === mailbox.id;
  const removed = await mail.remove(mailbox.id);
  if (removed.kind !== "done") return refused(removed);
  // Our own doing: no reason to hang up.
  if (isSelected) session.unselect();
  return ok("DELETE completed");
};
