/**
 * Mail into a folder: for each message one `.eml` and beside it one `.json` with the envelope, written last, so that
 * who sees the envelope can read the message. Tried again after a crash it writes the same names again. It never
 * rejects, and no address or header ever becomes part of a path.
 */
import { join } from "node:path";
import { fromUtf8 } from "../../../base/bytes.ts";
import { isFault } from "../../../base/fault.ts";
import type { Files } from "../../../base/files.ts";
import type { Recorder } from "../../../journal/journal.ts";
import type { Deliver, DeliveryJob, Outcome } from "../../../mta/delivery/delivery.ts";

export type DropAgentOptions = {
  readonly files: Files;
  readonly recorder: Recorder;
  /** Where relative folders start. */
  readonly baseFolder: string;
};

/** What the `.json` holds. */
export type DropEnvelope = {
  readonly version: 1;
  readonly queueId: string;
  readonly receivedAt: string; // RFC 3339, UTC
  readonly reversePath: string;
  readonly recipients: readonly { readonly address: string; readonly original?: string | undefined }[];
  readonly sizeBytes: number;
  readonly message: string; // the name of the .eml beside it
};

export function createDropAgent({ files, recorder, baseFolder }: DropAgentOptions): Deliver {
  return async (job) => {
    if (job.target.kind !== "drop") return answer(job, "failed", "5.3.5", "not a drop folder", "");
    const folder = join(baseFolder, job.target.folder);
    const name = dropName(job);
    const file = join(folder, `${name}.eml`);
    try {
      const content = await job.content();
      await files.makeFolder(folder);
      await files.writeAtomically(file, content);
      const envelope = dropEnvelope(job, `${name}.eml`, content.length);
      await files.writeAtomically(
        join(folder, `${name}.json`),
        fromUtf8(`${JSON.stringify(envelope, undefined, 2)}\n`),
      );
    } catch (error) {
      const full = isFault(error, "diskFull");
      const detail = error instanceof Error ? error.message : String(error);
      const words = full ? "drop folder full" : "drop folder trouble, will try again";
      return answer(job, "deferred", full ? "4.3.1" : "4.3.0", words, `drop ${job.target.folder}`, detail);
    }
    recorder.record({ kind: "drop", queueId: job.queueId, file }, job.queueId, job.cause);
    return answer(job, "delivered", "2.0.0", `written as ${name}.eml`, `drop ${job.target.folder}`);
  };
}

/** `20260105T090000123Z-E1-0`: sorts by time of arrival; the recipient's index keeps two groups of one message apart. */
export function dropName({ receivedAt, queueId, recipients }: DeliveryJob): string {
  const time = new Date(receivedAt).toISOString().replace(/[-:.]/g, "");
  return `${time}-${queueId.replace(/[^A-Za-z0-9]/g, "_")}-${recipients[0]?.index ?? 0}`;
}

function dropEnvelope(job: DeliveryJob, message: string, sizeBytes: number): DropEnvelope {
  return {
    version: 1,
    queueId: job.queueId,
    receivedAt: new Date(job.receivedAt).toISOString(),
    reversePath: job.envelope.reversePath,
    recipients: job.recipients.map(({ address, original }) => ({ address, original })),
    sizeBytes,
    message,
  };
}

function answer(
  job: DeliveryJob,
  result: "delivered" | "deferred" | "failed",
  status: string,
  reply: string,
  to: string,
  detail?: string,
): Outcome[] {
  const reason = { rule: "drop folder", detail };
  return job.recipients.map((recipient) => ({ recipient, result, status, reply, to, reason }));
}
