/**
 * Who holds which mailbox (RFC 1939 §8 has one session at a time), and who was in last. One for all POP3 doors of a
 * host: a mailbox held through port 995 is held for port 110 too.
 */

/** A session that holds a mailbox, as another one that wants it sees it. */
export type MaildropHolder = {
  /** Nothing was heard of it for this long. */
  readonly silentMs: number;
  destroy(why: string): void;
};

/** Both by the account's id. */
export type HeldMaildrops = {
  readonly holders: Map<number, MaildropHolder>;
  /** When it last logged in (RFC 2449 §6.5). */
  readonly logins: Map<number, number>;
};

export function createHeldMaildrops(): HeldMaildrops {
  return { holders: new Map(), logins: new Map() };
}
