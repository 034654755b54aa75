/** What the lines of a conversation mean, asked of the server once for each conversation. */
import type { Conversation } from "../../../../src/journal/conversation.ts";
import type { Explained } from "../../../../src/lab/api/session-views.ts";
import { post } from "$lib/api.ts";

/** Limit: as many lines as the server explains at a time. */
const LINES_MAX = 5_000;

/** As the server knows them. */
const EXPLAINED = /^(?:smtp|submission|lmtp|imap|pop3)/;

export class Explanations {
  #of = $state.raw<ReadonlyMap<string, readonly Explained[]>>(new Map());
  readonly #asked = new Set<string>();

  /** By item; empty until the answer has come, or when the protocol is not one that is explained. */
  of(talk: Conversation): readonly Explained[] {
    return this.#of.get(keyOf(talk)) ?? [];
  }

  async ask(talk: Conversation): Promise<void> {
    const key = keyOf(talk);
    if (this.#asked.has(key) || !EXPLAINED.test(talk.protocol)) return;
    this.#asked.add(key);
    // A later exchange of a connection begins with MAIL: there is no greeting to wait for.
    const before = talk.earlier > 0 ? [{ by: "server", text: "220 -" }] : [];
    const items = talk.items.slice(0, LINES_MAX - 1).map(({ kind, by, text }) => ({ kind, by, text }));
    try {
      const found = await post<readonly Explained[]>("/lab/v1/explain", {
        protocol: talk.protocol,
        items: [...before, ...items],
      });
      this.#of = new Map([...this.#of, [key, found.slice(before.length)]]);
    } catch {
      this.#asked.delete(key); // the conversation is there all the same
    }
  }
}

function keyOf({ connection, earlier, items }: Conversation): string {
  return `${connection} ${earlier} ${items.length}`;
}
