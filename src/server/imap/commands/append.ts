/** APPEND (RFC 9051 §6.3.12) of one or many messages (RFC 3502): all are stored and synced, or none. */
import { formatRanges } from "../../../base/number-ranges.ts";
import type { AppendItem } from "../../../store/account-mail.ts";
import { no, NOT_ALLOWED, ok, refused } from "../completion.ts";
import type { Handler } from "../execute.ts";
import { findMailbox } from "../mailbox-names.ts";
import { appendItem } from "../message-content.ts";

export const append: Handler<"append"> = async (session, { mailbox: name, messages }) => {
  const found = findMailbox(session.context.store, session.own, name);
  if (found === undefined) return no("there is no such mailbox", "TRYCREATE");
  if (!found.rights.includes("i")) return NOT_ALLOWED;
  const items: AppendItem[] = [];
  for (const message of messages) {
    const item = await appendItem(session, message, found.rights);
    if ("status" in item) return item;
    items.push(item);
  }
  const done = await found.mail.append(found.mailbox.id, items);
  if (done.kind !== "done") return refused(done, true);
  return ok("APPEND completed", `APPENDUID ${done.uidValidity} ${formatRanges(done.uids)}`);
};
