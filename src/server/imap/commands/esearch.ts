/**
 * ESEARCH, a search over several mailboxes (RFC 7377): an answer for each in which something was found, named with its
 * UIDVALIDITY. Mailboxes that may not be read are passed over in silence.
 */
import type { SearchSource } from "../../../protocol/imap/search-command.ts";
import type { Mailbox } from "../../../store/account-mail.ts";
import { bad, ok } from "../completion.ts";
import type { Handler } from "../execute.ts";
import { findMailbox, type Found } from "../mailbox-names.ts";
import { MailboxView } from "../mailbox-view.ts";
import { numbersOf, sayItems } from "../search-answer.ts";
import { relevancyOf, searchMailbox } from "../search-mailbox.ts";
import { asksModseq } from "../search-query.ts";
import { SearchContexts } from "../search-contexts.ts";
import type { ImapSession, Selected } from "../session.ts";
import { asksAnswer, highestModseq } from "./search.ts";

export const esearch: Handler<"esearch"> = async (session, { tag, key, in: sources, return: wanted }) => {
  if (sources.some(({ kind }) => kind === "selected") && session.selected === undefined) {
    return bad("ESEARCH IN (selected) needs a selected mailbox");
  }
  const wantsModseq = asksModseq(key);
  for (const { mail, mailbox, rights, name } of mailboxesOf(session, sources)) {
    const table = await mail.open(mailbox.id);
    if (table === undefined) continue;
    try {
      const selected: Selected = {
        toldUid: 0,
        contexts: new SearchContexts(session, () => selected),
        mail,
        mailbox,
        view: new MailboxView(table),
        readOnly: true,
        rights,
        flagSetsTold: 0,
        keywordsTold: 0,
        saved: [],
        unlisten() {},
      };
      const found = await searchMailbox(session, selected, tag, key);
      const { rows } = found;
      if (rows.length === 0 || !asksAnswer(wanted)) continue;
      const scores = wanted.relevancy ? await relevancyOf(session, selected, key, found) : undefined;
      const { writer } = session.output;
      writer.raw("* ESEARCH (TAG ").string(tag).raw(" MAILBOX ").mailbox(name);
      writer.raw(" UIDVALIDITY ").number(mailbox.uidValidity).raw(") UID");
      const modseq = wantsModseq ? highestModseq(selected, rows) : undefined;
      sayItems(session, wanted, numbersOf(selected, { rows, uid: true }), { sorted: false, modseq, scores });
      writer.raw("\r\n");
      await session.output.pace();
    } finally {
      mail.close(mailbox.id);
    }
  }
  return ok("ESEARCH completed");
};

/** Each once, in the order of the sources. */
function mailboxesOf(session: ImapSession, sources: readonly SearchSource[]): Found[] {
  const own = session.own.mailboxes();
  const names = new Set<string>();
  const below = (name: string): readonly string[] =>
    own
      .filter((mailbox: Mailbox) => mailbox.name === name || mailbox.name.startsWith(`${name}/`))
      .map((mailbox) => mailbox.name);
  for (const source of sources) {
    switch (source.kind) {
      case "selected":
      case "selected-delayed":
        if (session.selected !== undefined) names.add(session.selected.mailbox.name);
        break;
      case "inboxes":
        names.add("INBOX");
        break;
      case "personal":
        for (const { name } of own) names.add(name);
        break;
      case "subscribed":
        for (const name of session.own.subscriptions()) names.add(name);
        break;
      case "subtree":
        for (const name of source.names) for (const one of below(name)) names.add(one);
        break;
      case "subtree-one":
        for (const name of source.names)
          for (const one of below(name)) if (!one.slice(name.length + 1).includes("/")) names.add(one);
        break;
      case "mailboxes":
        for (const name of source.names) names.add(name);
    }
  }
  return [...names].flatMap((name) => {
    const found = findMailbox(session.context.store, session.own, name);
    return found === undefined || !found.rights.includes("r") ? [] : [found];
  });
}
