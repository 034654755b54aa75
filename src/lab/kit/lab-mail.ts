/** A mail in a mailbox as a test wants it: envelope, decoded text, links, code, report, and the journey it made. */
import { parseDsn } from "../../message/dsn/parse-dsn.ts";
import type { DsnReport } from "../../message/dsn/report.ts";
import { readMessage, type Attachment } from "../../message/read-message.ts";
import type { Trace } from "../../journal/trace.ts";
import type { ArrivedFacts } from "./arrived.ts";

export type LabLink = { readonly href: string; readonly text: string };

export type MailTrace = {
  readonly id: string;
  /** Hosts passed, in order: `["app", "smart", "edge", "kerio"]`. */
  readonly path: readonly string[];
  /** How often a host tried to hand it on, all hops together. */
  readonly attempts: number;
  readonly journey: Trace;
};

export type LabMail = {
  /** `bob@nemesis.test:3`: the account and the number of the message in it, which stays when it is moved. */
  readonly id: string;
  readonly host: string;
  readonly account: string;
  /** Where it stands now: `INBOX`, `Junk`. */
  readonly mailbox: string;
  /** In that mailbox. */
  readonly uid: number;
  readonly receivedAt: number;
  /** What SMTP said, whatever the header says. */
  readonly envelope: { readonly from: string; readonly to: string };
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly links: readonly LabLink[];
  /** The one-time code a person would look for: `493021`. */
  readonly code: string | undefined;
  readonly attachments: readonly Attachment[];
  /** By lower-case name; the first of several. */
  readonly headers: Readonly<Record<string, string>>;
  readonly dsn: DsnReport | undefined;
  readonly raw: Uint8Array;
  /** Undefined when the journal has forgotten it. */
  readonly trace: MailTrace | undefined;
};

export function readLabMail(
  host: string,
  stored: ArrivedFacts,
  raw: Uint8Array,
  journeyOf: (queueId: string) => Trace | undefined,
): LabMail {
  const message = readMessage(raw);
  const headers: Record<string, string> = {};
  for (const { name, value } of message.headers) headers[name.toLowerCase()] ??= value;
  let trace: MailTrace | undefined;
  let isTraced = false;
  return {
    id: `${stored.account}:${stored.emailId}`,
    host,
    account: stored.account,
    mailbox: stored.mailbox,
    uid: stored.uid,
    receivedAt: stored.receivedAt,
    envelope: { from: stored.reversePath, to: stored.recipient },
    from: headers["from"] ?? "",
    to: headers["to"] ?? "",
    subject: message.subject ?? "",
    text: message.text ?? "",
    html: message.html ?? "",
    links: message.links,
    code: message.code,
    attachments: message.attachments,
    headers,
    dsn: parseDsn(raw),
    raw,
    // A journey is derived from the whole journal: only for those who ask.
    get trace() {
      if (!isTraced) trace = mailTrace(journeyOf(stored.queueId));
      isTraced = true;
      return trace;
    },
  };
}

export function mailTrace(journey: Trace | undefined): MailTrace | undefined {
  if (journey === undefined) return undefined;
  return {
    id: journey.id,
    path: journey.hops.map(({ host }) => host),
    attempts: journey.hops.reduce((sum, { attempts }) => sum + attempts.length, 0),
    journey,
  };
}
