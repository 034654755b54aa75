/** dig against the lab's name server (UDP, TCP, every type a zone here has) and telnet as a person types it. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { freshSubject, runWell, type Check } from "./harness.ts";

const SERVER = ["@127.66.0.53", "-p", "53", "+tries=1", "+time=3"];

const dig = (...words: string[]): Promise<string> => runWell("dig", [...SERVER, ...words]);

const ANSWERS: readonly (readonly [name: string, type: string, answer: RegExp])[] = [
  ["arch.test", "MX", /^10 presto\.arch\.test\.$/m],
  ["nemesis.test", "MX", /^10 edge\.\S+\n20 presto\.arch\.test\.$/m],
  ["presto.arch.test", "A", /^127\.66\.0\.11$/m],
  ["www.arch.test", "AAAA", /^fd66::80$/m],
  ["web.arch.test", "A", /^www\.arch\.test\.\n127\.66\.0\.80$/m],
  ["web.arch.test", "CNAME", /^www\.arch\.test\.$/m],
  ["arch.test", "TXT", /^"v=spf1 mx -all"$/m],
  ["long.arch.test", "TXT", /^"one string" "another"$/m],
  ["_sip._tcp.arch.test", "SRV", /^1 2 5060 www\.arch\.test\.$/m],
  ["arch.test", "CAA", /^0 issue "ca\.test"$/m],
  ["arch.test", "SOA", /^\S+ \S+ \d+ \d+ \d+ \d+ \d+$/m],
  ["arch.test", "NS", /^\S+\.$/m],
  ["any.wild.arch.test", "A", /^127\.66\.0\.81$/m],
];

export const byHandChecks: readonly Check[] = [
  ...["+notcp", "+tcp"].map((transport): Check => ({
    name: `dig ${transport} reads every record of the zones`,
    async run() {
      for (const [name, type, answer] of ANSWERS)
        assert.match(await dig(transport, "+short", name, type), answer, `${name} ${type}`);
    },
  })),
  {
    name: "dig -x finds the name of an address",
    run: async () => assert.match(await dig("+short", "-x", "127.66.0.11"), /^presto\.arch\.test\.$/m),
  },
  {
    name: "dig sees NXDOMAIN with the zone's SOA for a name that is not",
    async run() {
      const said = await dig("nothing.arch.test", "A");
      assert.match(said, /status: NXDOMAIN/);
      assert.match(said, /AUTHORITY: 1/);
      assert.match(said, /flags: qr aa/);
    },
  },
  {
    name: "dig sees no route out: a foreign name is refused or fails, never answered",
    run: async () => assert.match(await dig("example.org", "A"), /status: (?:REFUSED|SERVFAIL)/),
  },
  {
    name: "telnet by hand: a whole conversation, a message and its way",
    async run(lab) {
      const subject = freshSubject("telnet");
      const said = await type("127.66.0.11", [
        "EHLO you.lab.test",
        "MAIL FROM:<you@lab.test>",
        "RCPT TO:<ann@arch.test>",
        "DATA",
        `From: you@lab.test\r\nSubject: ${subject}\r\n\r\nBy hand.\r\n.`,
        "QUIT",
      ]);
      assert.match(said, /^220 presto\.arch\.test/m);
      assert.match(said, /^354/m);
      assert.match(said, /^221/m);
      await lab.arrival(subject);
    },
  },
];

/** Types each line once something new was said, as a person does. */
async function type(host: string, lines: readonly string[]): Promise<string> {
  // On a terminal, as a person has it: without one telnet ends its lines in LF alone, which SMTP refuses.
  const child = spawn("script", ["-qec", `telnet ${host} 25`, "/dev/null"], {
    stdio: ["pipe", "pipe", "pipe"],
    timeout: 20_000,
  });
  let said = "";
  child.stdout.on("data", (bytes: Buffer) => (said += bytes.toString()));
  const ended = new Promise((resolve) => child.once("close", resolve));
  const settled = async (from: number): Promise<void> => {
    // A reply has come when its last line, with a space after the code, has.
    for (let turn = 0; turn < 200 && !/^\d{3} .*\r?\n$/m.test(said.slice(from)); turn++) await wait(25);
  };
  let from = 0;
  for (const line of lines) {
    await settled(from);
    from = said.length;
    child.stdin.write(`${line.replaceAll("\r\n", "\n")}\n`);
  }
  await settled(from);
  child.stdin.end();
  await ended;
  return said;
}
