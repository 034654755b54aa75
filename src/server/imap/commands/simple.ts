/** Commands that are a line each: CAPABILITY, NOOP, CHECK, LOGOUT, STARTTLS, UNAUTHENTICATE (RFC 9051 §6.1, §6.2.1, RFC 8437). */
import type { Handler } from "../execute.ts";
import { bad, ok } from "../completion.ts";
import { capabilityCode } from "../capabilities.ts";

export const capability: Handler<"capability"> = (session) => {
  session.output.writer.raw(`* ${capabilityCode(session)}\r\n`);
  return ok("CAPABILITY completed");
};

/** What is new is told before every command's end; NOOP is that and nothing else. */
export const noop: Handler<"noop"> = () => ok("NOOP completed");

/** Whatever was acknowledged is on disk already. */
export const check: Handler<"check"> = () => ok("CHECK completed");

export const logout: Handler<"logout"> = (session) => {
  session.output.writer.raw("* BYE until next time\r\n");
  return { ...ok("LOGOUT completed"), next: "hangUp" };
};

export const startTls: Handler<"starttls"> = ({ driver, context }) => {
  if (driver.encrypted) return bad("TLS is active already");
  if (context.identity === undefined) return bad("STARTTLS is not offered here");
  return { ...ok("begin TLS negotiation now"), next: "startTls" };
};

export const unauthenticate: Handler<"unauthenticate"> = (session) => {
  if (session.driver.compressed) return bad("not on a compressed connection");
  session.logOut();
  return ok("UNAUTHENTICATE completed");
};
