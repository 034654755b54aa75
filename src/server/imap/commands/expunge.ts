/** EXPUNGE, CLOSE and UNSELECT (RFC 9051 §6.4.1–6.4.3, §6.4.9). */
import { normalRanges, type NumberRanges } from "../../../base/number-ranges.ts";
import { NOT_ALLOWED, ok, READ_ONLY, refused } from "../completion.ts";
import type { Handler } from "../execute.ts";
import { rowsOf, uidsIn } from "../sets.ts";

const EVERY_UID: NumberRanges = normalRanges([[1, 4_294_967_295]]);

export const expunge: Handler<"expunge"> = async (session, { uids: set }) => {
  const { open: selected, enabled } = session;
  const { mail, mailbox } = selected;
  if (selected.readOnly) return READ_ONLY;
  if (!selected.rights.includes("e")) return NOT_ALLOWED;
  const uids = set === undefined ? EVERY_UID : uidsIn(selected, rowsOf(selected, set, true) ?? []);
  if (uids.length === 0) return ok("EXPUNGE completed: none of those are here");
  const done = await mail.expunge(mailbox.id, uids, true);
  if (done.kind !== "done") return refused(done);
  const hasGone = enabled.condstore && done.uids.length > 0;
  return ok("EXPUNGE completed", hasGone ? `HIGHESTMODSEQ ${mailbox.highestModseq}` : undefined);
};

export const close: Handler<"close"> = async (session) => {
  const { mail, mailbox, readOnly, rights } = session.open;
  session.unselect();
  if (!readOnly && rights.includes("e")) {
    const done = await mail.expunge(mailbox.id, EVERY_UID, true);
    if (done.kind !== "done") return refused(done);
  }
  return ok("CLOSE completed");
};

export const unselect: Handler<"unselect"> = (session) => {
  session.unselect();
  return ok("UNSELECT completed");
};
