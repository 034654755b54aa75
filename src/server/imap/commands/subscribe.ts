/** SUBSCRIBE and UNSUBSCRIBE (RFC 9051 §6.3.7, §6.3.8): of names, whether they exist or not. */
import { MAILBOX_NAME_OCTETS_MAX } from "../../../store/account-mail.ts";
import { no, ok } from "../completion.ts";
import type { Handler } from "../execute.ts";

export const subscribe: Handler<"subscribe"> = async ({ own }, { mailbox }) => {
  if (mailbox === "" || Buffer.byteLength(mailbox) > MAILBOX_NAME_OCTETS_MAX)
    return no(`a name has 1 to ${MAILBOX_NAME_OCTETS_MAX} octets`, "CANNOT");
  await own.subscribe(mailbox, true);
  return ok("SUBSCRIBE completed");
};

export const unsubscribe: Handler<"unsubscribe"> = async ({ own }, { mailbox }) => {
  await own.subscribe(mailbox, false);
  return ok("UNSUBSCRIBE completed");
};
