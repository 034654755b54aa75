/** What a fault does, in the words of the lab file: for traces and `fault ls`. */
import { formatDuration } from "../../base/duration.ts";
import { formatSize } from "../../base/size.ts";
import { formatRdata } from "../../protocol/dns/rdata.ts";
import { replyText } from "../../protocol/smtp/reply.ts";
import type { FaultAction } from "./fault.ts";

export function describeAction(action: FaultAction): string {
  const { reply, delayMs, cut, throttleBytesPerSecond, sliceBytes, limitBytes, hide } = action;
  const { tls, rcode, truncate, wrong, rateLimit, forMs } = action;
  return [
    rateLimit && `ratelimit ${rateLimit.count}/${formatDuration(rateLimit.perMs)}`,
    delayMs !== undefined && `delay ${formatDuration(delayMs)}`,
    reply && `reply ${replyText(reply)}`,
    cut,
    limitBytes !== undefined && `limit ${formatSize(limitBytes)}`,
    throttleBytesPerSecond !== undefined && `throttle ${formatSize(throttleBytesPerSecond)}/s`,
    sliceBytes !== undefined && `slice ${formatSize(sliceBytes)}`,
    hide && `hide ${hide.join(", ")}`,
    tls && `tls ${tls}`,
    rcode && `rcode ${rcode}`,
    truncate === true && "truncate",
    wrong && `wrong ${wrong.map((data) => `${data.type} ${formatRdata(data)}`).join(", ")}`,
    forMs !== undefined && `for ${formatDuration(forMs)}`,
  ]
    .filter((part) => typeof part === "string" && part !== "")
    .join(", ");
}
