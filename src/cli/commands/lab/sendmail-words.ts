/** What sendmail's command line and a message on standard input come to: an envelope and a whole message. Pure. */
import { parseAddressList } from "../../../message/address/address-list.ts";
import { formatDate } from "../../../message/header/date.ts";
import { headerValues, parseHeader } from "../../../message/header/fields.ts";
import { UsageError } from "../../usage-error.ts";

export type SendmailWords = {
  readonly from: string | undefined;
  readonly isFromHeader: boolean; // -t
  readonly isDotLiteral: boolean; // -i
  readonly recipients: readonly string[];
};

/** Options that take a word and mean nothing here: full name, body type, envelope id, notifications, … */
const WITH_WORD = new Set(["-F", "-B", "-V", "-N", "-R", "-h", "-L", "-O", "-p", "-X", "-C"]);
/** Modes of a real sendmail that are no submission. */
const MODES = /^-b(?!m$)/;

export function parseSendmailWords(words: readonly string[]): SendmailWords {
  let from: string | undefined;
  let isFromHeader = false;
  let isDotLiteral = false;
  const recipients: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (word === "-f" || word === "-r") from = words[++i] ?? "";
    else if (/^-[fr]./.test(word)) from = word.slice(2);
    else if (MODES.test(word))
      throw new UsageError(`sendmail ${word} is not done here: only submission (-t, -i, -f)`);
    else if (WITH_WORD.has(word)) i++;
    else if (/^-(?:[ti]+|oi)$/.test(word)) {
      isFromHeader ||= word.includes("t");
      isDotLiteral ||= word.includes("i");
    } else if (word === "--" || word.startsWith("-")) continue;
    else recipients.push(...word.split(",").filter((one) => one !== ""));
  }
  return { from: from?.replace(/^<(.*)>$/, "$1"), isFromHeader, isDotLiteral, recipients };
}

export type Submission = {
  readonly from: string;
  readonly to: readonly string[];
  readonly message: Uint8Array;
};

/** Adds what a user agent may leave to sendmail: From and Date; takes Bcc out when recipients come from the header. */
export function submissionOf(
  { from, isFromHeader, isDotLiteral, recipients }: SendmailWords,
  input: Uint8Array,
  defaults: { readonly from: string; readonly now: number },
): Submission {
  const given = `${Buffer.from(input).toString("latin1").replace(/\r?\n/g, "\r\n")}`;
  const text = isDotLiteral ? given : given.split("\r\n.\r\n")[0]?.concat("\r\n");
  const bytes = Buffer.from(text ?? given, "latin1");
  const header = parseHeader(bytes);
  const addressesOf = (name: string): string[] =>
    headerValues(header, name).flatMap((value) =>
      parseAddressList(value).addresses.map(({ address }) => address),
    );
  const named = isFromHeader ? ["to", "cc", "bcc"].flatMap(addressesOf) : [];
  const sender = from ?? addressesOf("from")[0] ?? defaults.from;
  const kept = header.fields
    .filter(({ key }) => !isFromHeader || key !== "bcc")
    .map(({ start, end }) => bytes.subarray(start, end));
  const added: string[] = [];
  if (headerValues(header, "from").length === 0)
    added.push(`From: ${sender === "" ? defaults.from : sender}\r\n`);
  if (headerValues(header, "date").length === 0) added.push(`Date: ${formatDate(defaults.now)}\r\n`);
  const body = bytes.subarray(header.bodyStart);
  const message = Buffer.concat([...kept, Buffer.from(added.join("")), Buffer.from("\r\n"), body]);
  return { from: sender, to: [...new Set([...recipients, ...named])], message };
}
