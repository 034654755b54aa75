/** COPY and MOVE (RFC 9051 §6.4.7, §6.4.8, RFC 4315 COPYUID): all of it or nothing. */
import { formatRanges } from "../../../base/number-ranges.ts";
import type { Copied, MailRefusal } from "../../../store/account-mail.ts";
import { bad, type Completion, no, NOT_ALLOWED, ok, READ_ONLY, refused } from "../completion.ts";
import type { Handler } from "../execute.ts";
import { findMailbox } from "../mailbox-names.ts";
import { mayStore } from "../rights.ts";
import type { ImapSession } from "../session.ts";
import { goneRows, rowsOf, uidsIn } from "../sets.ts";
import type { CommandOf } from "../../../protocol/imap/command.ts";

export const copy: Handler<"copy"> = async (session, command) => {
  const done = await transfer(session, command, false);
  if ("status" in done) return done;
  return ok(`${command.uid ? "UID " : ""}COPY completed`, copyCode(done));
};

/** COPYUID comes before the EXPUNGEs, so that the client can tie them together (RFC 6851 §4.3). */
export const move: Handler<"move"> = async (session, command) => {
  const { open: selected } = session;
  if (selected.readOnly) return READ_ONLY;
  if (!/(?=.*t)(?=.*e)/.test(selected.rights)) return NOT_ALLOWED;
  const done = await transfer(session, command, true);
  if ("status" in done) return done;
  const code = copyCode(done);
  if (code !== undefined) session.output.writer.raw(`* OK [${code}] moved\r\n`);
  session.tellNews(true, false, true);
  const highest = session.enabled.condstore ? `HIGHESTMODSEQ ${selected.mailbox.highestModseq}` : undefined;
  return ok(`${command.uid ? "UID " : ""}MOVE completed`, highest);
};

async function transfer(
  session: ImapSession,
  { uid, set, mailbox: name }: CommandOf<"copy" | "move">,
  isMove: boolean,
): Promise<Copied | Completion> {
  const { open: selected } = session;
  const rows = rowsOf(selected, set, uid);
  if (rows === undefined) return bad("no message has that number");
  if (!uid && goneRows(selected, rows).length > 0)
    return no("some of those messages are gone", "EXPUNGEISSUED");
  const to = findMailbox(session.context.store, session.own, name);
  if (to === undefined) return no("there is no such mailbox", "TRYCREATE");
  if (!to.rights.includes("i")) return NOT_ALLOWED;
  if (rows.length === 0) return ok("completed: none of those are here");
  const { mail, mailbox } = selected;
  const keeps = (flag: string): boolean => mayStore(to.rights, flag);
  const target = { mail: to.mail, id: to.mailbox.id, keeps };
  const uids = uidsIn(selected, rows);
  const done: Copied | MailRefusal = isMove
    ? await mail.move(mailbox.id, uids, target)
    : await mail.copy(mailbox.id, uids, target);
  return done.kind === "done" ? done : refused(done, true);
}

function copyCode({ uidValidity, from, to }: Copied): string | undefined {
  return from.length === 0 ? undefined : `COPYUID ${uidValidity} ${formatRanges(from)} ${formatRanges(to)}`;
}
