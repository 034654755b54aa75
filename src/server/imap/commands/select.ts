/** SELECT and EXAMINE (RFC 9051 §6.3.2), with quick resynchronization (RFC 7162 §3.2.5). */
import { no, NO_SUCH_MAILBOX, NOT_ALLOWED, ok } from "../completion.ts";
import type { Handler } from "../execute.ts";
import { findMailbox } from "../mailbox-names.ts";
import { MailboxView } from "../mailbox-view.ts";
import { mailboxId } from "../object-ids.ts";
import { reportKnownFlags, reportName, reportPermanentFlags } from "../report.ts";
import { resynchronize } from "../resynchronize.ts";
import { ALL_RIGHTS, rightsOf } from "../rights.ts";
import { SearchContexts } from "../search-contexts.ts";
import type { ImapSession, Selected } from "../session.ts";

export const select: Handler<"select"> = async (session, command) => {
  const { enabled, own, context } = session;
  if (command.qresync !== undefined && !enabled.qresync) {
    return { status: "BAD", text: "QRESYNC is for those who enabled it" };
  }
  const hadOne = session.selected !== undefined;
  session.unselect();
  if (hadOne) session.output.writer.raw("* OK [CLOSED] the mailbox that was open is closed\r\n");
  const found = findMailbox(context.store, own, command.mailbox);
  if (found === undefined) return NO_SUCH_MAILBOX;
  const { mail, mailbox, rights } = found;
  if (!rights.includes("r")) return NOT_ALLOWED;
  const table = await mail.open(mailbox.id);
  if (table === undefined) return NO_SUCH_MAILBOX;
  if (session.mail !== own) {
    mail.close(mailbox.id);
    return no("the session is over");
  }
  if (command.condstore) session.enable("condstore");
  const view = new MailboxView(table);
  const selected: Selected = {
    mail,
    mailbox,
    view,
    readOnly: command.name === "examine" || !/[swite]/.test(rights),
    /** As they are now: what was taken away is gone at once. */
    get rights() {
      return mail === own ? ALL_RIGHTS : rightsOf(mailbox, mail.name, own.name);
    },
    flagSetsTold: table.flagSets.size,
    keywordsTold: table.flagSets.keywords().length,
    toldUid: view.length === 0 ? 0 : (view.uids[view.length - 1] as number),
    contexts: new SearchContexts(session, () => selected),
    saved: [],
    unlisten: mail === own ? () => undefined : mail.listen((event) => session.onEvent?.(event, mail)),
  };
  session.selected = selected;
  introduce(session, selected, found.name, command.oldName);
  if (command.qresync !== undefined) resynchronize(session, selected, command.qresync);
  return ok(`${command.name.toUpperCase()} completed`, selected.readOnly ? "READ-ONLY" : "READ-WRITE");
};

function introduce(
  session: ImapSession,
  selected: Selected,
  name: string,
  oldName: string | undefined,
): void {
  const { writer } = session.output;
  const { mail, mailbox, view } = selected;
  const { table } = view;
  reportKnownFlags(session, table);
  writer.raw("* ").number(view.length).raw(" EXISTS\r\n");
  if (!session.enabled.imap4rev2) {
    writer.raw("* 0 RECENT\r\n");
    const unseen = firstUnseen(selected);
    if (unseen > 0 && !session.enabled.uidOnly)
      writer.raw("* OK [UNSEEN ").number(unseen).raw("] first unseen message\r\n");
  }
  writer.raw("* OK [UIDVALIDITY ").number(mailbox.uidValidity).raw("] UIDs are valid\r\n");
  writer.raw("* OK [UIDNEXT ").number(mailbox.uidNext).raw("] predicted next UID\r\n");
  reportPermanentFlags(session, table, selected.readOnly);
  const highest = Math.max(1, table.highestModseq, mailbox.highestModseq);
  writer.raw("* OK [HIGHESTMODSEQ ").number(highest).raw("] highest\r\n");
  writer.raw(`* OK [MAILBOXID (${mailboxId(mail, mailbox)})] its id\r\n`);
  if (session.enabled.imap4rev2) reportName(session, name, oldName);
}

/** Its sequence number; 0 when all are seen. */
function firstUnseen({ view }: Selected): number {
  const { table } = view;
  const seen = table.flagSets.holders("\\Seen");
  for (let row = 0; row < view.length; row++) if (seen[table.flags[row] as number] === 0) return row + 1;
  return 0;
}
