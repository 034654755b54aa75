/** NAMESPACE (RFC 2342): one's own mailboxes without prefix, what others share below `Other Users/`. */
import type { Handler } from "../execute.ts";
import { ok } from "../completion.ts";
import { OTHER_USERS } from "../mailbox-names.ts";

export const namespace: Handler<"namespace"> = (session) => {
  session.output.writer.raw(`* NAMESPACE (("" "/")) (("${OTHER_USERS}" "/")) NIL\r\n`);
  return ok("NAMESPACE completed");
};
