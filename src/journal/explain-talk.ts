/**
 * A whole conversation in plain words, by its protocol: SMTP and LMTP, IMAP, POP3. Each item is explained by what it
 * answers; what is not known is not explained, and a protocol that is not known not at all.
 */
import { ImapTalk } from "./explain-imap.ts";
import type { ItemExplanation, SaidItem, TalkExplainer } from "./explain-item.ts";
import { Pop3Talk } from "./explain-pop3.ts";
import { SmtpTalk } from "./explain-smtp.ts";

export type { ItemExplanation, SaidItem } from "./explain-item.ts";

/** By the first letters of what the journal calls a protocol: `smtp`, `submissions`, `imaps`. */
const TALKS: readonly (readonly [protocol: RegExp, make: () => TalkExplainer])[] = [
  [/^(?:smtp|submission|lmtp)/, () => new SmtpTalk()],
  [/^imap/, () => new ImapTalk()],
  [/^pop3/, () => new Pop3Talk()],
];

/** One for each item, in order; undefined where nothing is known. */
export function explainTalk(items: readonly SaidItem[], protocol = "smtp"): (ItemExplanation | undefined)[] {
  return items.map(talkExplainer(protocol));
}

/** The same for a conversation that is still going on, item by item. */
export function talkExplainer(protocol = "smtp"): (item: SaidItem) => ItemExplanation | undefined {
  const talk = TALKS.find(([names]) => names.test(protocol))?.[1]();
  return (item) => {
    const explained = talk?.explain(item);
    return explained === undefined ? undefined : { parts: [], ...explained };
  };
}
