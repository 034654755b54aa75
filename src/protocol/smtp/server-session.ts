/**
 * The server's side of SMTP, submission and LMTP (RFC 5321, 6409, 2033) as a pure step: what comes in, what to do. No
 * socket, clock or store is in it; questions to the house are actions, answers are inputs. Which verb may come when is
 * server-phases.ts. It never throws on anything a client can say.
 */
import { assertNever } from "./assert-never.ts";
import { parseCommand, type SmtpCommand, VERBS } from "./command.ts";
import type { SmtpContent } from "./content.ts";
import { startTlsOffered } from "./extensions.ts";
import { endsConnection, reply, type SmtpReply } from "./reply.ts";
import { fixedReply } from "./reply-codec.ts";
import { authenticated, continueAuth, follow, startAuth } from "./server-auth.ts";
import { decide } from "./server-decisions.ts";
import { answer, ask, forgetMessage, hangUp, misbehave } from "./server-moves.ts";
import { OUT_OF_ORDER, PHASE_TABLE } from "./server-phases.ts";
import type { ServerInput, ServerSession, ServerStep, SessionRules } from "./server-types.ts";

/** Limit: RFC 5321 §4.5.3.1.4 asks for 512; SIZE, DSN and AUTH parameters add some 1,200 to it. */
const COMMAND_LENGTH_MAX = 2_048;

const OK = fixedReply(250, "2.0.0", "ok");
const GO_AHEAD = fixedReply(354, undefined, "go ahead; end with a dot alone on a line");
const SYNTAX_DEFECT = {
  tooLong: reply(500, "5.5.6", "the line is too long"),
  bareNewline: reply(500, "5.5.2", "lines end in CRLF; this one has a CR or LF alone"),
} as const;

/** `binding`: TLS's exporter, once there is one. */
export function startSession(
  rules: SessionRules,
  encrypted: boolean,
  binding?: Uint8Array | undefined,
): ServerSession {
  return {
    rules,
    phase: "start",
    waiting: { for: "nothing" },
    helo: undefined,
    extended: false,
    encrypted,
    binding,
    account: undefined,
    mechanism: undefined,
    envelope: undefined,
    groups: [],
    chunkBytes: 0,
    messages: 0,
    badCommands: 0,
  };
}

/** One step. An input nobody waits for changes nothing. */
export function step(session: ServerSession, input: ServerInput): ServerStep {
  const { waiting } = session;
  switch (input.kind) {
    case "line":
      if (waiting.for === "command") return hear(session, input.text, input.defect);
      if (waiting.for !== "sasl") return [session, []];
      if (input.defect !== undefined) {
        return misbehave({ ...session, waiting: { for: "command" } }, SYNTAX_DEFECT[input.defect]);
      }
      return continueAuth(session, input.text, waiting.respond);
    case "content":
      return waiting.for === "data" ? takeContent(session, input.content) : [session, []];
    case "chunk":
      return takeChunk(session, input.content);
    case "decided":
      return waiting.for === "decision" ? decide(session, waiting.question, input.verdicts) : [session, []];
    case "password":
      return waiting.for === "decision" ? authenticated(session, input.account) : [session, []];
    case "scram":
      return waiting.for === "scram" ? follow(session, waiting.resume(input.material)) : [session, []];
    case "failed":
      if (waiting.for === "scram") return answer({ ...session, mechanism: undefined }, input.reply);
      if (waiting.for !== "decision") return [session, []];
      return decide(session, waiting.question, [{ verdict: "refuse", reply: input.reply }]);
    case "connected":
      return ask(session, { on: "connect" });
    case "encrypted":
      // RFC 3207 §4.2: nothing said before counts.
      return [
        {
          ...startSession(session.rules, true, session.binding),
          waiting: { for: "command" },
          messages: session.messages,
        },
        [],
      ];
    case "refuseChunk":
      return skipChunk(session, input.sizeBytes, input.reply, false);
    case "timeout":
      return hangUp(
        session,
        reply(421, "4.4.2", `${session.rules.hostname} heard nothing for too long, closing`),
      );
    case "shutdown":
      return hangUp(session, reply(421, "4.3.2", `${session.rules.hostname} is shutting down`));
    default:
      return assertNever(input);
  }
}

function hear(
  session: ServerSession,
  line: string,
  defect: "tooLong" | "bareNewline" | undefined,
): ServerStep {
  if (defect !== undefined) return misbehave(session, SYNTAX_DEFECT[defect]);
  if (line.length > COMMAND_LENGTH_MAX && !/^AUTH /i.test(line))
    return misbehave(session, SYNTAX_DEFECT.tooLong);
  const parsed = parseCommand(line, session.rules.commands);
  if (!parsed.ok) {
    const { verb, refusal } = parsed.error;
    // Out of order outranks badly written: the client should learn the order first.
    const cell = verb === undefined ? "run" : PHASE_TABLE[verb][session.phase];
    return misbehave(session, cell === "run" ? refusal : OUT_OF_ORDER[cell]);
  }
  const { command } = parsed;
  const cell = PHASE_TABLE[command.verb][session.phase];
  if (cell === "run") return run(session, command);
  return command.verb === "BDAT"
    ? skipChunk(session, command.sizeBytes, OUT_OF_ORDER[cell])
    : misbehave(session, OUT_OF_ORDER[cell]);
}

function run(session: ServerSession, command: SmtpCommand): ServerStep {
  switch (command.verb) {
    case "EHLO":
    case "HELO":
    case "LHLO":
      return hello(session, command.verb, command.name);
    case "MAIL":
      return mail(session, command);
    case "RCPT":
      return rcpt(session, command);
    case "DATA":
      if (session.envelope?.body === "BINARYMIME") {
        return misbehave(session, reply(503, "5.5.1", "BINARYMIME needs BDAT"));
      }
      return [
        { ...session, waiting: { for: "data" } },
        [{ kind: "reply", reply: GO_AHEAD }, { kind: "expectData" }],
      ];
    case "BDAT":
      return chunk(session, command.sizeBytes, command.last);
    case "RSET": {
      const [cleared, drop] = forgetMessage(session);
      return [cleared, [...drop, { kind: "reply", reply: OK }]];
    }
    case "NOOP":
      return answer(session, OK);
    case "VRFY":
      if (command.text === "") return misbehave(session, reply(501, "5.5.4", "write VRFY and a name"));
      return ask(session, { on: "verify", text: command.text });
    case "EXPN":
      return answer(session, reply(502, "5.5.1", "lists are not expanded here"));
    case "HELP":
      return answer(session, reply(214, "2.0.0", "commands known here:", VERBS.join(" ")));
    case "QUIT":
      return hangUp(session, reply(221, "2.0.0", `${session.rules.hostname} says goodbye`), true);
    case "AUTH":
      return startAuth(session, command.mechanism, command.initial);
    case "STARTTLS":
      return startTls(session);
    default:
      return assertNever(command);
  }
}

function hello(session: ServerSession, verb: "EHLO" | "HELO" | "LHLO", name: string): ServerStep {
  const isLmtp = session.rules.service === "lmtp";
  if (isLmtp !== (verb === "LHLO")) {
    return misbehave(
      session,
      reply(500, "5.5.1", isLmtp ? "this is LMTP: say LHLO" : "this is SMTP: say EHLO"),
    );
  }
  const [cleared, drop] = forgetMessage(session);
  const [asking, actions] = ask({ ...cleared, helo: name, extended: verb !== "HELO" }, { on: "helo", name });
  return [asking, [...drop, ...actions]];
}

function mail(session: ServerSession, command: Extract<SmtpCommand, { verb: "MAIL" }>): ServerStep {
  const { rules } = session;
  if (session.messages >= rules.messagesMax) {
    return hangUp(
      session,
      reply(421, "4.7.0", `${rules.hostname} takes ${rules.messagesMax} messages on one connection`),
    );
  }
  if (command.international && !command.smtputf8) {
    return misbehave(session, reply(553, "5.6.7", "an address beyond ASCII needs SMTPUTF8"));
  }
  if ((command.sizeBytes ?? 0) > rules.sizeBytesMax) return answer(session, tooBig(rules));
  const { reversePath, sizeBytes, body, smtputf8, ret, envid, auth } = command;
  return ask(session, { on: "mail", request: { reversePath, sizeBytes, body, smtputf8, ret, envid, auth } });
}

function rcpt(session: ServerSession, command: Extract<SmtpCommand, { verb: "RCPT" }>): ServerStep {
  const { envelope } = session;
  if (envelope === undefined) return [session, []];
  if (session.groups.length >= session.rules.recipientsMax) {
    return answer(session, reply(452, "4.5.3", "too many recipients: send the others in another message"));
  }
  if (command.international && !envelope.smtputf8) {
    return misbehave(session, reply(553, "5.6.7", "an address beyond ASCII needs SMTPUTF8"));
  }
  const { address, notify, orcpt } = command;
  return ask(session, { on: "rcpt", envelope, request: { address, notify, orcpt } });
}

function chunk(session: ServerSession, sizeBytes: number, last: boolean): ServerStep {
  const chunkBytes = session.chunkBytes + sizeBytes;
  if (chunkBytes > session.rules.sizeBytesMax) {
    const [cleared, drop] = forgetMessage(session);
    const refusal = tooBig(session.rules);
    return [
      { ...cleared, waiting: { for: "skip", reply: refusal, blame: true } },
      [...drop, { kind: "skipChunk", sizeBytes }],
    ];
  }
  const binary = session.envelope?.body === "BINARYMIME";
  return [
    { ...session, phase: "chunks", chunkBytes, waiting: { for: "chunk", last } },
    [{ kind: "expectChunk", sizeBytes, last, binary }],
  ];
}

/** RFC 3030 §2: the octets follow the command whatever we think of it. */
function skipChunk(session: ServerSession, sizeBytes: number, refusal: SmtpReply, blame = true): ServerStep {
  return [
    { ...session, waiting: { for: "skip", reply: refusal, blame } },
    [{ kind: "skipChunk", sizeBytes }],
  ];
}

function takeChunk(session: ServerSession, content: SmtpContent | undefined): ServerStep {
  const { waiting } = session;
  if (waiting.for === "skip") {
    if (waiting.blame) return misbehave({ ...session, waiting: { for: "command" } }, waiting.reply);
    return endsConnection(waiting.reply) ? hangUp(session, waiting.reply) : answer(session, waiting.reply);
  }
  if (waiting.for !== "chunk") return [session, []];
  if (content === undefined)
    return answer(session, reply(250, "2.0.0", `${session.chunkBytes} octets so far`));
  return takeContent(session, content);
}

function takeContent(session: ServerSession, content: SmtpContent): ServerStep {
  const { envelope } = session;
  if (envelope === undefined) return [session, []];
  const isBroken = content.bareNewline && session.rules.refuseBareNewline;
  if (!content.tooBig && !isBroken) return ask(session, { on: "message", envelope, content });
  const refusal = content.tooBig ? tooBig(session.rules) : BARE_NEWLINE;
  // Over LMTP each recipient hears its own reply, also when it is the same one (RFC 2033 §4.2).
  const times = session.rules.service === "lmtp" ? session.groups.length : 1;
  const [cleared] = forgetMessage({ ...session, phase: "rcpt" });
  const replies = Array.from({ length: times }, () => ({ kind: "reply", reply: refusal }) as const);
  return [{ ...cleared, waiting: { for: "command" } }, replies];
}

const BARE_NEWLINE = reply(
  550,
  "5.6.11",
  "the message holds a CR or LF alone; lines end in CRLF (RFC 5321 section 2.3.8)",
);

function tooBig(rules: SessionRules): SmtpReply {
  return reply(552, "5.3.4", `the message is larger than ${rules.sizeBytesMax} octets`);
}

function startTls(session: ServerSession): ServerStep {
  if (session.encrypted) return misbehave(session, reply(503, "5.5.1", "TLS is on already"));
  if (!startTlsOffered(session))
    return misbehave(session, reply(502, "5.5.1", "STARTTLS is not offered here"));
  const go = reply(220, "2.0.0", "ready for TLS");
  return [
    { ...session, waiting: { for: "encryption" } },
    [{ kind: "reply", reply: go }, { kind: "startTls" }],
  ];
}
