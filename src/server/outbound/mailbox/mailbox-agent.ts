/**
 * The last step for mail of our own accounts: into the store, exactly once, with Return-Path in front. It never
 * rejects: what the store cannot do becomes an outcome, and a fault of the disk a later attempt.
 */
import { fromLatin1, fromUtf8 } from "../../../base/bytes.ts";
import { isFault } from "../../../base/fault.ts";
import type { Recorder } from "../../../journal/journal.ts";
import type { Deliver, DeliveryJob, Outcome } from "../../../mta/delivery/delivery.ts";
import type { EnvelopeRecipient } from "../../../mta/envelope.ts";
import type { DeliverAnswer, MailStore } from "../../../store/mail-store.ts";

export type MailboxAgentOptions = {
  readonly store: MailStore;
  readonly recorder: Recorder;
  readonly hostname: string;
  /** What an over-full mailbox means: try again until the message expires, or give up at once. */
  readonly overQuota?: "defer" | "fail" | undefined;
};

const DEFAULT_MAILBOX = "INBOX";

export function createMailboxAgent(options: MailboxAgentOptions): Deliver {
  return async (job) => {
    const { target } = job;
    if (target.kind !== "local") {
      return job.recipients.map((recipient) =>
        refusal(recipient, "5.3.5", "not a mailbox", options.hostname),
      );
    }
    let content: Uint8Array;
    try {
      content = await job.content();
    } catch (error) {
      return job.recipients.map((recipient) => faulty(error, recipient, options.hostname));
    }
    const mailbox = target.mailbox ?? DEFAULT_MAILBOX;
    const added = returnPath(job.envelope.reversePath);
    return Promise.all(
      job.recipients.map((recipient) =>
        deliverOne(options, job, { account: target.account, mailbox, added, content, recipient }),
      ),
    );
  };
}

/** RFC 5321 §4.4: the final delivery puts the reverse path in front. A line end in it cannot come from a parsed path. */
function returnPath(reversePath: string): Uint8Array {
  const line = `Return-Path: <${reversePath.replace(/[\r\n]/g, "")}>\r\n`;
  return /^[\x00-\x7f]*$/.test(line) ? fromLatin1(line) : fromUtf8(line);
}

type Place = {
  readonly account: string;
  readonly mailbox: string;
  readonly added: Uint8Array;
  readonly content: Uint8Array;
  readonly recipient: EnvelopeRecipient;
};

async function deliverOne(options: MailboxAgentOptions, job: DeliveryJob, place: Place): Promise<Outcome> {
  const { account, mailbox, added, content, recipient } = place;
  try {
    const answer = await options.store.deliver({
      account,
      mailbox,
      added,
      content,
      receivedAt: job.receivedAt,
      reversePath: job.envelope.reversePath,
      recipient: recipient.address,
      queueId: job.queueId,
      deliveryId: `${job.queueId}:${recipient.index}`,
    });
    if (answer.kind === "stored") {
      const { uid } = answer;
      const facts = { queueId: job.queueId, account, mailbox, uid, sizeBytes: added.length + content.length };
      options.recorder.record({ kind: "store", ...facts }, job.queueId, job.cause);
    }
    return outcomeOf(answer, place, options);
  } catch (error) {
    return faulty(error, recipient, `${mailbox} of ${account}`);
  }
}

function outcomeOf(
  answer: DeliverAnswer,
  { account, mailbox, recipient }: Place,
  { overQuota = "defer" }: MailboxAgentOptions,
): Outcome {
  const to = `${mailbox} of ${account}`;
  switch (answer.kind) {
    case "stored": {
      const reply = answer.again ? `was stored before as UID ${answer.uid}` : `stored as UID ${answer.uid}`;
      const reason = { rule: "local mailbox", rfc: "RFC 5321 §4.4" };
      return { recipient, result: "delivered", status: "2.0.0", reply, to, reason };
    }
    case "noAccount": {
      const reason = { rule: "no such account", setting: "accounts", change: `add the account ${account}` };
      return { ...refusal(recipient, "5.1.1", "no such mailbox here", to), reason };
    }
    case "overQuota": {
      const detail = `${answer.used} of ${answer.max} ${answer.what} used`;
      const change = "raise the quota, or delete mail";
      const reason = { rule: "over quota", setting: `accounts.${account}.quota`, detail, change };
      const failed = overQuota === "fail";
      const status = failed ? "5.2.2" : "4.2.2";
      return { recipient, result: failed ? "failed" : "deferred", status, reply: "mailbox full", to, reason };
    }
  }
}

function refusal(recipient: EnvelopeRecipient, status: string, reply: string, to: string): Outcome {
  return { recipient, result: "failed", status, reply, to, reason: { rule: reply } };
}

/** The sender reads that it did not work, the journal why. */
function faulty(error: unknown, recipient: EnvelopeRecipient, to: string): Outcome {
  const full = isFault(error, "diskFull");
  const status = full ? "4.3.1" : "4.3.0";
  const reply = full ? "mail system full" : "mail system trouble, will try again";
  const detail = error instanceof Error ? error.message : String(error);
  return { recipient, result: "deferred", status, reply, to, reason: { rule: "store fault", detail } };
}
