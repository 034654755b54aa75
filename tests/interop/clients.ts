/** Small submitting programs, one check each: curl, msmtp, Python's smtplib, nodemailer. */
import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import { freshSubject, runWell, type Check } from "./harness.ts";

const HOST = "127.66.0.11";

function letter(subject: string): string {
  return `From: you@lab.test\r\nTo: ann@arch.test\r\nSubject: ${subject}\r\n\r\nHello.\r\n.a dot first\r\n`;
}

const PYTHON = `
import smtplib, sys
from email.message import EmailMessage
m = EmailMessage()
m["From"], m["To"], m["Subject"] = "you@lab.test", "ann@arch.test", sys.argv[1]
m.set_content("Grüße\\n.dot\\n")
with smtplib.SMTP("${HOST}", 25) as s:
    s.ehlo()
    assert s.has_extn("pipelining") and s.has_extn("8bitmime") and s.has_extn("size"), s.esmtp_features
    assert s.vrfy("ann@arch.test")[0] in (250, 252, 502)
    assert s.send_message(m) == {}
    assert s.noop()[0] == 250
`;

export const clientChecks: readonly Check[] = [
  {
    name: "curl smtp:// submits a file",
    async run(lab) {
      const subject = freshSubject("curl");
      const mail = ["--mail-from", "you@lab.test", "--mail-rcpt", "ann@arch.test", "--upload-file", "-"];
      await runWell("curl", ["-sS", `smtp://${HOST}/client.lab.test`, ...mail], letter(subject));
      await lab.arrival(subject);
    },
  },
  {
    name: "msmtp submits from a sendmail-like command line",
    async run(lab) {
      const subject = freshSubject("msmtp");
      const words = [`--host=${HOST}`, "--port=25", "--from=you@lab.test", "--file=/dev/null"];
      await runWell("msmtp", [...words, "ann@arch.test"], letter(subject).replaceAll("\r\n", "\n"));
      await lab.arrival(subject);
    },
  },
  {
    name: "msmtp authenticates with SCRAM-SHA-256 after STARTTLS",
    async run(lab) {
      const subject = freshSubject("msmtp-scram");
      const settings = join(lab.folder, "msmtprc");
      const lines = [
        "account default",
        "host 127.66.0.41",
        "port 25",
        "from ann@arch.test",
        "auth scram-sha-256",
      ];
      lines.push("user sue@lab.test", "password sue", "tls on", "tls_starttls on", "tls_certcheck off");
      writeFileSync(settings, `${lines.join("\n")}\n`);
      chmodSync(settings, 0o600);
      await runWell("msmtp", ["-C", settings, "bob@nemesis.test"], letter(subject).replaceAll("\r\n", "\n"));
      await lab.arrival(subject);
    },
  },
  {
    name: "Python's smtplib reads our extensions and submits",
    async run(lab) {
      const subject = freshSubject("python");
      await runWell("python3", ["-c", PYTHON, subject]);
      await lab.arrival(subject);
    },
  },
  {
    name: "nodemailer submits an attachment to two recipients, one connection",
    async run(lab) {
      const transport = createTransport({
        host: HOST,
        port: 25,
        pool: true,
        ignoreTLS: true,
        maxConnections: 1,
      });
      for (const what of ["nodemailer-a", "nodemailer-b"]) {
        const subject = freshSubject(what);
        const attachments = [{ filename: "ä.bin", content: Buffer.alloc(100_000, 7) }];
        const to = ["ann@arch.test", "bob@nemesis.test"];
        await transport.sendMail({ from: "you@lab.test", to, subject, text: "x", attachments });
        const trace = await lab.arrival(subject);
        assert.equal(trace.results.length, 2);
      }
      transport.close();
    },
  },
];
