/** How a message got here: the envelope it was delivered with, what the hops wrote, and its trace where there is a page of it. */
import { parseDate } from "../../../message/header/date.ts";
import { headerValue, headerValues, parseHeader } from "../../../message/header/fields.ts";
import type { DeliveredAs } from "../../../store/account-mail.ts";
import type { Journal } from "../../../journal/journal.ts";
import type { OriginView } from "./views.ts";

/** Limit: hops shown; mail with more is refused as a loop. */
const HOPS_MAX = 100;
const VALUE_CHARACTERS_MAX = 2_000;

export function originView(
  content: Uint8Array,
  delivered: DeliveredAs | undefined,
  receivedAt: number,
  trace: OriginView["trace"],
): OriginView {
  const header = parseHeader(content);
  const received = headerValues(header, "received").slice(0, HOPS_MAX).reverse();
  return {
    envelope: delivered === undefined ? null : { ...pick(delivered), receivedAt },
    trace,
    received: received.map(hopOf),
    returnPath: headerValue(header, "return-path") ?? null,
    authenticationResults: headerValues(header, "authentication-results")
      .slice(0, HOPS_MAX)
      .map((value) => value.slice(0, VALUE_CHARACTERS_MAX)),
  };
}

function pick({ reversePath, recipient, queueId }: DeliveredAs): DeliveredAs {
  return { reversePath, recipient, queueId };
}

/** Whether the journal still has what became of a message. */
export function isInJournal(journal: Journal, queueId: string): boolean {
  for (let id = journal.lastId; id >= journal.firstId; id--)
    if (journal.get(id)?.trace === queueId) return true;
  return false;
}

/** `from a (b) by c with d id e for f; date` (RFC 5321 §4.4), as far as it can be read. */
function hopOf(value: string): OriginView["received"][number] {
  const raw = value.slice(0, VALUE_CHARACTERS_MAX);
  const semicolon = raw.lastIndexOf(";");
  const clauses = semicolon < 0 ? raw : raw.slice(0, semicolon);
  const at = semicolon < 0 ? undefined : parseDate(raw.slice(semicolon + 1).trim());
  const after = (word: string): string =>
    new RegExp(`(?:^|\\s)${word}\\s+(\\S{1,300}(?:\\s+\\([^)]{1,300}\\))?)`, "i").exec(clauses)?.[1] ?? "";
  return { from: after("from"), by: after("by"), with: after("with"), at: at ?? null, raw };
}
