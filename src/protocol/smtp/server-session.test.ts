import assert from "node:assert/strict";
import { test } from "node:test";
import { VERBS, type Verb } from "./command.ts";
import { OUT_OF_ORDER, type Phase, PHASE_TABLE, PHASES } from "./server-phases.ts";
import { startSession, step } from "./server-session.ts";
import type { ServerInput, ServerSession, SessionRules } from "./server-types.ts";

const RULES: SessionRules = {
  hostname: "mx.example.org",
  service: "smtp",
  commands: { spaceBeforePath: true, pathWithoutBrackets: false },
  refuseBareNewline: true,
  sizeBytesMax: 1000,
  recipientsMax: 2,
  messagesMax: 100,
  badCommandsMax: 100,
  startTls: true,
  auth: true,
  plaintextAuth: false,
};

/** Runs lines and contents through the session; the house accepts everything. Returns the codes said. */
function talk(session: ServerSession, inputs: readonly (string | ServerInput)[]): [ServerSession, string[]] {
  const said: string[] = [];
  let now = session;
  const take = (input: ServerInput): void => {
    const [next, actions] = step(now, input);
    now = next;
    for (const action of actions) {
      if (action.kind === "reply") said.push(`${action.reply.code}`);
      if (action.kind !== "ask") continue;
      const { question } = action;
      const recipients = question.on === "rcpt" ? [{ address: question.request.address }] : [];
      if (question.on !== "password" && question.on !== "scram")
        take({ kind: "decided", verdicts: [{ verdict: "accept", recipients }] });
      else
        take({
          kind: "password",
          account: question.on === "password" && question.password === "right" ? "ann" : undefined,
        });
    }
  };
  for (const input of inputs)
    take(typeof input === "string" ? { kind: "line", text: input, defect: undefined } : input);
  return [now, said];
}

const TO_PHASE: Readonly<Record<Phase, readonly (string | ServerInput)[]>> = {
  start: [],
  ready: ["EHLO a"],
  mail: ["EHLO a", "MAIL FROM:<a@b.c>"],
  rcpt: ["EHLO a", "MAIL FROM:<a@b.c>", "RCPT TO:<d@e.f>"],
  chunks: ["EHLO a", "MAIL FROM:<a@b.c>", "RCPT TO:<d@e.f>", "BDAT 1", { kind: "chunk", content: undefined }],
};

const GOOD: Readonly<Record<Verb, readonly [line: string, code: string]>> = {
  EHLO: ["EHLO a", "250"],
  HELO: ["HELO a", "250"],
  LHLO: ["LHLO a", "500"],
  MAIL: ["MAIL FROM:<x@y.z>", "250"],
  RCPT: ["RCPT TO:<x@y.z>", "250"],
  DATA: ["DATA", "354"],
  BDAT: ["BDAT 1", "250"],
  RSET: ["RSET", "250"],
  NOOP: ["NOOP", "250"],
  VRFY: ["VRFY ann", "252"],
  EXPN: ["EXPN list", "502"],
  HELP: ["HELP", "214"],
  QUIT: ["QUIT", "221"],
  AUTH: ["AUTH SCRAM-SHA-256", "334"],
  STARTTLS: ["STARTTLS", "220"],
};

const opened = (rules: SessionRules = RULES): ServerSession =>
  talk(startSession(rules, false), [{ kind: "connected" }])[0];

test("every verb in every phase hears what the table says", () => {
  for (const verb of VERBS) {
    for (const phase of PHASES) {
      const [there] = talk(opened(), TO_PHASE[phase]);
      assert.equal(there.phase, phase);
      const [line, code] = GOOD[verb];
      const cell = PHASE_TABLE[verb][phase];
      const chunk: ServerInput[] = verb === "BDAT" ? [{ kind: "chunk", content: undefined }] : [];
      const [, said] = talk(there, [line, ...chunk]);
      assert.deepEqual(said, [cell === "run" ? code : `${OUT_OF_ORDER[cell].code}`], `${verb} in ${phase}`);
    }
  }
});

test("every verb badly written is refused and changes no phase", () => {
  const bad = [
    "EHLO",
    "MAIL",
    "MAIL FROM:",
    "MAIL FROM:<a",
    "MAIL FROM:<a@b> SIZE=x",
    "MAIL FROM:<a@b> X=1",
    "MAIL FROM:a@b",
    "RCPT TO:<>",
    "RCPT TO:<a>",
    "RCPT TO:<a@b> NOTIFY=NEVER,DELAY",
    "DATA x",
    "BDAT",
    "BDAT x",
    "AUTH",
    "VRFY",
    "FOO",
    "",
    "QUIT now",
    "MAIL FROM:<é@b.c>",
    "AUTH X",
    "AUTH PLAIN",
  ];
  for (const phase of PHASES) {
    const [there] = talk(opened(), TO_PHASE[phase]);
    for (const line of bad) {
      const [after, said] = talk(there, [line]);
      assert.match(said.join(), /^5\d\d$/, line);
      assert.equal(after.phase, phase, line);
    }
  }
});

test("limits answer with their own codes", () => {
  const cases: readonly (readonly [inputs: readonly string[], code: string])[] = [
    [["EHLO a", "MAIL FROM:<a@b> SIZE=1001"], "552"],
    [["EHLO a", "MAIL FROM:<a@b>", "RCPT TO:<a@b>", "RCPT TO:<a@b>", "RCPT TO:<a@b>"], "452"],
    [["EHLO a", "MAIL FROM:<a@b> BODY=BINARYMIME", "RCPT TO:<a@b>", "DATA"], "503"],
    [["EHLO a", "AUTH PLAIN AGFubgByaWdodA=="], "538"],
    [[`NOOP ${"x".repeat(3000)}`], "500"],
  ];
  for (const [inputs, code] of cases)
    assert.equal(talk(opened(), inputs)[1].at(-1), code, inputs.join(" / "));
});

test("authentication takes a right password and refuses a wrong one", () => {
  const rules = { ...RULES, plaintextAuth: true };
  const cases: readonly (readonly [lines: readonly string[], said: string])[] = [
    [["AUTH PLAIN AGFubgByaWdodA=="], "235"],
    [["AUTH PLAIN", "AGFubgByaWdodA=="], "334,235"],
    [["AUTH PLAIN AGFubgB3cm9uZw=="], "535"],
    [["AUTH LOGIN", "YW5u", "cmlnaHQ="], "334,334,235"],
    [["AUTH LOGIN YW5u", "cmlnaHQ="], "334,235"],
    [["AUTH PLAIN", "*"], "334,501"],
    [["AUTH PLAIN", "!"], "334,501"],
    [["AUTH PLAIN AGFubgByaWdodA==", "AUTH PLAIN AGFubgByaWdodA=="], "235,503"],
  ];
  for (const [lines, said] of cases) {
    const [there] = talk(opened(rules), ["EHLO a"]);
    assert.equal(talk(there, lines)[1].join(), said, lines.join(" / "));
  }
});

test("what was said before TLS is forgotten", () => {
  const [before] = talk(opened(), ["EHLO a", "STARTTLS"]);
  const [after, said] = talk(before, [{ kind: "encrypted" }, "MAIL FROM:<a@b>", "STARTTLS"]);
  assert.equal(after.helo, undefined);
  assert.deepEqual(said, ["503", "503"]);
});

test("lmtp answers once for each recipient", () => {
  const lmtp = opened({ ...RULES, service: "lmtp" });
  const [there] = talk(lmtp, ["LHLO a", "MAIL FROM:<a@b>", "RCPT TO:<a@b>", "RCPT TO:<c@d>", "DATA"]);
  const content = { pieces: [], sizeBytes: 0, lineCount: 0, bareNewline: false, tooBig: false };
  const [asking] = step(there, { kind: "content", content });
  const refuse = { verdict: "refuse", reply: { code: 550, status: "5.1.1", lines: ["no"] } } as const;
  const [, actions] = step(asking, { kind: "decided", verdicts: [{ verdict: "accept" }, refuse] });
  assert.deepEqual(
    actions.map((action) => action.kind === "reply" && action.reply.code),
    [250, 550],
  );
});

test("too many errors end the connection", () => {
  const [, said] = talk(opened({ ...RULES, badCommandsMax: 3 }), ["x", "y", "z", "NOOP"]);
  assert.deepEqual(said, ["500", "500", "421"]);
});
