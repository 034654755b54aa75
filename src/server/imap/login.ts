/** What happens once somebody proved who they are, or did not: bounds, the account opened, the answer (RFC 9051 §6.2). */
import { capabilityCode } from "./capabilities.ts";
import { type Completion, no, ok } from "./completion.ts";
import type { ImapSession } from "./session.ts";

const WRONG = no("that name and password do not fit", "AUTHENTICATIONFAILED");

export function loggedIn(session: ImapSession, account: string, verb: string): Completion {
  const mail = session.context.store.mail(account);
  if (mail === undefined) return WRONG;
  const { limits, sessions } = session.context;
  if ((sessions.get(mail.accountId) ?? 0) >= limits.connectionsPerAccountMax)
    return no("too many connections of this account", "LIMIT");
  session.logIn(mail);
  return ok(`${verb} completed`, capabilityCode(session));
}

export function loginFailed(session: ImapSession): Completion {
  session.loginAttempts++;
  const isLast = session.loginAttempts >= session.context.limits.loginAttemptsMax;
  return isLast ? { ...WRONG, next: "hangUp" } : WRONG;
}
