/**
 * Runs a query over the messages of a mailbox as they stood when it began: columns first, then what the index knows,
 * then the messages themselves, each step only on what is still in question. It breathes between slices, so that a
 * search of 100,000 messages stops nobody. Exact, whatever the index says.
 */
import { hasNumber } from "../../base/number-ranges.ts";
import { hasAttachment } from "../../message/digest/has-attachment.ts";
import { readEnvelope, type Envelope } from "../../message/digest/read-envelope.ts";
import { foldText } from "../../message/fold-text.ts";
import type { AccountMail, EmailDigest } from "../account-mail.ts";
import type { MessageTable } from "../message-table.ts";
import { askIndex, type Indexed } from "./ask-index.ts";
import { envelopeText, type IndexedEnvelopeField } from "./envelope-text.ts";
import { holdsField, holdsText, needleOf } from "./message-text.ts";
import { NO_INDEX, type IndexedField, type SearchIndex } from "./search-index.ts";
import { sentDay } from "./sent-day.ts";
import { queryCost, type SearchQuery } from "./query.ts";

/** Columns that stay as they are while a search runs: an expunge makes new ones. */
export type Snapshot = Pick<
  MessageTable,
  | "uids"
  | "flags"
  | "flagSets"
  | "modseqs"
  | "sizes"
  | "receivedAts"
  | "savedAts"
  | "emailIds"
  | "threadIds"
  | "length"
>;

export function snapshotOf(table: MessageTable): Snapshot {
  const { uids, flags, flagSets, modseqs, sizes, receivedAts, savedAts, emailIds, threadIds, length } = table;
  return { uids, flags, flagSets, modseqs, sizes, receivedAts, savedAts, emailIds, threadIds, length };
}

export type SearchParts = {
  readonly mail: AccountMail;
  readonly table: Snapshot;
  /** Lets others go first. Called now and then. */
  readonly pause: () => Promise<void>;
  /** Told how many of how many messages were looked into (RFC 9585). */
  readonly progress?: ((done: number, of: number) => void) | undefined;
  readonly index?: SearchIndex | undefined;
};

/** A byte for each row: 1 where it is in. */
export type Mask = Uint8Array;

/** Messages read between two pauses: a few milliseconds of work. */
const ENVELOPES_A_SLICE = 1_000;
const CONTENTS_A_SLICE = 128;

const NAMED_FIELDS = ["subject", "from", "to", "cc", "bcc"] as const;

export function search(query: SearchQuery, parts: SearchParts): Promise<Mask> {
  return new SearchRun(parts).run(query, new Uint8Array(parts.table.length).fill(1));
}

class SearchRun {
  readonly #parts: SearchParts;
  readonly #index: SearchIndex;

  constructor(parts: SearchParts) {
    this.#parts = parts;
    this.#index = parts.index ?? NO_INDEX;
  }

  /** Those of `among` that match: a new mask. */
  async run(query: SearchQuery, among: Mask): Promise<Mask> {
    switch (query.kind) {
      case "all":
        return among.slice();
      case "none":
        return new Uint8Array(among.length);
      case "and": {
        let left = among;
        for (const one of [...query.queries].sort((a, b) => queryCost(a) - queryCost(b)))
          left = await this.run(one, left);
        return left === among ? among.slice() : left;
      }
      case "or": {
        const found = new Uint8Array(among.length);
        const open = among.slice();
        for (const one of [...query.queries].sort((a, b) => queryCost(a) - queryCost(b))) {
          const more = await this.run(one, open);
          for (let row = 0; row < more.length; row++) if (more[row] === 1) open[row] = 1 - (found[row] = 1);
        }
        return found;
      }
      case "not": {
        const without = await this.run(query.query, among);
        return among.map((bit, row) => (bit === 1 && without[row] === 0 ? 1 : 0));
      }
      case "address":
      case "subject":
        return this.#inEnvelope(query, among);
      case "words":
        return this.#words(query.text, among);
      case "attachment":
        return this.#digests(among, ({ structure }) => hasAttachment(structure));
      case "date":
        if (query.of === "sent") return this.#sent(query, among);
        return this.#columns(query, among);
      case "header": {
        const needle = needleOf(query.text);
        const key = query.field.toLowerCase();
        const field = indexedHeader(key);
        if (field !== undefined)
          return this.#inEnvelope(
            { kind: field === "subject" ? "subject" : "address", field, text: query.text },
            among,
          );
        // A field that is there has its name in the header's text, one that holds the text has that too.
        const { mask } = await this.#indexed(
          "text",
          needle.folded === "" ? foldText(key) : needle.folded,
          among,
        );
        return this.#contents(mask, (content) => holdsField(content, key, needle));
      }
      case "body":
      case "text": {
        const needle = needleOf(query.text);
        const { mask } = await this.#indexed("text", needle.folded, among);
        return this.#contents(mask, (content) => holdsText(content, needle, query.kind));
      }
      default:
        return this.#columns(query, among);
    }
  }

  /** What the table alone can tell. */
  #columns(query: SearchQuery, among: Mask): Mask {
    const matches = this.#columnTest(query);
    const found = new Uint8Array(among.length);
    for (let row = 0; row < among.length; row++) if (among[row] === 1 && matches(row)) found[row] = 1;
    return found;
  }

  #columnTest(query: SearchQuery): (row: number) => boolean {
    const { table } = this.#parts;
    switch (query.kind) {
      case "uids":
        return (row) => hasNumber(query.uids, table.uids[row] as number);
      case "flag": {
        const holders = table.flagSets.holders(query.flag);
        return (row) => holders[table.flags[row] as number] === 1;
      }
      case "date": {
        const { from = -Infinity, before = Infinity } = query;
        const dates = query.of === "saved" ? table.savedAts : table.receivedAts;
        return (row) => (dates[row] as number) >= from && (dates[row] as number) < before;
      }
      case "size": {
        const { above = -1, below = Infinity } = query;
        return (row) => (table.sizes[row] as number) > above && (table.sizes[row] as number) < below;
      }
      case "modseq":
        return (row) => (table.modseqs[row] as number) >= query.least;
      case "emailId":
        return (row) => table.emailIds[row] === query.id;
      case "threadId":
        return (row) => table.threadIds[row] === query.id;
      default:
        return () => false;
    }
  }

  async #inEnvelope(
    query: {
      readonly kind: "address" | "subject";
      readonly field?: IndexedEnvelopeField;
      readonly text: string;
    },
    among: Mask,
  ): Promise<Mask> {
    const field = query.field ?? "subject";
    const folded = foldText(query.text);
    const { mask, sure } = await this.#indexed(field, folded, among);
    const found = await this.#envelopes(without(mask, sure), (envelope) => {
      const value = envelopeText(envelope, field);
      return value !== undefined && foldText(value).includes(folded);
    });
    for (let row = 0; row < found.length; row++) if (sure[row] === 1 && mask[row] === 1) found[row] = 1;
    return found;
  }

  /** The index's "text" is header and body together: what it rules out is in neither. */
  async #words(text: string, among: Mask): Promise<Mask> {
    const needle = needleOf(text);
    const { mask } = await this.#indexed("text", needle.folded, among);
    const found = await this.#envelopes(mask, (envelope) =>
      NAMED_FIELDS.some((field) => foldText(envelopeText(envelope, field) ?? "").includes(needle.folded)),
    );
    const more = await this.#contents(without(mask, found), (content) => holdsText(content, needle, "body"));
    return found.map((bit, row) => bit | (more[row] as number));
  }

  #sent(
    {
      from = -Infinity,
      before = Infinity,
    }: { readonly from?: number | undefined; readonly before?: number | undefined },
    among: Mask,
  ): Promise<Mask> {
    return this.#envelopes(among, ({ date }, row) => {
      const at = sentDay(date) ?? (this.#parts.table.receivedAts[row] as number);
      return at >= from && at < before;
    });
  }

  #indexed(field: IndexedField, folded: string, among: Mask): Promise<Indexed> {
    const { table, pause } = this.#parts;
    return askIndex(this.#index, field, folded, among, table.emailIds, pause);
  }

  #envelopes(among: Mask, test: (envelope: Envelope, row: number) => boolean): Promise<Mask> {
    return this.#digests(among, ({ envelope }, row) => test(readEnvelope(envelope), row));
  }

  #digests(among: Mask, test: (digest: EmailDigest, row: number) => boolean): Promise<Mask> {
    const { mail, table } = this.#parts;
    return this.#slices(among, ENVELOPES_A_SLICE, (from, to, found) => {
      mail.digests(table, from, to, (row, digest) => {
        if (among[row] === 1 && digest !== undefined && test(digest, row)) found[row] = 1;
      });
    });
  }

  #contents(among: Mask, test: (content: Uint8Array) => boolean): Promise<Mask> {
    const { mail, table } = this.#parts;
    return this.#slices(among, CONTENTS_A_SLICE, (from, to, found) => {
      mail.contents(table, from, to, (row, content) => {
        if (among[row] === 1 && content !== undefined && test(content)) found[row] = 1;
      });
    });
  }

  /** Runs of neighbours are read at once; pauses after about as much work each time. */
  async #slices(
    among: Mask,
    size: number,
    read: (from: number, to: number, found: Mask) => void,
  ): Promise<Mask> {
    const found = new Uint8Array(among.length);
    const { pause, progress } = this.#parts;
    let total = 0;
    for (const bit of among) total += bit;
    let done = 0;
    let pauseAt = size;
    for (let row = nextRow(among, 0); row < among.length;) {
      const from = row;
      while (row < among.length && among[row] === 1 && done < pauseAt) {
        row++;
        done++;
      }
      read(from, row, found);
      row = nextRow(among, row);
      if (done < pauseAt && row < among.length) continue;
      pauseAt = done + size;
      progress?.(done, total);
      await pause();
    }
    return found;
  }
}

function nextRow(among: Mask, from: number): number {
  const next = among.indexOf(1, from);
  return next < 0 ? among.length : next;
}

function without(mask: Mask, other: Mask): Mask {
  return mask.map((bit, row) => (bit === 1 && other[row] === 0 ? 1 : 0));
}

/** Header fields whose text the envelope has as it stands: only the subject; addresses lose their quotes and comments. */
function indexedHeader(key: string): "subject" | undefined {
  return key === "subject" ? "subject" : undefined;
}
