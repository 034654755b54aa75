/** What a waiting test looks for in a mail: every field given must match; text means a part of it, ASCII case aside. */
import type { LabMail } from "./lab-mail.ts";

export type TextMatcher = string | RegExp;

export type MailMatcher = {
  readonly from?: TextMatcher | undefined;
  readonly to?: TextMatcher | undefined;
  readonly subject?: TextMatcher | undefined;
  readonly text?: TextMatcher | undefined;
  readonly html?: TextMatcher | undefined;
  /** Any header field, by name. */
  readonly headers?: Readonly<Record<string, TextMatcher>> | undefined;
  /** A delivery report about somebody with this status and action; `{}` is any report. */
  readonly dsn?: { readonly status?: string | undefined; readonly action?: string | undefined } | undefined;
};

export function matchesMail(mail: LabMail, matcher: MailMatcher): boolean {
  const { from, to, subject, text, html, headers = {}, dsn } = matcher;
  return (
    matchesText(from, `${mail.envelope.from} ${mail.from}`) &&
    matchesText(to, `${mail.envelope.to} ${mail.to}`) &&
    matchesText(subject, mail.subject) &&
    matchesText(text, mail.text) &&
    matchesText(html, mail.html) &&
    Object.entries(headers).every(([name, wanted]) =>
      matchesText(wanted, mail.headers[name.toLowerCase()] ?? ""),
    ) &&
    (dsn === undefined || matchesReport(mail, dsn))
  );
}

function matchesReport(mail: LabMail, { status, action }: NonNullable<MailMatcher["dsn"]>): boolean {
  return (mail.dsn?.recipients ?? []).some(
    (recipient) =>
      (status === undefined || recipient.status === status) &&
      (action === undefined || recipient.action === action),
  );
}

function matchesText(wanted: TextMatcher | undefined, text: string): boolean {
  if (wanted === undefined) return true;
  if (typeof wanted === "string") return text.toLowerCase().includes(wanted.toLowerCase());
  // A global or sticky expression remembers where it was: begin afresh each time.
  wanted.lastIndex = 0;
  return wanted.test(text);
}

/** For messages of failure: `subject /verify/i, to bob@nemesis.test`. */
export function describeMatcher(matcher: MailMatcher): string {
  const parts = Object.entries(matcher).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key} ${value instanceof RegExp ? String(value) : JSON.stringify(value)}`],
  );
  return parts.length === 0 ? "any mail" : parts.join(", ");
}
