/** RENAME (RFC 9051 §6.3.6). */
import { no, NO_SUCH_MAILBOX, NOT_ALLOWED, ok, refused } from "../completion.ts";
import type { Handler } from "../execute.ts";
import { findMailbox, placeOf } from "../mailbox-names.ts";
import { mayCreate } from "../rights.ts";

export const rename: Handler<"rename"> = async ({ own, context }, { from, to }) => {
  const found = findMailbox(context.store, own, from);
  if (found === undefined) return NO_SUCH_MAILBOX;
  const place = placeOf(context.store, own, to);
  if (!found.rights.includes("x") || place === undefined || !mayCreate(place, own)) return NOT_ALLOWED;
  if (place.mail !== found.mail) return no("a mailbox cannot move to another account", "CANNOT");
  const renamed = await found.mail.rename(found.mailbox.id, place.name);
  return renamed.kind === "done" ? ok("RENAME completed") : refused(renamed);
};
