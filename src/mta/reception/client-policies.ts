/**
 * The policies on who a client says it is: EHLO name, reverse DNS, sender domain. Their lookups begin when the facts
 * are known and are awaited at MAIL, so that neither greeting nor EHLO ever waits for a name server.
 */
import type { Reason } from "../../base/reason.ts";
import { parseMailbox } from "../../message/address/path.ts";
import type { Recorder } from "../../journal/journal.ts";
import type { Resolver } from "../../protocol/dns/resolver.ts";
import { reply } from "../../protocol/smtp/reply.ts";
import type { SmtpReply } from "../../protocol/smtp/reply.ts";
import type { HostSettings } from "../../settings/host-settings.ts";
import type { CheckResult } from "./client-checks.ts";
import { checkHelo, checkReverseDns, checkSenderDomain } from "./client-checks.ts";
import type { Client, Decision } from "./reception.ts";

type Level = "off" | "warn" | "refuse";

export type Refuse = (
  client: Client,
  check: string,
  subject: string,
  answer: SmtpReply,
  reason: Reason,
) => Extract<Decision, { verdict: "refuse" }>;

export type ClientPolicies = {
  /** EHLO was said: the lookups about the client set out. */
  greeted(client: Client, name: string): void;
  /** At MAIL: what the lookups found. At once when nothing was asked. */
  judge(client: Client, reversePath: string, refuse: Refuse): Decision | Promise<Decision>;
  forget(client: Client): void;
};

type Check = {
  readonly check: string;
  readonly level: Level;
  readonly subject: string;
  readonly result: Promise<CheckResult>;
};

export function createClientPolicies(options: {
  readonly settings: HostSettings;
  readonly resolver: Resolver;
  readonly recorder: Recorder;
}): ClientPolicies {
  const { settings, resolver, recorder } = options;
  const { helo, reverseDns, senderDomain } = settings.policies;
  const begun = new Map<string, readonly Check[]>();

  function checksOf(client: Client, name: string): Check[] {
    const { address } = client.remote;
    const context = { trace: client.connection, cause: client.cause };
    const checks: Check[] = [];
    if (reverseDns !== "off") {
      checks.push({
        check: "reverse DNS",
        level: reverseDns,
        subject: address,
        result: checkReverseDns(resolver, address, context),
      });
    }
    if (helo !== "off") {
      checks.push({
        check: "EHLO name",
        level: helo,
        subject: name,
        result: checkHelo(resolver, name, address, context),
      });
    }
    return checks;
  }

  async function settle(client: Client, checks: readonly Check[], refuse: Refuse): Promise<Decision> {
    for (const { check, level, subject, result } of checks) {
      const found = await result;
      if (found.passed) {
        const reason = { rule: check, detail: found.detail };
        recorder.record(
          { kind: "policy", check, verdict: "accept", subject, reason },
          client.connection,
          client.cause,
        );
      } else if (level === "refuse") {
        return refuse(client, check, subject, reply(550, "5.7.25", found.text), found.reason);
      } else {
        recorder.record(
          { kind: "policy", check, verdict: "warn", subject, reason: found.reason },
          client.connection,
          client.cause,
        );
      }
    }
    return { verdict: "accept" };
  }

  return {
    greeted(client, name) {
      if (client.service !== "smtp" || begun.has(client.connection)) return;
      const checks = checksOf(client, name);
      if (checks.length > 0) begun.set(client.connection, checks);
    },
    judge(client, reversePath, refuse) {
      const checks = [...(begun.get(client.connection) ?? [])];
      begun.set(client.connection, []); // said once for each connection
      const domain = senderDomain === "off" ? undefined : domainName(reversePath);
      if (domain !== undefined) {
        const result = checkSenderDomain(resolver, domain, { trace: client.connection, cause: client.cause });
        checks.push({ check: "sender domain", level: senderDomain, subject: `<${reversePath}>`, result });
      }
      return checks.length === 0 ? { verdict: "accept" } : settle(client, checks, refuse);
    },
    forget: (client) => void begun.delete(client.connection),
  };
}

/** The domain to look up; literals and the null path have none. */
function domainName(reversePath: string): string | undefined {
  const parsed = parseMailbox(reversePath);
  return parsed.ok && parsed.value.domain.kind === "name" ? parsed.value.domain.name : undefined;
}
