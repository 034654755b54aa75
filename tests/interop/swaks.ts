/** swaks against the lab: plain, with authentication, with TLS, and a refusal. */
import assert from "node:assert/strict";
import { freshSubject, run, runWell, type Check } from "./harness.ts";

const TO_ANN = ["--from", "you@lab.test", "--to", "ann@arch.test", "--server", "127.66.0.11"];

export const swaksChecks: readonly Check[] = [
  {
    name: "swaks submits and the message is in the mailbox",
    async run(lab) {
      const subject = freshSubject("swaks");
      await runWell("swaks", [...TO_ANN, "--header", `Subject: ${subject}`]);
      const trace = await lab.arrival(subject);
      assert.deepEqual(trace.recipients, ["ann@arch.test"]);
      assert.equal(trace.reversePath, "you@lab.test");
    },
  },
  {
    name: "swaks upgrades with STARTTLS",
    async run(lab) {
      const subject = freshSubject("swaks-tls");
      const said = await runWell("swaks", [...TO_ANN, "--tls", "--header", `Subject: ${subject}`]);
      assert.match(said, /TLS started/);
      await lab.arrival(subject);
    },
  },
  {
    name: "swaks authenticates at the smarthost with PLAIN and LOGIN after STARTTLS",
    async run(lab) {
      for (const mechanism of ["PLAIN", "LOGIN"]) {
        const subject = freshSubject(`swaks-${mechanism}`);
        const way = [
          "--from",
          "ann@arch.test",
          "--to",
          "bob@nemesis.test",
          "--server",
          "127.66.0.41",
          "--tls",
        ];
        const login = ["--auth", mechanism, "--auth-user", "sue@lab.test", "--auth-password", "sue"];
        await runWell("swaks", [...way, ...login, "--header", `Subject: ${subject}`]);
        const trace = await lab.arrival(subject);
        assert.deepEqual(
          trace.hops.map((hop) => hop.host),
          ["smart", "edge", "kerio"],
        );
      }
    },
  },
  {
    name: "swaks with a wrong password is refused with 535",
    async run() {
      const words = ["--to", "bob@nemesis.test", "--server", "127.66.0.41", "--tls", "--auth", "PLAIN"];
      const login = ["--auth-user", "sue@lab.test", "--auth-password", "wrong"];
      const { code, output } = await run("swaks", [...words, ...login]);
      assert.notEqual(code, 0);
      assert.match(output, /535[ -]5\.7\.8/);
    },
  },
  {
    name: "an unknown recipient is refused with 550 5.1.1",
    async run() {
      const { code, output } = await run("swaks", ["--to", "nobody@arch.test", "--server", "127.66.0.11"]);
      assert.notEqual(code, 0);
      assert.match(output, /550[ -]5\.1\.1/);
    },
  },
  {
    name: "a stranger's relaying is refused",
    async run() {
      const { code, output } = await run("swaks", ["--to", "x@else.test", "--server", "127.66.0.21"]);
      assert.notEqual(code, 0);
      assert.match(output, /55\d[ -]5\.7\.1/);
    },
  },
];
