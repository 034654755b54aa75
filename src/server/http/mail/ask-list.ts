/** From what a page asks to the list it means: which mailboxes, and what in each of them. */
import { sleep } from "../../../base/clock.ts";
import { ApiError } from "../api-error.ts";
import type { Listing, ListRequest } from "./listings.ts";
import type { MailPlace } from "./mail-place.ts";
import { isAside } from "./mailboxes.ts";
import { mailboxOf } from "./message-ids.ts";
import { namesPlaces, queryIn } from "./search-tree.ts";
import { parseSearch } from "./search-words.ts";

export type AskedList = {
  readonly mailbox?: number | undefined;
  readonly q?: string | undefined;
  /** UTC when absent. */
  readonly zone?: string | undefined;
  readonly threads?: boolean | undefined;
};

/** Slices between two pauses: some ten milliseconds of work, beside which a timer's one is nothing. */
const SLICES_A_PAUSE = 4;

/** Throws ApiError 400 with the place of what is wrong in the search, 404 when there is no such mailbox. */
function listRequest(
  { mail, host }: MailPlace,
  { mailbox, q = "", zone = "UTC", threads = false }: AskedList,
): ListRequest {
  const parsed = parseSearch(q, { now: host.world.clock.now(), me: mail.name, zone });
  if (!parsed.ok) {
    const { at, message } = parsed.error;
    throw new ApiError(400, `the search: ${message}`, [{ path: `q:${at}`, message }]);
  }
  const tree = parsed.value;
  const chosen = mailbox === undefined ? undefined : mailboxOf(mail, mailbox);
  const among = namesPlaces(tree)
    ? mail.mailboxes()
    : chosen === undefined
      ? mail.mailboxes().filter((one) => !isAside(one))
      : [chosen];
  const places = among
    .map((one) => ({ mailbox: one, query: queryIn(tree, one) }))
    .filter(({ query }) => query.kind !== "none");
  return { places, threads };
}

export async function askList(place: MailPlace, asked: AskedList, signal?: AbortSignal): Promise<Listing> {
  const { shared, mail, world } = place;
  const request = listRequest(place, asked);
  if (!shared.searches.begin(mail.name))
    throw new ApiError(429, "your other searches are still running; try again in a moment");
  let slices = 0;
  try {
    return await shared.listings.list(mail, request, async () => {
      // Whoever types on has no use for the answer to what was typed before.
      if (signal?.aborted === true) throw new ApiError(408, "nobody waits for this search any more");
      if (++slices % SLICES_A_PAUSE === 0) await sleep(world.clock, 0);
    });
  } finally {
    shared.searches.end(mail.name);
  }
}
