/** What a status means to a person who never heard of SMTP: what happened, and what to do about it. Pure, total. */
import { parseStatus, statusText } from "../../message/dsn/status.ts";

export type Advice = { readonly happened: string; readonly todo: string };

const ASK_THEM = "Tell the recipient by another way, so that they can ask their administrator.";
const SEND_LATER = "Send it again later. If that fails too, ask the recipient by another way.";

/** By subject and detail of the status (RFC 3463), for both classes. */
const ADVICE: ReadonlyMap<string, Advice> = new Map([
  [
    "1.1",
    {
      happened: "There is no mailbox with this address.",
      todo: "Check the spelling before the @, and send again.",
    },
  ],
  [
    "1.2",
    {
      happened: "The part after the @ is not a mail domain.",
      todo: "Check the spelling after the @, and send again.",
    },
  ],
  [
    "1.3",
    { happened: "The address is not written correctly.", todo: "Correct the address, and send again." },
  ],
  [
    "1.6",
    {
      happened: "The mailbox has moved and left no new address.",
      todo: "Ask the recipient for the new address.",
    },
  ],
  [
    "1.8",
    {
      happened: "The other server does not trust your own domain.",
      todo: "Ask your administrator to check your domain's DNS records.",
    },
  ],
  [
    "1.10",
    {
      happened: "This domain declares that it takes no mail.",
      todo: "Check the spelling after the @; the domain has a null MX.",
    },
  ],
  ["2.1", { happened: "The mailbox exists but is switched off.", todo: ASK_THEM }],
  [
    "2.2",
    {
      happened: "The recipient's mailbox is full.",
      todo: "Tell the recipient by another way, and send again later.",
    },
  ],
  [
    "2.3",
    {
      happened: "The message is too large for this mailbox.",
      todo: "Send it without attachments, or in parts.",
    },
  ],
  ["3.1", { happened: "The other server's disk is full.", todo: SEND_LATER }],
  ["3.2", { happened: "The other server takes no mail at present.", todo: SEND_LATER }],
  [
    "3.4",
    {
      happened: "The message is too large for the other server.",
      todo: "Send it without attachments, or in parts.",
    },
  ],
  ["4.1", { happened: "The other server did not answer.", todo: SEND_LATER }],
  ["4.2", { happened: "The connection to the other server broke.", todo: SEND_LATER }],
  ["4.3", { happened: "The name servers of this domain did not answer.", todo: SEND_LATER }],
  [
    "4.4",
    {
      happened: "No way to this domain could be found.",
      todo: "Check the spelling after the @, and send again.",
    },
  ],
  [
    "4.6",
    {
      happened: "The message went round in circles between servers.",
      todo: "Ask your administrator: the routing of this domain is wrong.",
    },
  ],
  ["4.7", { happened: "The other server could not be reached for too long.", todo: SEND_LATER }],
  ["5.3", { happened: "The message has too many recipients.", todo: "Send it to fewer people at a time." }],
  [
    "6.7",
    {
      happened: "The other server cannot take addresses in this script.",
      todo: "Ask the recipient for an address in plain letters.",
    },
  ],
  [
    "6.9",
    {
      happened: "The other server cannot take this message's international text.",
      todo: "Ask the recipient for an address in plain letters.",
    },
  ],
  [
    "7.1",
    {
      happened: "The other server refused the message by its rules.",
      todo: "Read what it said. If you think it is wrong, reach the recipient by another way.",
    },
  ],
  [
    "7.8",
    {
      happened: "The next server did not accept our login.",
      todo: "Ask your administrator: the login for the next server is wrong.",
    },
  ],
  [
    "7.10",
    {
      happened: "An encrypted connection is required and was not to be had.",
      todo: "Ask your administrator.",
    },
  ],
]);

const BY_SUBJECT: Readonly<Record<number, Advice>> = {
  1: { happened: "There is something wrong with the address.", todo: "Check the address, and send again." },
  2: { happened: "There is something wrong with the mailbox.", todo: ASK_THEM },
  3: { happened: "The other server has a problem.", todo: SEND_LATER },
  4: { happened: "The other server could not be reached.", todo: SEND_LATER },
  5: {
    happened: "The two servers did not understand each other.",
    todo: "Ask your administrator, with the reference below.",
  },
  6: { happened: "The other server cannot take a message of this form.", todo: "Send it in a simpler form." },
  7: {
    happened: "The other server refused the message by its rules.",
    todo: "Read what it said, or ask your administrator.",
  },
};

export function adviceFor(status: string): Advice {
  const parsed = parseStatus(status);
  const known = parsed === undefined ? undefined : ADVICE.get(`${parsed.subject}.${parsed.detail}`);
  if (known !== undefined) return known;
  const general = parsed === undefined ? undefined : BY_SUBJECT[parsed.subject];
  return (
    general ?? {
      happened: `${statusText(status)}.`,
      todo: "Ask your administrator, with the reference below.",
    }
  );
}
