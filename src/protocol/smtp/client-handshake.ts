/**
 * The client's way from the greeting to the first MAIL, as a pure step: EHLO or HELO, STARTTLS, AUTH. It ends with
 * "ready", or with a failure that says whose fault it was; then another server may be tried. Never throws.
 */
import { fromBase64, type SaslClientStep, toBase64 } from "../sasl/mechanism.ts";
import { chooseMechanism, type ClientSecrets } from "../sasl/mechanisms.ts";
import { type Capabilities, NO_CAPABILITIES, readCapabilities } from "./capabilities.ts";
import { isPositive, type SmtpReply } from "./reply.ts";

export type HandshakeRules = {
  readonly hostname: string;
  readonly protocol: "smtp" | "lmtp";
  readonly tls: "never" | "may" | "must" | "verify";
  readonly secrets: ClientSecrets | undefined;
};

export type HandshakeFailure =
  | { readonly why: "refused"; readonly reply: SmtpReply } // the greeting, or EHLO and HELO
  | { readonly why: "noTls"; readonly reply: SmtpReply | undefined } // wanted, and not to be had
  | { readonly why: "noAuth"; readonly reply: SmtpReply | undefined } // no mechanism fits, or the password does not
  | { readonly why: "broken"; readonly text: string }; // this is not SMTP

export type HandshakeAction =
  | { readonly kind: "say"; readonly text: string; readonly secret: boolean }
  | { readonly kind: "startTls" }
  | { readonly kind: "ready"; readonly capabilities: Capabilities }
  | { readonly kind: "fail"; readonly failure: HandshakeFailure };

type Stage =
  | { readonly at: "greeting" | "ehlo" | "helo" | "startTls" | "encrypting" }
  | { readonly at: "auth"; readonly respond: (challenge: string) => SaslClientStep }
  | { readonly at: "over" };

export type Handshake = {
  readonly rules: HandshakeRules;
  readonly stage: Stage;
  readonly encrypted: boolean;
  readonly capabilities: Capabilities;
};

export type HandshakeStep = readonly [Handshake, HandshakeAction];

export function startHandshake(rules: HandshakeRules, encrypted: boolean): Handshake {
  return { rules, stage: { at: "greeting" }, encrypted, capabilities: NO_CAPABILITIES };
}

/** TLS is on: all that was offered before is forgotten (RFC 3207 §4.2). */
export function handshakeEncrypted(handshake: Handshake): HandshakeStep {
  return hello({ ...handshake, encrypted: true, capabilities: NO_CAPABILITIES });
}

export function handshakeHeard(handshake: Handshake, reply: SmtpReply): HandshakeStep {
  const { stage } = handshake;
  if (reply.code === 421) return fail(handshake, { why: "refused", reply });
  switch (stage.at) {
    case "greeting":
      return reply.code === 220 ? hello(handshake) : fail(handshake, { why: "refused", reply });
    case "ehlo":
      if (isPositive(reply)) return greeted({ ...handshake, capabilities: readCapabilities(reply) });
      // RFC 5321 §3.2: a server without EHLO is asked with HELO. LMTP has none.
      if (reply.code < 500 || handshake.rules.protocol === "lmtp")
        return fail(handshake, { why: "refused", reply });
      return say({ ...handshake, stage: { at: "helo" } }, `HELO ${handshake.rules.hostname}`);
    case "helo":
      return isPositive(reply) ? greeted(handshake) : fail(handshake, { why: "refused", reply });
    case "startTls":
      if (reply.code === 220) return [{ ...handshake, stage: { at: "encrypting" } }, { kind: "startTls" }];
      // Opportunistic: better in the clear than not at all (RFC 3207 §4.1, RFC 7435).
      return handshake.rules.tls === "may"
        ? authenticate(handshake)
        : fail(handshake, { why: "noTls", reply });
    case "auth":
      return authHeard(handshake, stage.respond, reply);
    default:
      return fail(handshake, { why: "broken", text: `the server said ${reply.code} unasked` });
  }
}

function hello(handshake: Handshake): HandshakeStep {
  const verb = handshake.rules.protocol === "lmtp" ? "LHLO" : "EHLO";
  return say({ ...handshake, stage: { at: "ehlo" } }, `${verb} ${handshake.rules.hostname}`);
}

function greeted(handshake: Handshake): HandshakeStep {
  const { rules, encrypted, capabilities } = handshake;
  if (encrypted || rules.tls === "never") return authenticate(handshake);
  if (capabilities.startTls) return say({ ...handshake, stage: { at: "startTls" } }, "STARTTLS");
  return rules.tls === "may" ? authenticate(handshake) : fail(handshake, { why: "noTls", reply: undefined });
}

function authenticate(handshake: Handshake): HandshakeStep {
  const { rules, encrypted, capabilities } = handshake;
  if (rules.secrets === undefined) return ready(handshake);
  const mechanism = chooseMechanism(capabilities.mechanisms, rules.secrets, encrypted);
  if (mechanism === undefined) return fail(handshake, { why: "noAuth", reply: undefined });
  const initial = mechanism.initial === undefined ? "" : ` ${toBase64(mechanism.initial) || "="}`;
  return say(
    { ...handshake, stage: { at: "auth", respond: mechanism.respond } },
    `AUTH ${mechanism.name}${initial}`,
    true,
  );
}

function authHeard(
  handshake: Handshake,
  respond: (challenge: string) => SaslClientStep,
  reply: SmtpReply,
): HandshakeStep {
  if (reply.code === 235) return ready(handshake);
  if (reply.code !== 334) return fail(handshake, { why: "noAuth", reply });
  const challenge = fromBase64(reply.lines.join("").trim());
  const next = challenge === undefined ? undefined : respond(challenge);
  if (next === undefined || next.kind === "failure") {
    return fail(handshake, { why: "broken", text: next?.why ?? "the server's challenge is not base64" });
  }
  return say({ ...handshake, stage: { at: "auth", respond: next.next } }, toBase64(next.text), true);
}

function ready(handshake: Handshake): HandshakeStep {
  return [
    { ...handshake, stage: { at: "over" } },
    { kind: "ready", capabilities: handshake.capabilities },
  ];
}

function say(handshake: Handshake, text: string, secret = false): HandshakeStep {
  return [handshake, { kind: "say", text, secret }];
}

function fail(handshake: Handshake, failure: HandshakeFailure): HandshakeStep {
  return [
    { ...handshake, stage: { at: "over" } },
    { kind: "fail", failure },
  ];
}
