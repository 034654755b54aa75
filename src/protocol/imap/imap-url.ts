/**
 * IMAP URLs of messages and their parts, as CATENATE takes them (RFC 5092, RFC 4469 §3): of the server one is connected
 * to. What is not one of these is undefined, never an error.
 *
 *     /INBOX;UIDVALIDITY=785799047/;UID=113330/;SECTION=1.5.9/;PARTIAL=0.1024
 */
import { CommandScanner, SyntaxProblem } from "./command-scanner.ts";
import type { Partial, Section } from "./fetch-command.ts";
import { parseSection } from "./parse-fetch.ts";

export type ImapMessageUrl = {
  readonly mailbox: string;
  readonly uidValidity: number | undefined;
  readonly uid: number;
  readonly section: Section;
  readonly partial: Partial | undefined;
};

const URL_FORM =
  /^(?:imap:\/\/[^/]*)?\/([^;]+?)(?:;UIDVALIDITY=(\d{1,10}))?\/?;UID=(\d{1,10})(?:\/?;SECTION=([^;]+?))?(?:\/?;PARTIAL=(\d{1,10})(?:\.(\d{1,10}))?)?$/i;

export function parseImapUrl(text: string): ImapMessageUrl | undefined {
  const parts = URL_FORM.exec(text);
  if (parts === null) return undefined;
  const [, path = "", validity, uid = "", spec = "", from, count] = parts;
  const mailbox = decode(path);
  const section = sectionOf(decode(spec) ?? "\0");
  if (mailbox === undefined || section === undefined) return undefined;
  return {
    mailbox: /^inbox$/i.test(mailbox) ? "INBOX" : mailbox.normalize("NFC"),
    uidValidity: validity === undefined ? undefined : Number(validity),
    uid: Number(uid),
    section,
    partial:
      from === undefined
        ? undefined
        : { from: Number(from), count: Number(count ?? Number.MAX_SAFE_INTEGER) },
  };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function sectionOf(spec: string): Section | undefined {
  const scanner = new CommandScanner({ text: `[${spec}]`, literals: [] }, { utf8: true });
  try {
    const section = parseSection(scanner);
    scanner.end();
    return section;
  } catch (problem) {
    if (problem instanceof SyntaxProblem) return undefined;
    throw problem;
  }
}
