/** Turns what the queue knows of a message's fate into the report mta/bounce writes. */
import { bounceFor } from "../../mta/bounce/bounce.ts";
import type { ReportComposer } from "../../mta/queue/report.ts";

export const composeQueueReport: ReportComposer = async (request) => {
  const { envelope } = request;
  const decision = bounceFor({
    queueId: request.queueId,
    envelope: {
      reversePath: envelope.reversePath,
      ret: envelope.ret,
      envid: envelope.envid,
      smtputf8: envelope.smtputf8,
    },
    recipients: request.recipients.map(
      ({ recipient, action, status, reply, remoteMta, lastAttemptAt, willRetryUntil }) => ({
        address: recipient.address,
        orcpt: recipient.orcpt,
        notify: recipient.notify,
        action,
        status,
        diagnostic: reply,
        remoteMta,
        lastAttemptAt,
        willRetryUntil,
      }),
    ),
    original: await request.content(),
    arrivalAt: request.receivedAt,
    now: request.at,
    hostname: request.hostname,
    id: request.reportId,
  });
  return decision.kind === "none" ? undefined : { envelope: decision.envelope, content: [decision.content] };
};
