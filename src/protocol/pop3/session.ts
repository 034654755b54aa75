/**
 * POP3 as a machine (RFC 1939): one line in, what to do out. The table below says which keyword is for which phase;
 * nothing here waits, reads a message or knows a password. Numbers of messages never change during a session.
 *
 *     authorization --(logged in)--> transaction --(QUIT)--> update --(committed)--> over
 */
import { type Pop3Command, parsePop3Line, parsePop3Number, type Pop3Verb } from "./command.ts";

export type Pop3Message = {
  readonly sizeBytes: number;
  /** RFC 1939 §7: 1 to 70 characters from 0x21 to 0x7E. */ readonly id: string;
};

export type Pop3Phase = "authorization" | "transaction" | "update";

export type Pop3Rules = {
  readonly hostname: string;
  /** STLS may be asked for. */
  readonly startTls: boolean;
  /** USER and PASS, and mechanisms that say the password, may be used on this wire. */
  readonly plaintext: boolean;
  /** Names of SASL mechanisms that may be used now. */
  readonly mechanisms: readonly string[];
  readonly loginDelaySeconds: number;
  readonly implementation: string;
};

export type Pop3Session = {
  readonly phase: Pop3Phase;
  readonly user: string | undefined;
  readonly messages: readonly Pop3Message[];
  /** Indexes, from 0. */
  readonly deleted: ReadonlySet<number>;
  readonly utf8: boolean;
};

export type Pop3Input =
  | { readonly kind: "line"; readonly text: string }
  | { readonly kind: "loggedIn"; readonly messages: readonly Pop3Message[] }
  /** The login came to nothing: `code` for RESP-CODES (RFC 2449 §8, RFC 3206). */
  | { readonly kind: "notLoggedIn"; readonly code: string | undefined; readonly text: string }
  | { readonly kind: "committed"; readonly text: string; readonly ok: boolean };

export type Pop3Action =
  | { readonly kind: "reply"; readonly ok: boolean; readonly text: string }
  /** +OK and lines, dot-stuffed by the driver, and the end. */
  | { readonly kind: "lines"; readonly text: string; readonly lines: readonly string[] }
  | { readonly kind: "password"; readonly user: string; readonly password: string }
  | { readonly kind: "sasl"; readonly mechanism: string; readonly initial: string | undefined }
  | { readonly kind: "startTls" }
  /** The message of that index; with `bodyLines` its header and so many lines of its body. */
  | { readonly kind: "message"; readonly index: number; readonly bodyLines: number | undefined }
  | { readonly kind: "commit"; readonly deleted: readonly number[] }
  | { readonly kind: "hangUp" };

type Step = readonly [Pop3Session, readonly Pop3Action[]];
type Handler = (session: Pop3Session, command: Pop3Command, rules: Pop3Rules) => Step;

export function newPop3Session(): Pop3Session {
  return { phase: "authorization", user: undefined, messages: [], deleted: new Set(), utf8: false };
}

export function stepPop3(session: Pop3Session, input: Pop3Input, rules: Pop3Rules): Step {
  switch (input.kind) {
    case "line":
      return command(session, parsePop3Line(input.text), rules);
    case "loggedIn": {
      const next = { ...session, phase: "transaction" as const, messages: input.messages, user: undefined };
      return [next, [ok(`${count(input.messages.length)} here`)]];
    }
    case "notLoggedIn":
      return [
        { ...session, user: undefined },
        [no(input.code === undefined ? input.text : `[${input.code}] ${input.text}`)],
      ];
    case "committed":
      return [
        { ...session, phase: "update" },
        [{ kind: "reply", ok: input.ok, text: input.text }, { kind: "hangUp" }],
      ];
  }
}

/** Which keyword is for which phase; what is not here is not offered. */
const TABLE: Readonly<Record<"authorization" | "transaction", Partial<Record<Pop3Verb, Handler>>>> = {
  authorization: { CAPA: capa, USER: user, PASS: pass, AUTH: auth, STLS: stls, UTF8: utf8, QUIT: leave },
  transaction: {
    CAPA: capa,
    STAT: stat,
    LIST: list,
    UIDL: uidl,
    RETR: retr,
    TOP: top,
    DELE: dele,
    RSET: rset,
    NOOP: (session) => [session, [ok("nothing done")]],
    QUIT: quit,
  },
};

function command(session: Pop3Session, given: Pop3Command, rules: Pop3Rules): Step {
  if (session.phase === "update") return [session, [no("this session is ending")]];
  const handler = TABLE[session.phase][given.verb as Pop3Verb];
  if (handler !== undefined) return handler(session, given, rules);
  const other = session.phase === "authorization" ? "transaction" : "authorization";
  const isKnown = Object.hasOwn(TABLE[other], given.verb);
  const why = isKnown
    ? `${given.verb} is for ${other === "transaction" ? "after" : "before"} the login`
    : "that command is not known here";
  return [session, [no(why)]];
}

function capa(session: Pop3Session, _: Pop3Command, rules: Pop3Rules): Step {
  const before = session.phase === "authorization";
  const lines = ["TOP", "UIDL", "RESP-CODES", "AUTH-RESP-CODE", "PIPELINING", "EXPIRE NEVER"];
  lines.push(`LOGIN-DELAY ${rules.loginDelaySeconds}`, "UTF8");
  if (before && rules.plaintext) lines.push("USER");
  if (before && rules.mechanisms.length > 0) lines.push(`SASL ${rules.mechanisms.join(" ")}`);
  if (before && rules.startTls) lines.push("STLS");
  lines.push(`IMPLEMENTATION ${rules.implementation}`);
  return [session, [{ kind: "lines", text: "this can be done here", lines }]];
}

const PRIVACY = "passwords only over TLS: say STLS first, or come to port 995";

function user(session: Pop3Session, { args }: Pop3Command, rules: Pop3Rules): Step {
  if (!rules.plaintext) return [session, [no(PRIVACY)]];
  const [name] = args;
  if (name === undefined) return [session, [no("USER needs a name")]];
  return [{ ...session, user: name }, [ok("and the password?")]];
}

/** A password may hold blanks (RFC 1939 §7). */
function pass(session: Pop3Session, { rest }: Pop3Command, rules: Pop3Rules): Step {
  if (!rules.plaintext) return [session, [no(PRIVACY)]];
  if (session.user === undefined) return [session, [no("say USER first")]];
  return [session, [{ kind: "password", user: session.user, password: rest }]];
}

function auth(session: Pop3Session, { args }: Pop3Command, rules: Pop3Rules): Step {
  const [mechanism, initial] = args;
  if (mechanism === undefined) {
    return [session, [{ kind: "lines", text: "mechanisms", lines: rules.mechanisms }]];
  }
  const name = mechanism.toUpperCase();
  if (!rules.mechanisms.includes(name)) return [session, [no("that mechanism is not offered here")]];
  return [session, [{ kind: "sasl", mechanism: name, initial }]];
}

function stls(session: Pop3Session, _: Pop3Command, rules: Pop3Rules): Step {
  if (!rules.startTls) return [session, [no("TLS is not offered here, or active already")]];
  return [{ ...session, user: undefined }, [ok("begin TLS negotiation now"), { kind: "startTls" }]];
}

/** RFC 6856 §2. */
function utf8(session: Pop3Session): Step {
  return [{ ...session, utf8: true }, [ok("UTF-8 it is")]];
}

function leave(session: Pop3Session): Step {
  return [{ ...session, phase: "update" }, [ok("until next time"), { kind: "hangUp" }]];
}

function stat(session: Pop3Session): Step {
  const left = remaining(session);
  return [session, [ok(`${left.length} ${octets(left)}`)]];
}

function list(session: Pop3Session, { args }: Pop3Command): Step {
  const line = (index: number): string => `${index + 1} ${session.messages[index]?.sizeBytes ?? 0}`;
  return listing(session, args, line, ({ length }, size) => `${count(length)} (${size} octets)`);
}

function uidl(session: Pop3Session, { args }: Pop3Command): Step {
  const line = (index: number): string => `${index + 1} ${session.messages[index]?.id ?? ""}`;
  return listing(session, args, line, () => "unique ids follow");
}

function listing(
  session: Pop3Session,
  args: readonly string[],
  line: (index: number) => string,
  title: (left: readonly number[], size: number) => string,
): Step {
  if (args.length > 0) return withMessage(session, args[0], (index) => [session, [ok(line(index))]]);
  const left = remaining(session).map(({ index }) => index);
  return [session, [{ kind: "lines", text: title(left, octets(remaining(session))), lines: left.map(line) }]];
}

function retr(session: Pop3Session, { args }: Pop3Command): Step {
  return withMessage(session, args[0], (index) => [
    session,
    [{ kind: "message", index, bodyLines: undefined }],
  ]);
}

function top(session: Pop3Session, { args }: Pop3Command): Step {
  const bodyLines = parsePop3Number(args[1]);
  if (bodyLines === undefined) return [session, [no("TOP needs a message and a number of lines")]];
  return withMessage(session, args[0], (index) => [session, [{ kind: "message", index, bodyLines }]]);
}

function dele(session: Pop3Session, { args }: Pop3Command): Step {
  return withMessage(session, args[0], (index) => [
    { ...session, deleted: new Set([...session.deleted, index]) },
    [ok(`message ${index + 1} goes when you QUIT`)],
  ]);
}

function rset(session: Pop3Session): Step {
  return [{ ...session, deleted: new Set() }, [ok(`${count(session.messages.length)} here`)]];
}

function quit(session: Pop3Session): Step {
  return [{ ...session, phase: "update" }, [{ kind: "commit", deleted: [...session.deleted] }]];
}

function withMessage(session: Pop3Session, text: string | undefined, then: (index: number) => Step): Step {
  const number = parsePop3Number(text);
  if (number === undefined) return [session, [no("which message? give its number")]];
  const index = number - 1;
  if (session.messages[index] === undefined) {
    return [session, [no(`there is no message ${number}, only ${session.messages.length}`)]];
  }
  if (session.deleted.has(index)) return [session, [no(`message ${number} is deleted`)]];
  return then(index);
}

function remaining({ messages, deleted }: Pop3Session): { index: number; sizeBytes: number }[] {
  return messages
    .map(({ sizeBytes }, index) => ({ index, sizeBytes }))
    .filter(({ index }) => !deleted.has(index));
}

function octets(left: readonly { readonly sizeBytes: number }[]): number {
  return left.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function count(messages: number): string {
  return messages === 1 ? "1 message" : `${messages} messages`;
}

function ok(text: string): Pop3Action {
  return { kind: "reply", ok: true, text };
}

function no(text: string): Pop3Action {
  return { kind: "reply", ok: false, text };
}
