/** REPLACE (RFC 8508): the new message is stored and the old one goes, as one change. */
import { formatRanges } from "../../../base/number-ranges.ts";
import { bad, no, NOT_ALLOWED, ok, READ_ONLY, refused } from "../completion.ts";
import type { Handler } from "../execute.ts";
import { findMailbox } from "../mailbox-names.ts";
import { appendItem } from "../message-content.ts";
import { goneRows, rowsOf } from "../sets.ts";

export const replace: Handler<"replace"> = async (session, { uid, set, mailbox: name, message }) => {
  const { open: selected } = session;
  if (selected.readOnly) return READ_ONLY;
  const rows = rowsOf(selected, set, uid);
  if (rows === undefined) return bad("there is no such message");
  if (rows.length === 0) return no("there is no such message", "NONEXISTENT");
  if (goneRows(selected, rows).length > 0) return no("that message is gone", "EXPUNGEISSUED");
  const to = findMailbox(session.context.store, session.own, name);
  if (to === undefined) return no("there is no such mailbox", "TRYCREATE");
  if (!to.rights.includes("i") || !/(?=.*t)(?=.*e)/.test(selected.rights)) return NOT_ALLOWED;
  const item = await appendItem(session, message, to.rights);
  if ("status" in item) return item;
  const old = selected.view.uids[rows[0] as number] as number;
  const target = { mail: to.mail, id: to.mailbox.id };
  const done = await selected.mail.replace(selected.mailbox.id, old, item, target);
  if (done.kind !== "done") return refused(done, true);
  session.output.writer.raw(`* OK [APPENDUID ${done.uidValidity} ${formatRanges(done.uids)}] stored\r\n`);
  session.tellNews(true, false, true);
  return ok("REPLACE completed");
};
