/**
 * The policies on who a client says it is: EHLO name, reverse DNS, sender domain. Their lookups begin when the facts
 * are known, so that neither greeting nor EHLO ever waits for a name server; MAIL waits only for those that may refuse.
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

  function note(client: Client, { check, subject }: Check, found: CheckResult): void {
    const verdict = found.passed ? "accept" : "warn";
    const reason = found.passed ? { rule: check, detail: found.detail } : found.reason;
    recorder.record({ kind: "policy", check, verdict, subject, reason }, client.connection, client.cause);
  }

  /** Those that only warn are written down when their answer comes. */
  function watch(client: Client, checks: readonly Check[]): void {
    for (const check of checks) {
      if (check.level === "warn") void check.result.then((found) => note(client, check, found));
    }
  }

  async function settle(client: Client, checks: readonly Check[], refuse: Refuse): Promise<Decision> {
    for (const check of checks) {
      const found = await check.result;
      if (!found.passed)
        return refuse(client, check.check, check.subject, reply(550, "5.7.25", found.text), found.reason);
      note(client, check, found);
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
      watch(client, checks);
      const strict = checks.filter(({ level }) => level === "refuse");
      return strict.length === 0 ? { verdict: "accept" } : settle(client, strict, refuse);
    },
    forget: (client) => void begun.delete(client.connection),
  };
}

/** The domain to look up; literals and the null path have none. */
function domainName(reversePath: string): string | undefined {
  const parsed = parseMailbox(reversePath);
  return parsed.ok && parsed.value.domain.kind === "name" ? parsed.value.domain.name : undefined;
}
