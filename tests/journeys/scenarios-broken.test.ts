/** A scenario that cannot fail proves nothing: each is played with the one thing changed that it is about. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { listScenarios, runScenario } from "../../src/lab/scenarios/index.ts";

/** What stands in the lab file, what stands there instead, and an assertion that must not hold then. */
const CHANGES: Readonly<Record<number, readonly [from: string, to: string, assertion: RegExp]>> = {
  1: ["nemesis.test: { mx: [kerio:10] }", "nemesis.test: { mx: [presto:10] }", /comes to its end/],
  2: ["plain.test:   { a: [plain] }", "plain.test: { mx: [plain:10] }", /MX was asked for first/],
  3: ["two:10", "two:15", /each of the equal exchangers/],
  4: ['mx: ["."], ', "", /comes to its end/],
  5: ["10 10.66.0.31.", "10 kerio.nemesis.test.", /warns|and of the address/],
  6: ["{ mx: [mex:10] }", "{ mx: [presto:10] }", /comes to its end/],
  7: ["arch.test:    { mx: [mex:10] }", "arch.test: { mx: [presto:10] }", /passes kerio, mex and presto/],
  8: ["auth: required", "allow: [10.66.0.0/24]", /relays for nobody/],
  9: ["allow: [desk]", "allow: [desk, 10.66.0.66]", /MAIL FROM:<> RCPT TO:<bob@victim.test> is refused/],
  10: ["greylist: 5m", "greylist: 30s", /two attempts are put off/],
  11: ["delayWarning: 4h", "delayWarning: 1h", /she hears nothing/],
  12: ["accept: [nemesis.test]", "accept: [nemesis.test], catchAll: bob@nemesis.test", /comes to its end/],
  13: ["hopsMax: 12", "hopsMax: 40", /taken at most 12 times/],
  15: [", requireTls: true", "", /put off: TLS is required/],
  16: ["secret: s3cret", "secret: another", /signature holds/],
  17: ["policies: { misbehaviour", "policies: { message: off, bareNewline: repair, misbehaviour", /bare LF/],
  18: ["messagesPerHour: 3", "messagesPerHour: 300", /arrive at once, and no more/],
  19: ["450 4.2.1 mailbox locked", "550 5.2.1 mailbox closed", /busy waits/],
  20: ["bob@nemesis.test:   {", "ghost@nemesis.test: {}\n  bob@nemesis.test: {", /comes to its end/],
  21: ["rcode: SERVFAIL", "rcode: NXDOMAIN", /the message waits/],
  22: ["hide: [SMTPUTF8]", "hide: [SIZE]", /comes to its end/],
};

for (const scenario of listScenarios()) {
  test(`scenario ${scenario.number} fails when what it is about is changed`, async () => {
    const change = CHANGES[scenario.number];
    assert.ok(change !== undefined, "every scenario has its change");
    const [from, to, assertion] = change;
    assert.ok(scenario.lab.includes(from), `the lab file has ${from}`);
    const result = await runScenario({ ...scenario, lab: scenario.lab.replace(from, to) });
    assert.equal(result.passed, false);
    const failed = result.assertions.filter(({ passed }) => !passed).map(({ text }) => text);
    assert.ok(
      failed.some((text) => assertion.test(text)),
      `failed, but otherwise: ${failed.join("; ")}`,
    );
  });
}
