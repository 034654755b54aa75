/** ID (RFC 2971): who we are. Versions help attackers more than users, so none is said. */
import type { Handler } from "../execute.ts";
import { ok } from "../completion.ts";

export const id: Handler<"id"> = (session) => {
  session.output.writer.raw('* ID ("name" "Posthorn")\r\n');
  return ok("ID completed");
};
