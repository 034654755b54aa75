/** What a message is handed to the queue with, and what the journal is told of it. */
import type { Recorder } from "../../journal/journal.ts";
import type { Envelope } from "../envelope.ts";
import type { QueueEntry } from "./entry.ts";

export type Submission = {
  /** From `makeId`, when the trace header inside the content had to name it already. */
  readonly id?: string | undefined;
  readonly envelope: Envelope;
  /** Trace header and message; the queue owns the chunks from here on. */
  readonly content: readonly Uint8Array[];
  /** Not tried before this time: on disk already, it may still be taken back. At once when absent. */
  readonly notBefore?: number | undefined;
  readonly client: string | undefined;
  readonly connection: string | undefined;
  readonly messageId: string | undefined;
  readonly subject: string | undefined;
  /** The Message-ID of the message this one is a delivery report about. */
  readonly reports?: string | undefined;
  readonly cause: number | undefined;
};

/** The event that everything later in this message's life follows from. */
export function recordReceived(recorder: Recorder, message: Submission, entry: QueueEntry): number {
  return recorder.record(
    {
      kind: "message.received",
      queueId: entry.id,
      connection: entry.connection,
      reversePath: entry.envelope.reversePath,
      recipients: entry.envelope.recipients.map(({ address }) => address),
      sizeBytes: entry.sizeBytes,
      messageId: message.messageId,
      subject: message.subject,
      ...(message.reports === undefined ? {} : { reports: message.reports }),
    },
    entry.id,
    message.cause,
  );
}
