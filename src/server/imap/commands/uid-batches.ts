/**
 * UIDBATCHES (RFC 10022): ranges of UIDs that split the mailbox into batches of a size, the newest first. Together they
 * are all UIDs from the highest in use down to 1, without a gap.
 */
import { bad, no, ok } from "../completion.ts";
import type { Handler } from "../execute.ts";
import type { ImapSession } from "../session.ts";

/** Limit: smaller batches would be more commands than they save. */
const BATCH_SIZE_MIN = 500;
/** Limit: messages that the batches of one answer may hold, when only some are asked for. */
const MESSAGES_MAX = 100_000;

export const uidBatches: Handler<"uidbatches"> = (session, { tag, size, range }) => {
  if (size < BATCH_SIZE_MIN) return no(`a batch has ${BATCH_SIZE_MIN} messages or more`, "TOOFEW");
  if (range !== undefined && range[0] > range[1]) return bad("a range of batches ascends", "CLIENTBUG");
  if (range !== undefined && (range[1] - range[0] + 1) * size > MESSAGES_MAX)
    return no(`ask for batches with ${MESSAGES_MAX} messages or fewer in all`, "TOOMANY");
  const { view } = session.open;
  const count = Math.ceil(view.length / size);
  const first = range?.[0] ?? 1;
  const last = Math.min(count, range?.[1] ?? count);
  const { writer } = session.output;
  writer.raw("* UIDBATCHES (TAG ").string(tag).raw(")");
  for (let batch = first; batch <= last; batch++) {
    const [high, low] = batchOf(session, batch, size);
    writer.raw(`${batch === first ? " " : ","}${high}:${low}`);
  }
  writer.raw("\r\n");
  return ok("UIDBATCHES completed");
};

/** From 1, which has the newest messages. Each begins right below the one before: what lies between was expunged. */
function batchOf(session: ImapSession, batch: number, size: number): [high: number, low: number] {
  const { uids, length } = session.open.view;
  const above = length - (batch - 1) * size; // rows below it are in this batch or a later one
  const high = batch === 1 ? (uids[length - 1] as number) : (uids[above] as number) - 1;
  return [high, above <= size ? 1 : (uids[above - size] as number)];
}
