/**
 * Reception: answers a door's questions by the settings, and takes a message into the queue. It never waits on a disk
 * before the last question, never accepts what it could not deliver or return, and records why it decided.
 */
import type { World } from "../../base/world.ts";
import { networkContains, parseNetwork } from "../../base/ip.ts";
import type { Reason } from "../../base/reason.ts";
import { formatMailbox } from "../../message/address/address.ts";
import type { Mailbox } from "../../message/address/address.ts";
import { parseMailbox } from "../../message/address/path.ts";
import type { Recorder } from "../../journal/journal.ts";
import type { Resolver } from "../../protocol/dns/resolver.ts";
import { reply } from "../../protocol/smtp/reply.ts";
import type { SmtpReply } from "../../protocol/smtp/reply.ts";
import type { HostSettings } from "../../settings/host-settings.ts";
import type { Envelope } from "../envelope.ts";
import type { Queue } from "../queue/queue.ts";
import { findMailbox } from "./accepted-domains.ts";
import type { AccountNames } from "./accepted-domains.ts";
import { createClientPolicies } from "./client-policies.ts";
import { createGreylist } from "./greylist.ts";
import type { Misbehaviour } from "./misbehaviour.ts";
import { createRateLimit } from "./rate-limit.ts";
import type {
  Authenticator,
  Client,
  Decision,
  MailRequest,
  RcptDecision,
  RcptRequest,
  Reception,
} from "./reception.ts";
import { createRelayPolicy } from "./relay-policy.ts";
import { takeMessage } from "./take-message.ts";

export type ReceptionOptions = {
  readonly world: Pick<World, "clock" | "random">;
  readonly recorder: Recorder;
  readonly settings: HostSettings;
  readonly resolver: Resolver;
  readonly accounts: AccountNames;
  /** Whether the account may hold so much more. Absent: nobody is ever full. */
  readonly hasRoom?: ((account: string, sizeBytes: number) => boolean) | undefined;
  readonly authenticator: Authenticator;
  readonly queue: Queue;
  /** Of client addresses, over all doors of the host. */
  readonly misbehaviour: Misbehaviour;
};

const ACCEPT: Decision = { verdict: "accept" };

export function createReception(options: ReceptionOptions): Reception {
  const { world, recorder, settings, misbehaviour } = options;
  const { policies } = settings;
  /** Where `<postmaster>` without a domain is at home (RFC 5321 §4.5.1). */
  const home =
    Object.keys(settings.domains).find((name) => settings.domains[name]?.kind === "local") ??
    settings.hostname;
  /** SIZE= of the message under way (RFC 1870 §6.1). */
  const declared = new WeakMap<Client, number>();
  const rates = createRateLimit(world.clock);
  const greylist = createGreylist(world.clock);
  const relay = createRelayPolicy(settings, options.accounts);
  const clients = createClientPolicies(options);
  const ownNetworks = settings.relayFrom
    .map((text) => parseNetwork(text))
    .filter((network) => network !== undefined);

  /** A refusal, written down with its reason; a client that has erred before gets it more slowly. */
  function refuse(
    client: Client,
    check: string,
    subject: string,
    answer: SmtpReply,
    reason: Reason,
    close = false,
  ): Extract<Decision, { verdict: "refuse" }> {
    const verdict = answer.code >= 500 ? "reject" : "defer";
    recorder.record({ kind: "policy", check, verdict, subject, reason }, client.connection, client.cause);
    if (verdict === "reject") misbehaviour.erred(client.remote.address);
    return { verdict: "refuse", reply: answer, close, delayMs: misbehaviour.delayMs(client.remote.address) };
  }

  function connected(client: Client): Decision {
    const until = misbehaviour.bannedUntil(client.remote.address);
    if (until === undefined) return ACCEPT;
    const reason = {
      rule: "banned after repeated errors",
      setting: "policies.misbehaviour",
      detail: `until ${new Date(until).toISOString()}`,
    };
    const answer = reply(421, "4.7.0", "Too many errors from your address, try again later");
    recorder.record(
      { kind: "policy", check: "ban", verdict: "defer", subject: client.remote.address, reason },
      client.connection,
      client.cause,
    );
    return { verdict: "refuse", reply: answer, close: true };
  }

  function mail(client: Client, request: MailRequest): Decision | Promise<Decision> {
    declared.set(client, request.sizeBytes ?? 0);
    const { messagesPerHour } = settings.limits;
    if (messagesPerHour !== undefined && !rates.take(client.remote.address, messagesPerHour)) {
      const reason = { rule: "rate limit", setting: "limits.messagesPerHour" };
      const answer = reply(421, "4.7.0", "Too many messages from your address in this hour, try again later");
      return refuse(client, "rate", client.remote.address, answer, reason, true);
    }
    if (client.service === "submission" && client.account === undefined) {
      const reason = { rule: "authentication required", rfc: "RFC 6409 §4.3" };
      return refuse(
        client,
        "authentication",
        `<${request.reversePath}>`,
        reply(530, "5.7.0", "Authentication required"),
        reason,
      );
    }
    if (isTrusted(client)) return ACCEPT;
    return clients.judge(client, request.reversePath, refuse);
  }

  /** Our own users and networks are not asked who they are. */
  function isTrusted(client: Client): boolean {
    if (client.account !== undefined || client.service !== "smtp") return true;
    return ownNetworks.some((network) => networkContains(network, client.remote.address));
  }

  function rcpt(client: Client, envelope: Envelope, request: RcptRequest): RcptDecision {
    const address = /^postmaster$/i.test(request.address) ? `${request.address}@${home}` : request.address;
    const parsed = parseMailbox(address);
    const subject = `<${request.address}>`;
    if (!parsed.ok) {
      const reason = { rule: "bad recipient address", rfc: "RFC 5321 §4.1.2", detail: parsed.error.text };
      return refuse(
        client,
        "recipient",
        subject,
        reply(501, "5.1.3", `${subject}: ${parsed.error.text}`),
        reason,
      );
    }
    const verdict = relay(client, parsed.value);
    if (!verdict.accept) return refuse(client, "recipient", subject, verdict.reply, verdict.reason);
    const full = fullAccount(verdict.addresses, declared.get(client) ?? 0);
    if (full !== undefined) {
      const reason = {
        rule: "over quota",
        setting: `accounts.${full}.quota`,
        rfc: "RFC 1870 §6.1",
        change: "raise the quota, or delete mail",
      };
      return refuse(client, "quota", subject, reply(452, "4.2.2", `${subject}: mailbox full`), reason);
    }
    const wait = greylistWait(client, envelope, address);
    if (wait > 0) {
      const reason = {
        rule: "greylisting",
        setting: "policies.greylist",
        rfc: "RFC 6647",
        detail: `${Math.ceil(wait / 1000)} s to go`,
      };
      return refuse(
        client,
        "greylist",
        subject,
        reply(450, "4.7.1", "Greylisted: please try again later"),
        reason,
      );
    }
    recorder.record(
      { kind: "policy", check: "recipient", verdict: "accept", subject, reason: verdict.reason },
      client.connection,
      client.cause,
    );
    const { notify, orcpt } = request;
    const recipients = verdict.addresses.map((one) => {
      return { address: one, notify, orcpt, original: one === request.address ? undefined : request.address };
    });
    return { verdict: "accept", recipients };
  }

  /** Whose mailbox cannot take it; better said now than in a report days later. One of many behind an alias does not count. */
  function fullAccount(addresses: readonly string[], sizeBytes: number): string | undefined {
    const [only = ""] = addresses;
    const mailbox = addresses.length === 1 ? mailboxOf(only) : undefined;
    if (mailbox === undefined || options.hasRoom === undefined) return undefined;
    const found = findMailbox(settings, options.accounts, mailbox);
    return found.kind === "mailbox" && !options.hasRoom(found.account, sizeBytes) ? found.account : undefined;
  }

  function greylistWait(client: Client, envelope: Envelope, recipient: string): number {
    if (policies.greylist === undefined || isTrusted(client)) return 0;
    return greylist.waitMs(client.remote.address, envelope.reversePath, recipient, policies.greylist);
  }

  return {
    connected,
    helo: (client, name) => {
      if (!isTrusted(client)) clients.greeted(client, name);
      return ACCEPT;
    },
    mail,
    rcpt,
    message: (client, envelope, content) =>
      takeMessage(
        { ...options, refuse, isOwn: (one) => one.service !== "lmtp" && isTrusted(one) },
        client,
        envelope,
        content,
      ),
    verify(client, text) {
      if (policies.vrfy === "refuse")
        return { verdict: "refuse", reply: reply(502, "5.5.1", "VRFY is not done here") };
      const mailbox = policies.vrfy === "answer" ? mailboxOf(text.replace(/^<(.*)>$/, "$1")) : undefined;
      if (mailbox === undefined) {
        return {
          verdict: "accept",
          reply: reply(252, "2.1.5", "Cannot say, but will take the message and try"),
        };
      }
      const verdict = relay(client, mailbox);
      if (!verdict.accept) return { verdict: "refuse", reply: verdict.reply };
      return { verdict: "accept", reply: reply(250, "2.1.5", `<${formatMailbox(mailbox)}>`) };
    },
    authenticator: options.authenticator,
    misbehaved(client, what) {
      misbehaviour.erred(client.remote.address);
      recorder.record(
        { kind: "warning", what: "client error", detail: what, rfc: undefined },
        client.connection,
        client.cause,
      );
      const decision = connected(client);
      const delayMs = misbehaviour.delayMs(client.remote.address);
      return decision.verdict === "accept" ? { ...decision, delayMs } : decision;
    },
    disconnected: (client) => clients.forget(client),
  };
}

function mailboxOf(address: string): Mailbox | undefined {
  const parsed = parseMailbox(address);
  return parsed.ok ? parsed.value : undefined;
}
