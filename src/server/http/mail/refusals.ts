/** The store's "no" as an answer over HTTP: one table. */
import type { Done, MailRefusal } from "../../../store/account-mail.ts";
import { formatSize } from "../../../base/size.ts";
import { ApiError } from "../api-error.ts";
import { NO_MAILBOX } from "./message-ids.ts";

export function apiErrorOf(refusal: MailRefusal): ApiError {
  switch (refusal.kind) {
    case "noMailbox":
      return new ApiError(404, NO_MAILBOX);
    case "exists":
      return new ApiError(409, "a mailbox of that name is there already");
    case "badName":
      return new ApiError(400, refusal.why, [{ path: "name", message: refusal.why }]);
    case "forbidden":
      return new ApiError(409, refusal.why);
    case "overQuota": {
      const { what, max, used } = refusal;
      const amount = (value: number): string => (what === "bytes" ? formatSize(value) : `${value} messages`);
      return new ApiError(
        507,
        `your mailboxes are full (${amount(used)} of ${amount(max)}); delete something first`,
      );
    }
    case "limit":
      return new ApiError(409, refusal.why);
  }
}

/** What was done; throws the ApiError of a refusal. */
export function done<T extends Done<object>>(answer: T | MailRefusal): T {
  if (answer.kind !== "done") throw apiErrorOf(answer as MailRefusal);
  return answer as T;
}
