/**
 * Brings a source's folders into an account, batch by batch: while one is made durable the next is read. What was brought
 * before is known by its name in the store itself, so an import that was ended in any way is simply run again. Rejects
 * with a Fault of the source or the store; what had arrived by then stays.
 */
import { createHash } from "node:crypto";
import type { Result } from "../base/result.ts";
import type { Intake, IntakeMessage } from "../server/accounts/intake.ts";
import type { PlannedFolder } from "./folder-plan.ts";
import type { MailSource, SourceItem, SourceMessage } from "./source.ts";

/** Limit: of a batch; a crash loses no more than is read again in a moment. */
const BATCH_MESSAGES = 200;
const BATCH_BYTES = 8 * 1024 * 1024;
/** Limit: of reasons told for one folder. */
const TOLD_MAX = 100;

export type FolderOutcome = {
  readonly folder: string;
  readonly mailbox: string;
  stored: number;
  storedBytes: number;
  /** Brought before. */
  again: number;
  unreadable: number;
  /** Sentences about those, the first hundred. */
  readonly why: string[];
};

export type ImportParts = {
  readonly account: string;
  readonly source: MailSource;
  readonly intake: Intake;
  readonly plan: readonly PlannedFolder[];
  /** Now, ms since 1970 UTC: for messages without a date. */
  readonly now: () => number;
  readonly onProgress: (weight: number, outcome: FolderOutcome) => void;
};

/** The account, or the store, would take no more; what was stored stays. */
export class ImportStopped extends Error {
  override readonly name = "ImportStopped";
}

export async function* importMail(parts: ImportParts): AsyncGenerator<FolderOutcome, void> {
  for (const planned of parts.plan) {
    if (planned.mailbox !== undefined) yield await importFolder(parts, planned, planned.mailbox);
  }
}

async function importFolder(
  { account, source, intake, now, onProgress }: ImportParts,
  { folder, role }: PlannedFolder,
  wanted: string,
): Promise<FolderOutcome> {
  const mailbox = value(await intake.makeMailbox({ account, mailbox: wanted, role, subscribe: true }));
  const outcome: FolderOutcome = {
    folder: folder.name,
    mailbox,
    stored: 0,
    storedBytes: 0,
    again: 0,
    unreadable: 0,
    why: [],
  };
  const idOf = (id: string): string => deliveryId(source.identity, folder.name, id);
  const unknown = async (ids: readonly string[]): Promise<ReadonlySet<string>> => {
    const known = value(await intake.delivered({ account, ids: ids.map(idOf) }));
    return new Set(ids.filter((_, index) => known[index] !== true));
  };
  const deliver = async (batch: readonly SourceMessage[]): Promise<void> => {
    const messages = batch.map(({ id, content, flags, receivedAt }): IntakeMessage => {
      return { id: idOf(id), content, flags: [...flags], receivedAt: receivedAt ?? now() };
    });
    const answers = value(await intake.deliver({ account, mailbox, messages }));
    answers.forEach((answer, index) => {
      const { content, weight } = batch[index] as SourceMessage;
      if (typeof answer === "object") throw new ImportStopped(answer.refused);
      if (answer === "stored") {
        outcome.stored++;
        outcome.storedBytes += content.length;
      } else outcome.again++;
      onProgress(weight, outcome);
    });
  };
  await inBatches(source.messages(folder, unknown), deliver, (item) => {
    if (item.kind === "known") outcome.again += item.messages;
    else {
      outcome.unreadable++;
      if (outcome.why.length < TOLD_MAX) outcome.why.push(item.why);
    }
    onProgress(item.weight, outcome);
  });
  return outcome;
}

/** One batch is delivered while the next is gathered; never more than two in memory. */
async function inBatches(
  items: AsyncIterable<SourceItem>,
  deliver: (batch: readonly SourceMessage[]) => Promise<void>,
  other: (item: Exclude<SourceItem, SourceMessage>) => void,
): Promise<void> {
  let batch: SourceMessage[] = [];
  let bytes = 0;
  let underWay: Promise<unknown> = Promise.resolve();
  let failure: { readonly error: unknown } | undefined;
  const send = async (): Promise<void> => {
    await underWay;
    if (failure !== undefined) throw failure.error;
    // A failure is told at the next turn of the loop, not to nobody.
    underWay = deliver(batch).catch((error: unknown) => (failure = { error }));
    batch = [];
    bytes = 0;
  };
  try {
    for await (const item of items) {
      if (item.kind !== "message") {
        other(item);
        continue;
      }
      batch.push(item);
      bytes += item.content.length;
      if (batch.length >= BATCH_MESSAGES || bytes >= BATCH_BYTES) await send();
    }
    if (batch.length > 0) await send();
  } finally {
    await underWay;
  }
  if (failure !== undefined) throw (failure as { readonly error: unknown }).error;
}

/** The same message of the same folder of the same source has this name for good. */
function deliveryId(identity: string, folder: string, id: string): string {
  return `import:${createHash("sha256").update(`${identity}\0${folder}\0${id}`).digest("base64url")}`;
}

function value<T>(result: Result<T, string>): T {
  if (result.ok) return result.value;
  throw new ImportStopped(result.error);
}
