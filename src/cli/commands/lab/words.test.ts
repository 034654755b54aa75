import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "../../usage-error.ts";
import { entryOf } from "./fault.ts";
import { formatJunit } from "./junit.ts";
import { translateSendWords } from "./send-words.ts";
import { parseSendmailWords, submissionOf } from "./sendmail-words.ts";

const SEND: readonly (readonly [words: string, ours: string])[] = [
  ["-SmtpServer smart -From a@x -To b@y -Subject hi", "--server smart --from a@x --to b@y --subject hi"],
  ["-smtpserver smart -UseSsl -Encoding utf8 -To b@y", "--server smart --to b@y"],
  ["-Body <b> -BodyAsHtml", "--html <b>"],
  [
    "-s smart -f a@x -t b@y -p 587 -au u -ap p",
    "--server smart --from a@x --to b@y --port 587 --user u --password p",
  ],
  ["--h-X-Case 7 --to b@y", "--header X-Case:_7 --to b@y"],
  ["--to b@y --json", "--to b@y --json"],
];

test("options of Send-MailMessage and swaks become ours", () => {
  for (const [words, ours] of SEND)
    assert.equal(
      translateSendWords(words.split(" "))
        .map((word) => word.replaceAll(" ", "_"))
        .join(" "),
      ours,
    );
});

test("sendmail's words are read together and apart, and its other modes are refused", () => {
  assert.deepEqual(parseSendmailWords(["-t", "-i", "-fann@arch.test"]), {
    from: "ann@arch.test",
    isFromHeader: true,
    isDotLiteral: true,
    recipients: [],
  });
  assert.deepEqual(parseSendmailWords(["-F", "Ann", "-f", "<>", "-oem", "b@y.test,c@y.test"]).recipients, [
    "b@y.test",
    "c@y.test",
  ]);
  assert.throws(() => parseSendmailWords(["-bs"]), UsageError);
});

const DEFAULTS = { from: "root@lab.test", now: 0 };

test("with -t the recipients come from the header, and Bcc leaves it but not the body", () => {
  const input = Buffer.from(
    "To: B <b@y.test>\nBcc: c@y.test,\n d@y.test\nSubject: x\n\nBcc: stays\n\xff\n",
    "latin1",
  );
  const { from, to, message } = submissionOf(parseSendmailWords(["-t", "-i"]), input, DEFAULTS);
  assert.equal(from, "root@lab.test");
  assert.deepEqual(to, ["b@y.test", "c@y.test", "d@y.test"]);
  const [header = "", body] = Buffer.from(message).toString("latin1").split("\r\n\r\n");
  assert.doesNotMatch(header, /bcc/i);
  assert.match(header, /^From: root@lab\.test$/m);
  assert.match(header, /^Date: Thu, 0?1 Jan 1970/m);
  assert.equal(body, "Bcc: stays\r\n\xff\r\n");
});

test("without -i a line with a single dot ends the message", () => {
  const input = Buffer.from("From: a@x.test\n\none\n.\ntwo\n");
  const of = (...words: string[]): string =>
    Buffer.from(submissionOf(parseSendmailWords([...words, "b@y.test"]), input, DEFAULTS).message).toString();
  assert.doesNotMatch(of(), /two/);
  assert.match(of("-i"), /\r\n\.\r\ntwo/);
});

test("a fault of the command line is the entry a lab file would have", () => {
  assert.deepEqual(entryOf("kerio.smtp.RCPT", { reply: "450 4.2.1 busy", first: 2, id: "busy" }), {
    id: "busy",
    at: "kerio.smtp.RCPT",
    when: { n: [1, 2] },
    do: { reply: "450 4.2.1 busy" },
  });
  assert.deepEqual(
    entryOf("dc.dns", { when: ["query=nemesis.test MX"], do: "{rcode: SERVFAIL}", for: "10m" }),
    {
      at: "dc.dns",
      when: { query: "nemesis.test MX" },
      do: { rcode: "SERVFAIL", for: "10m" },
    },
  );
  assert.throws(() => entryOf("kerio", {}), UsageError);
  assert.throws(() => entryOf("kerio", { do: "reply" }), UsageError);
});

test("JUnit counts what failed and escapes what was found", () => {
  const xml = formatJunit([
    {
      number: 1,
      name: "direct",
      title: "",
      passed: false,
      assertions: [
        { text: "a & b", passed: true },
        { text: "c", passed: false, detail: 'said "<x>"\u0000' },
      ],
      durationMs: 1500,
      narration: [],
      notes: [],
      traces: [],
    },
  ]);
  assert.match(xml, /<testsuite name="1 direct" tests="2" failures="1" time="1\.500">/);
  assert.match(xml, /name="a &#38; b"\/>/);
  assert.match(xml, /<failure message="said &#34;&#60;x&#62;&#34;\?"\/>/);
});
