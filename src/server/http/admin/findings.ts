/** What of a host needs a look, each with what to do about it and where. Cheap: asked for with every overview. */
import { z } from "zod";
import type { AdminHost } from "./admin-place.ts";
import { certificateOf, RENEW_WITHIN_DAYS } from "./certificate-view.ts";

export const findingSchema = z.object({
  tone: z.enum(["warn", "bad"]),
  text: z.string(),
  page: z
    .string()
    .describe("Where it is dealt with: queue, accounts, settings…; empty: the overview itself."),
});
export type Finding = z.infer<typeof findingSchema>;

/** Limit: of the queue, that is looked through; beyond it the finding says "or more". */
const LOOKED_AT_MAX = 10_000;

export function findingsOf({ host, role }: AdminHost): Finding[] {
  const { settings, store, queue, misbehaviour } = host;
  const findings: Finding[] = [];
  const say = (text: string, page: string, tone: Finding["tone"] = "warn"): void =>
    void findings.push({ tone, text, page });
  const entries = queue.depth > LOOKED_AT_MAX ? [] : queue.list();
  const tried = entries.filter(({ recipients }) =>
    recipients.some(({ attemptCount, state }) => attemptCount > 0 && state === "waiting"),
  ).length;
  if (queue.depth > LOOKED_AT_MAX) say(`${queue.depth} messages are in the queue`, "queue", "bad");
  if (tried > 0) say(`${messages(tried)} could not be delivered yet`, "queue");
  const held = entries.filter(({ recipients }) => recipients.some(({ state }) => state === "held")).length;
  if (held > 0) say(`${messages(held)} held until somebody releases ${held === 1 ? "it" : "them"}`, "queue");
  const banned = misbehaviour.banned().length;
  if (banned > 0)
    say(
      `${banned} address${banned === 1 ? " is" : "es are"} banned for wrong passwords or errors`,
      "accounts",
    );
  const full = store.accounts().filter((one) => isFull(one.usedBytes, one.quotaBytes)).length;
  if (full > 0) say(`${full} mailbox${full === 1 ? " is" : "es are"} nearly full`, "accounts");
  const daysLeft = certificateOf(host)?.daysLeft ?? RENEW_WITHIN_DAYS;
  if (daysLeft < 0) say("its certificate is no longer valid: whoever checks it turns away", "", "bad");
  else if (daysLeft < RENEW_WITHIN_DAYS) say(`its certificate ends ${inDays(daysLeft)}`, "");
  if (role !== "server") return findings;
  if (Object.keys(settings.domains).length === 0) say("it takes mail for no domain yet", "domains", "bad");
  else if (store.accounts().length === 0) say("nobody has a mailbox yet", "accounts");
  if (settings.tls.certificate === undefined)
    say("its certificate is self-signed: programs and browsers warn", "settings");
  return findings;
}

const NEARLY = 0.95;

function isFull(used: number, quota: number | undefined): boolean {
  return quota !== undefined && quota > 0 && used >= quota * NEARLY;
}

function inDays(days: number): string {
  return days === 0 ? "today" : days === 1 ? "tomorrow" : `in ${days} days`;
}

function messages(count: number): string {
  return count === 1 ? "1 message" : `${count} messages`;
}
