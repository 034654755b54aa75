/**
 * One job over as many transactions as it takes: the message is made fit for what the server offers, recipients are
 * sent in batches the server bears, and a kept connection that turned out dead is replaced once.
 */
import type { Reason } from "../../../base/reason.ts";
import type { DeliveryJob, Outcome } from "../../../mta/delivery/delivery.ts";
import type { EnvelopeRecipient } from "../../../mta/envelope.ts";
import type { SmtpRoute } from "../../../mta/routing/route.ts";
import type { ClientMessage } from "../../../protocol/smtp/client-transaction.ts";
import { isPositive, isTransient, reply, type SmtpReply } from "../../../protocol/smtp/reply.ts";
import type { OpenLink } from "./agent.ts";
import type { Dialed } from "./dial.ts";
import { fitMessage } from "./fit-message.ts";
import { dialOutcome, outcomeOf, type Spoken } from "./outcome.ts";

export type Links = {
  /** The first time an open connection if there is one, after that a new one. */
  acquire(): Promise<Dialed>;
  release(open: OpenLink): void;
};

/** Limit: transactions for one job: recipients in batches, and one more try after a dead connection. */
const TRANSACTIONS_MAX = 1_000;

const LOST: Reason = { rule: "the connection was lost before the last answer", rfc: "RFC 5321 §4.5.4.1" };

export async function sendJob(job: DeliveryJob, route: SmtpRoute, links: Links): Promise<readonly Outcome[]> {
  const outcomes = new Map<EnvelopeRecipient, Outcome>();
  const settle = (
    recipients: readonly EnvelopeRecipient[],
    answer: SmtpReply,
    spoken: Spoken,
    reason?: Reason,
  ): void => {
    for (const recipient of recipients) outcomes.set(recipient, outcomeOf(recipient, answer, spoken, reason));
  };
  const content = await job.content();
  let pending = job.recipients;
  let mayReplace = true;
  let open: OpenLink | undefined;
  for (let count = 0; pending.length > 0 && count < TRANSACTIONS_MAX; count++) {
    if (open === undefined) {
      const dialed = await links.acquire();
      if (!dialed.ok) {
        const { answer, spoken, reason } = dialOutcome(dialed);
        settle(pending, answer, spoken, reason);
        break;
      }
      open = dialed;
    }
    const { link } = open;
    const spoken = spokenTo(open, route);
    const fitted = fitMessage(job.envelope, pending, content, link.capabilities);
    if (!fitted.ok) {
      settle(pending, fitted.error.reply, spoken, fitted.error.reason);
      break;
    }
    const batch = pending.slice(0, link.capabilities.recipientsMax ?? pending.length);
    const message: ClientMessage = { ...fitted.value.message, recipients: batch };
    const isReused = link.messages > 0;
    const { replies, lost } = await link.send(message, fitted.value.content, job.queueId);
    if (lost === "early" && isReused && mayReplace) {
      mayReplace = false;
      open = undefined;
      continue;
    }
    const anyAccepted = replies.some((answer) => isPositive(answer));
    const again: EnvelopeRecipient[] = [];
    batch.forEach((recipient, index) => {
      const answer = replies[index] ?? reply(451, "4.5.0", "no reply came for this recipient");
      // RFC 5321 §4.5.3.1.10: those past the server's limit go in another transaction, now.
      if (anyAccepted && answer.code === 452 && answer.status === "4.5.3") again.push(recipient);
      else settle([recipient], answer, spoken, lost !== undefined && isTransient(answer) ? LOST : undefined);
    });
    pending = [...again, ...pending.slice(batch.length)];
    if (link.spent && pending.length > 0) link.quit();
    if (!link.usable) open = undefined;
  }
  if (open !== undefined) links.release(open);
  const unsaid = reply(451, "4.4.2", "the message took too many transactions");
  const nobody: Spoken = {
    to: "",
    remoteMta: undefined,
    connection: undefined,
    remoteReports: undefined,
    lmtp: false,
  };
  return job.recipients.map((recipient) => outcomes.get(recipient) ?? outcomeOf(recipient, unsaid, nobody));
}

function spokenTo({ link, hop, to }: OpenLink, route: SmtpRoute): Spoken {
  return {
    to,
    remoteMta: hop.host,
    connection: link.id,
    remoteReports: link.capabilities.dsn,
    lmtp: route.protocol === "lmtp",
  };
}
