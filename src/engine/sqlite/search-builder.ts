/**
 * Makes the pages of the search index, a few e-mails at a time, in the store's thread while it has nothing to write.
 * No write waits for it longer than one step. What it fails to make is not indexed, and tried again at the next
 * opening: a search then looks at those e-mails themselves.
 */
import type { DatabaseSync } from "node:sqlite";
import { eachNumber } from "../../base/number-ranges.ts";
import type { DiskWrite } from "../../store/mail-disk.ts";
import { IndexPageBuilder } from "../../store/search/index-page.ts";
import { SPAN_EMAILS } from "../../store/search/search-index.ts";
import { ACCOUNT_ROWS } from "./load-accounts.ts";
import type { MailReader } from "./mail-reader.ts";
import { createSearchPages } from "./search-pages.ts";

/** E-mails of a step: about a millisecond, if they are of usual size. */
const EMAILS_A_STEP = 8;

type Work = { readonly accountId: number; readonly page: number };

export type SearchBuilder = {
  /** Looks at a write that was committed. */
  written(write: DiskWrite): void;
  /** Does a step; false when all is done. */
  step(): boolean;
};

export function createSearchBuilder(database: DatabaseSync, reader: MailReader): SearchBuilder {
  const pages = createSearchPages(database);
  const work: Work[] = [];
  const emptied = new Map<string, Work>();
  /** By account: pages below this number are made, or wait in `work`. */
  const seen = new Map<number, number>();
  let current: { readonly work: Work; readonly builder: IndexPageBuilder; next: number } | undefined;

  for (const row of database.prepare(ACCOUNT_ROWS).all()) {
    const accountId = Number(row["id"]);
    const lastEmailId = Number(row["lastEmailId"]);
    seen.set(accountId, Math.floor((lastEmailId + 1) / SPAN_EMAILS));
    for (const page of pages.missing(accountId, lastEmailId)) work.push({ accountId, page });
  }
  // The newest are asked for most, and are taken from the end.
  work.sort((a, b) => a.page - b.page);

  function written({ accountId, steps }: DiskWrite): void {
    for (const one of steps) {
      if (one.kind === "append") {
        const full = Math.floor(((one.messages.at(-1)?.emailId ?? 0) + 1) / SPAN_EMAILS);
        let page = seen.get(accountId) ?? 0;
        for (; page < full; page++) work.push({ accountId, page });
        seen.set(accountId, page);
      } else if (one.kind === "sweep") {
        for (const id of eachNumber(one.emailIds)) {
          const page = Math.floor(id / SPAN_EMAILS);
          emptied.set(`${accountId} ${page}`, { accountId, page });
        }
      }
    }
  }

  function step(): boolean {
    try {
      return makeSome() || removeSome();
    } catch {
      current = undefined;
      return work.length > 0 || emptied.size > 0;
    }
  }

  function makeSome(): boolean {
    if (current === undefined) {
      const next = work.pop();
      if (next === undefined) return false;
      current = { work: next, builder: new IndexPageBuilder(), next: 0 };
    }
    const { accountId, page } = current.work;
    const { builder, next } = current;
    if (next >= SPAN_EMAILS) {
      current = undefined;
      pages.write(accountId, page, builder.finish());
      return true;
    }
    const from = page * SPAN_EMAILS + next;
    const to = from + EMAILS_A_STEP - 1;
    const envelopes = new Map<number, Uint8Array>();
    reader.digests(accountId, from, to, (id, { envelope }) => envelopes.set(id, envelope));
    reader.contents(accountId, from, to, (id, content) => {
      const envelope = envelopes.get(id);
      if (envelope !== undefined) builder.add(id % SPAN_EMAILS, envelope, content);
    });
    current.next += EMAILS_A_STEP;
    return true;
  }

  function removeSome(): boolean {
    const [first] = emptied;
    if (first === undefined) return false;
    const [key, { accountId, page }] = first;
    emptied.delete(key);
    pages.removeIfEmpty(accountId, page);
    return true;
  }

  return { written, step };
}
