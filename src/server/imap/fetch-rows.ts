/** Writes the FETCH answers of rows of the view, a run of messages at a time, pausing while the client reads. */
import { type NumberRanges, pairsOf } from "../../base/number-ranges.ts";
import type { EmailDigest } from "../../store/account-mail.ts";
import { type FetchedMessage, type FetchPlan, flagsStep } from "./fetch-plan.ts";
import { SectionedMessage } from "./message-section.ts";
import { beginFetch } from "./report.ts";
import type { ImapSession, Selected } from "./session.ts";

/** Limit: messages of one run; more would let a slow client hold up others. */
const RUN_ROWS_MAX = 1_024;
/** Limit: octets of content of one run. */
const RUN_BYTES_MAX = 262_144;

/** `flagged`: rows whose flags just changed and are told with the rest. */
export async function fetchRows(
  session: ImapSession,
  selected: Selected,
  rows: NumberRanges,
  plan: FetchPlan,
  flagged: ReadonlySet<number>,
): Promise<void> {
  const { output } = session;
  const run = new FetchRun(session, selected, plan, flagged);
  for (const [from, to] of pairsOf(rows)) {
    for (let row = from; row <= to;) {
      if (output.isClosed) return;
      row = run.write(row, to);
      if (output.isFull) await output.pace();
    }
  }
}

class FetchRun {
  readonly #session: ImapSession;
  readonly #selected: Selected;
  readonly #plan: FetchPlan;
  readonly #flagged: ReadonlySet<number>;
  readonly #flags: (message: FetchedMessage) => void;
  readonly #message: FetchedMessage = { at: 0, uid: 0, digest: undefined, message: undefined };

  constructor(session: ImapSession, selected: Selected, plan: FetchPlan, flagged: ReadonlySet<number>) {
    this.#session = session;
    this.#selected = selected;
    this.#plan = plan;
    this.#flagged = plan.hasFlags ? new Set() : flagged;
    this.#flags = flagsStep(session, selected);
  }

  /** Writes some rows, and says where to go on. */
  write(row: number, last: number): number {
    const { view } = this.#selected;
    const at = view.tableRow(row);
    if (at < 0) return row + 1;
    const count = view.isAligned ? this.#runLength(at, last - row + 1) : 1;
    const { needsDigest, needsContent } = this.#plan;
    if (needsContent) this.#withContent(row, at, count);
    else if (needsDigest) this.#withDigest(row, at, count);
    else for (let i = 0; i < count; i++) this.#one(row + i, at + i, undefined, undefined);
    return row + count;
  }

  #runLength(at: number, most: number): number {
    const count = Math.min(most, RUN_ROWS_MAX);
    if (!this.#plan.needsContent) return count;
    const { sizes } = this.#selected.view.table;
    let bytes = 0;
    for (let i = 0; i < count; i++) {
      bytes += sizes[at + i] as number;
      if (bytes > RUN_BYTES_MAX) return Math.max(1, i);
    }
    return count;
  }

  #withDigest(row: number, at: number, count: number): void {
    const { mail, view } = this.#selected;
    const shift = row - at;
    mail.digests(view.table, at, at + count, (found, digest) => {
      if (digest !== undefined) this.#one(found + shift, found, digest, undefined);
    });
  }

  #withContent(row: number, at: number, count: number): void {
    const { mail, view } = this.#selected;
    const digests: (EmailDigest | undefined)[] = [];
    if (this.#plan.needsDigest)
      mail.digests(view.table, at, at + count, (found, digest) => void (digests[found - at] = digest));
    const shift = row - at;
    mail.contents(view.table, at, at + count, (found, content) => {
      if (content !== undefined) this.#one(found + shift, found, digests[found - at], content);
    });
  }

  #one(row: number, at: number, digest: EmailDigest | undefined, content: Uint8Array | undefined): void {
    const message = this.#message;
    message.at = at;
    message.uid = this.#selected.view.uids[row] as number;
    message.digest = digest;
    message.message = content === undefined ? undefined : new SectionedMessage(content);
    const { writer } = this.#session.output;
    beginFetch(this.#session, message.uid, row);
    const { steps } = this.#plan;
    for (let i = 0; i < steps.length; i++) {
      if (i > 0) writer.raw(" ");
      (steps[i] as (typeof steps)[number])(message);
    }
    if (this.#flagged.has(row)) {
      writer.raw(" ");
      this.#flags(message);
    }
    writer.raw(")\r\n");
  }
}
