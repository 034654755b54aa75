/** What arrives for one account of the lab, as a test holds it: wait for a mail, or make sure that none comes. */
import { parseDuration } from "../../base/duration.ts";
import type { AccountMail } from "../../store/account-mail.ts";
import type { MailStore } from "../../store/mail-store.ts";
import type { Trace } from "../../journal/trace.ts";
import { LabError, type WaitOptions } from "../lab.ts";
import { arrivedFacts, type ArrivedPlace, withArrived } from "./arrived.ts";
import { readLabMail, type LabMail } from "./lab-mail.ts";
import { describeMatcher, matchesMail, type MailMatcher } from "./matcher.ts";
import { waitUntil, WAIT_MS, type Waiting } from "./wait.ts";

export type Inbox = {
  readonly address: string;
  /** The first mail that matches and that no earlier wait returned. Rejects, saying what came instead. */
  wait(matcher?: MailMatcher, options?: WaitOptions): Promise<LabMail>;
  /** Rejects when a mail that matches comes within this lab time. */
  expectNone(options?: {
    readonly within?: string | undefined;
    readonly matching?: MailMatcher;
  }): Promise<void>;
  list(matcher?: MailMatcher): Promise<LabMail[]>;
};

export type InboxParts = Waiting & {
  readonly address: string;
  readonly host: string;
  readonly store: MailStore;
  readonly journeyOf: (queueId: string) => Trace | undefined;
  /** Settles when a fresh account is on disk. */
  readonly ready?: Promise<void> | undefined;
};

export function createInbox(parts: InboxParts): Inbox {
  const { address, host, store, environment } = parts;
  /** By id. */
  const returned = new Set<string>();
  const read = new Map<number, LabMail>();

  async function list(matcher: MailMatcher = {}): Promise<LabMail[]> {
    await parts.ready;
    const mail = store.mail(address);
    if (mail === undefined) return [];
    const all = await withArrived([mail], (arrived) => arrived.map(([place]) => readOnce(mail, place)));
    return all.filter((one) => one !== undefined && matchesMail(one, matcher)) as LabMail[];
  }

  /** Read anew only when it stands elsewhere. */
  function readOnce(mail: AccountMail, place: ArrivedPlace): LabMail | undefined {
    const facts = arrivedFacts(place);
    const known = read.get(facts.emailId);
    if (known?.mailbox === facts.mailbox && known.uid === facts.uid) return known;
    const raw = mail.content(facts.emailId);
    if (raw === undefined) return undefined;
    const fresh = readLabMail(host, facts, raw, parts.journeyOf);
    read.set(facts.emailId, fresh);
    return fresh;
  }

  return {
    address,
    list,
    async wait(matcher = {}, options = {}) {
      const fresh = async (): Promise<LabMail | undefined> =>
        (await list(matcher)).find(({ id }) => !returned.has(id));
      const mail = await waitUntil(parts, fresh, options);
      if (mail === undefined) throw new LabError(await missing(matcher, options.timeoutMs ?? WAIT_MS));
      returned.add(mail.id);
      return mail;
    },
    async expectNone({ within = "0ms", matching = {} } = {}) {
      const ms = parseDuration(within);
      if (ms === undefined) throw new LabError(`"${within}" is not a duration: write it as "30s" or "1h"`);
      await environment.clock.advance(ms);
      const mail = (await list(matching)).find(({ id }) => !returned.has(id));
      if (mail !== undefined)
        throw new LabError(
          `${address} got a mail although none was to come: "${mail.subject}" from ${mail.envelope.from}`,
        );
    },
  };

  async function missing(matcher: MailMatcher, timeoutMs: number): Promise<string> {
    const there = (await list()).map(({ subject, envelope }) => `"${subject}" from <${envelope.from}>`);
    const others = there.length === 0 ? "its mailbox is empty" : `it has ${there.join(", ")}`;
    return `${address} got no mail with ${describeMatcher(matcher)} within ${timeoutMs} ms; ${others}. "posthorn lab trace --last" shows where mail is.`;
  }
}
