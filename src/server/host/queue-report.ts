/**
 * Turns what the queue knows of a message's fate into the report mta/bounce writes, for whoever stands behind the reverse
 * path: an alias of ours is a mailbox only after it was looked up, and no door does that for a report.
 */
import { bounceFor } from "../../mta/bounce/bounce.ts";
import type { ReportComposer } from "../../mta/queue/report.ts";
import { finalAddresses } from "../../mta/reception/aliases.ts";
import type { HostSettings } from "../../settings/host-settings.ts";

export function queueReports(settings: HostSettings): ReportComposer {
  return async (request) => {
    const report = await composeReport(request);
    if (report === undefined) return undefined;
    const { recipients } = report.envelope;
    const final = recipients.flatMap((one) =>
      finalAddresses(settings, one.address).map((address) => ({ ...one, address })),
    );
    return {
      ...report,
      envelope: { ...report.envelope, recipients: final.map((one, index) => ({ ...one, index })) },
    };
  };
}

const composeReport: ReportComposer = async (request) => {
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
