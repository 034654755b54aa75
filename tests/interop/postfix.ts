/**
 * A real Postfix joined as the lab host `fox`: its own mount namespace has an /etc/resolv.conf that names the lab's
 * server, so that all it knows of the world is our DNS. Mail goes through it, and bounces come from both sides.
 */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startPostfix, type Postfix } from "../../bench/postfix.ts";
import { freshSubject, runWell, type Check, type InteropLab } from "./harness.ts";

const FOX = "127.66.0.61";

/** Starts fox; it relays for the lab's hosts, by MX, and takes mail for fox.test, where it has no user but `real`. */
export function joinPostfix(lab: InteropLab): Promise<Postfix> {
  const resolv = join(lab.folder, "resolv.conf");
  writeFileSync(resolv, "nameserver 127.66.0.53\noptions timeout:1 attempts:2\n");
  return startPostfix({
    folder: join(lab.folder, "fox"),
    address: FOX,
    port: 25,
    settings: {
      myhostname: "fox.fox.test",
      mydestination: "",
      mynetworks: "127.0.0.0/8",
      smtp_bind_address: FOX,
      smtp_host_lookup: "dns",
      smtp_tls_security_level: "may",
      smtpd_peername_lookup: "no",
      // Told only at delivery that nobody is there, it must bounce.
      virtual_mailbox_domains: "fox.test",
      virtual_transport: "error:5.1.1 nobody of that name lives here",
      smtpd_reject_unlisted_recipient: "no",
    },
    // A mount namespace of its own: the machine keeps its resolver.
    wrapper: ["unshare", "-m", "sh", "-c", `mount --bind ${resolv} /etc/resolv.conf && exec "$@"`, "fox"],
  });
}

async function send(server: string, from: string, to: string, subject: string): Promise<void> {
  const words = ["--server", server, "--from", from, "--to", to];
  await runWell("swaks", [...words, "--header", `Subject: ${subject}`]);
}

/** The bounce of `subject` is in the trace, tied to its original both ways, and its reader has it. */
async function bounceOf(lab: InteropLab, subject: string, reader: string): Promise<void> {
  const original = await lab.trace(subject);
  const [report = ""] = original.related.reports;
  assert.notEqual(report, "", "the original knows its report");
  const bounce = JSON.parse(await lab.posthorn("lab", "trace", report, "--json")) as typeof original;
  assert.equal(bounce.related.originalOf, original.id);
  assert.deepEqual(bounce.recipients, [reader]);
  assert.equal(bounce.reversePath, "");
}

export const postfixChecks: readonly Check[] = [
  {
    name: "mail goes through Postfix: presto → fox → kerio, by our DNS",
    async run(lab) {
      const subject = freshSubject("through-fox");
      await send("127.66.0.11", "ann@arch.test", "bob@nemesis.test", subject);
      const trace = await lab.arrival(subject);
      assert.deepEqual(
        trace.hops.map((hop) => hop.host),
        ["presto", "kerio"],
      );
      assert.equal(trace.hops[1]?.link?.via, "messageId", "the gap over Postfix is bridged");
    },
  },
  {
    name: "mail from Postfix reaches a lab host by the MX our DNS gave it",
    async run(lab) {
      const subject = freshSubject("from-fox");
      await send(FOX, "bob@nemesis.test", "ann@arch.test", subject);
      const trace = await lab.arrival(subject);
      assert.equal(trace.hops.at(-1)?.host, "presto");
    },
  },
  {
    name: "a bounce made by Postfix arrives and is tied to its original",
    async run(lab) {
      const subject = freshSubject("fox-bounces");
      await send("127.66.0.11", "ann@arch.test", "nobody@fox.test", subject);
      await lab.arrival(subject, "relayed");
      await eventually(() => bounceOf(lab, subject, "ann@arch.test"));
    },
  },
  {
    name: "a bounce of ours arrives through Postfix and is tied to its original",
    async run(lab) {
      const subject = freshSubject("we-bounce");
      // presto sends all for nemesis.test by fox, the report too; the recipient's domain does not exist.
      await send("127.66.0.11", "bob@nemesis.test", "nobody@gone.nemesis.test", subject);
      await lab.arrival(subject, "failed");
      await eventually(() => bounceOf(lab, subject, "bob@nemesis.test"));
    },
  },
];

/** Limit: a bounce takes a second, not twenty. */
async function eventually(check: () => Promise<void>): Promise<void> {
  const end = Date.now() + 20_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
