/**
 * What the content of a message is held to: RFC 5322 and the hop limit. A refusal names everything that is missing,
 * with its section, one line each, so that the sender can mend it all at once. Our own users get what is easily added
 * added: date and Message-ID. Pure.
 */
import type { Reason } from "../../base/reason.ts";
import { reply } from "../../protocol/smtp/reply.ts";
import type { SmtpReply } from "../../protocol/smtp/reply.ts";
import type { PolicySettings } from "../../settings/host-settings.ts";

export type ContentProblem = {
  readonly problem: string; // `missing-from`
  readonly severity: "error" | "warning";
  readonly text: string; // a sentence
  readonly rfc: string;
};

/** What one scan over the header section found. */
export type ContentFacts = { readonly problems: readonly ContentProblem[]; readonly receivedCount: number };

export type ContentVerdict =
  | { readonly accept: true; readonly warnings: readonly ContentProblem[] }
  | { readonly accept: false; readonly reply: SmtpReply; readonly reason: Reason };

/** What a submission server adds rather than misses (RFC 6409 §8.2 and §8.3). */
const ADDED_FOR_OWN = new Set(["missing-date", "missing-message-id"]);

/** Limit: lines of explanation in one reply. */
const LINES_MAX = 10;

export function checkContent(
  facts: ContentFacts,
  policies: Pick<PolicySettings, "message" | "hopsMax">,
  isOwn: boolean,
): ContentVerdict {
  if (facts.receivedCount >= policies.hopsMax) {
    return {
      accept: false,
      reply: reply(554, "5.4.6", `Too many hops: ${facts.receivedCount} Received fields, a mail loop`),
      reason: { rule: "hop limit", setting: "policies.hopsMax", rfc: "RFC 5321 §6.3" },
    };
  }
  const errors =
    policies.message === "refuse" ? facts.problems.filter(({ severity }) => severity === "error") : [];
  const isMended = isOwn && errors.every(({ problem }) => ADDED_FOR_OWN.has(problem));
  if (errors.length === 0 || isMended)
    return { accept: true, warnings: policies.message === "off" ? [] : facts.problems };
  const lines = errors
    .slice(0, LINES_MAX)
    .map(({ text, rfc }) => `${text} (${rfc.replace("§", "section ")})`);
  return {
    accept: false,
    reply: reply(
      550,
      "5.7.1",
      "This message is not RFC 5322 compliant:",
      ...lines,
      "Please mend the message and send it again.",
    ),
    reason: {
      rule: errors.map(({ problem }) => problem).join(", "),
      setting: "policies.message",
      rfc: errors[0]?.rfc,
      change: "mend the message, or set policies.message to warn",
    },
  };
}
