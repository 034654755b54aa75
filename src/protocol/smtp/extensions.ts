/** What the answer to EHLO offers: only what works, here and now (RFC 5321 §4.1.1.1). */
import { offeredMechanisms } from "../sasl/mechanisms.ts";
import type { SaslServerMechanism } from "../sasl/mechanism.ts";
import { reply, type SmtpReply } from "./reply.ts";
import type { ServerSession } from "./server-types.ts";

export function offeredExtensions(session: ServerSession): string[] {
  const { rules } = session;
  const offered = [
    "PIPELINING", // RFC 2920
    `SIZE ${rules.sizeBytesMax}`, // RFC 1870
    "8BITMIME", // RFC 6152
    "BINARYMIME", // RFC 3030
    "CHUNKING", // RFC 3030
    "ENHANCEDSTATUSCODES", // RFC 2034
    "SMTPUTF8", // RFC 6531
    "DSN", // RFC 3461
    `LIMITS MAILMAX=${rules.messagesMax} RCPTMAX=${rules.recipientsMax}`, // RFC 9422
  ];
  if (startTlsOffered(session)) offered.push("STARTTLS"); // RFC 3207
  const mechanisms = authMechanisms(session);
  if (mechanisms.length > 0) offered.push(`AUTH ${mechanisms.map((mechanism) => mechanism.name).join(" ")}`); // RFC 4954
  return offered;
}

export function startTlsOffered({ rules, encrypted }: ServerSession): boolean {
  return rules.startTls && !encrypted;
}

/** Those that may be used on this link; none once somebody has authenticated. */
export function authMechanisms({
  rules,
  encrypted,
  binding,
  account,
}: ServerSession): readonly SaslServerMechanism[] {
  if (!rules.auth || account !== undefined) return [];
  return offeredMechanisms(encrypted || rules.plaintextAuth, binding);
}

/** Known, but not on this link: what a client without TLS is told with 538. */
export function needsEncryption({ rules, encrypted }: ServerSession, name: string): boolean {
  const mechanism = offeredMechanisms(true).find((known) => known.name === name);
  return mechanism?.plaintext === true && !encrypted && !rules.plaintextAuth;
}

/** The answer to EHLO: who we are, then what we offer. */
export function helloReply(session: ServerSession): SmtpReply {
  const greeting = `${session.rules.hostname} greets ${session.helo ?? "you"}`;
  return reply(250, undefined, greeting, ...(session.extended ? offeredExtensions(session) : []));
}
