/** Sends reports: has one composed, and puts it into the queue like any other message, durably. Never for a null path. */
import type { Clock } from "../../base/clock.ts";
import type { Recorder } from "../../journal/journal.ts";
import type { Outcome } from "../delivery/delivery.ts";
import type { QueueEntry, RecipientPart } from "./entry.ts";
import type { ReportAction, ReportComposer, ReportedRecipient } from "./report.ts";
import type { Spool } from "./spool.ts";
import type { Submission } from "./submission.ts";

export type ReportingOptions = {
  readonly world: { readonly clock: Clock };
  readonly recorder: Recorder;
  readonly spool: Spool;
  readonly report: ReportComposer;
  readonly hostname: string;
  readonly makeId: () => string;
  readonly submit: (message: Submission) => Promise<string>;
};

export type Reporting = {
  /** True when everybody who is to be told is being told: the report is on disk, or there is to be none. */
  send(entry: QueueEntry, recipients: readonly ReportedRecipient[]): Promise<boolean>;
};

export function createReporting(options: ReportingOptions): Reporting {
  const { recorder, spool } = options;
  const { clock } = options.world;

  async function send(entry: QueueEntry, recipients: readonly ReportedRecipient[]): Promise<boolean> {
    const [first] = recipients;
    if (first === undefined) return true;
    const { id, envelope, receivedAt, client } = entry;
    const addresses = recipients.map(({ recipient }) => recipient.address);
    if (envelope.reversePath === "") {
      const detail = `the reverse path is null: nobody is told that ${addresses.join(", ")} ${first.action}`;
      const event = { kind: "warning", what: "no report of a report", detail, rfc: "RFC 5321 §6.1" } as const;
      recorder.record(event, id, entry.cause);
      return true;
    }
    const reportId = options.makeId();
    const content = (): Promise<Uint8Array> => spool.read(id);
    const facts = {
      hostname: options.hostname,
      reportId,
      queueId: id,
      at: clock.now(),
      envelope,
      receivedAt,
      client,
    };
    try {
      const report = await options.report({ ...facts, recipients, content });
      if (report === undefined) return true;
      const { action } = first;
      const event = {
        kind: "dsn",
        queueId: reportId,
        of: id,
        action,
        to: envelope.reversePath,
        recipients: addresses,
      } as const;
      const cause = recorder.record(event, id, entry.cause);
      const origin = {
        client: undefined,
        connection: undefined,
        messageId: undefined,
        subject: undefined,
        cause,
      };
      await options.submit({ id: reportId, ...report, ...origin });
      return true;
    } catch (error) {
      warn(recorder, entry, "report not written", error);
      return false;
    }
  }

  return { send };
}

export function warn(recorder: Recorder, entry: QueueEntry, what: string, error: unknown): void {
  const detail = error instanceof Error ? error.message : String(error);
  recorder.record({ kind: "warning", what, detail, rfc: undefined }, entry.id, entry.cause);
}

export function describeRecipient(
  part: RecipientPart,
  action: ReportAction,
  outcome: Pick<Outcome, "status" | "reply" | "to" | "remoteMta" | "connection">,
  lastAttemptAt: number,
  willRetryUntil: number | undefined,
): ReportedRecipient {
  const { recipient, attemptCount } = part;
  const { status, reply, to, remoteMta, connection } = outcome;
  return {
    recipient,
    action,
    status,
    reply,
    remoteMta,
    to,
    connection,
    attemptCount,
    lastAttemptAt,
    willRetryUntil,
  };
}
