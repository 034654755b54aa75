/** Scenario 16: mail to an address in brackets, into a folder, and on to a program. */
import { verifySignature } from "../../server/outbound/webhook/signature.ts";
import type { Lab } from "../lab.ts";
import { eventsOf, queued, reportFor, written } from "./evidence.ts";
import type { Scenario } from "./scenario.ts";

const SECRET = "s3cret";
const FOLDER = "Drop";

export const literalToWebhook: Scenario = {
  number: 16,
  name: "literal-to-webhook",
  title: "Mail to parser@[address]: into a drop folder, and to a webhook with retries",
  rfcs: ["RFC 5321 §4.1.3", "RFC 5321 §4.5.4.1", "RFC 9110 §15"],
  narration: [
    "A mailing list cannot call a program, but it can send mail. So a program gets an address, parser@[10.66.0.51]: the part behind the @ is an address literal, an IP address in brackets, and no DNS is needed to find it (RFC 5321 §4.1.3).",
    "On iis the message becomes a file in a folder, with a second file beside it that says who sent it to whom, for the envelope is not in the message.",
    "On hook it becomes an HTTP call: a JSON document with envelope, headers, text, links and the code in it, signed so that the receiver can tell it is genuine. The receiver's server is just being restarted: the first calls are answered 503 and 500. The message stays in the queue and is tried again, like any other mail; the same Idempotency-Key tells the receiver that it is the same one. A 404, though, is an answer for good, and the sender is told.",
  ],
  lab: `
lab: parser
domains:
  arch.test: { mx: [presto:10] }
hosts:
  presto: { ip: 10.66.0.11, role: mailbox, accept: [arch.test], allow: [you] }
  iis:    { ip: 10.66.0.51, role: drop, accept: ["[10.66.0.51]"], drop: ./${FOLDER} }
  hook:   { ip: 10.66.0.52, role: drop, accept: ["[10.66.0.52]"], webhook: "http://web.lab.test/in", secret: ${SECRET} }
accounts:
  ann@arch.test: { password: ann }
queue: { retry: [1m, 5m, 15m, 1h, 4h], delayWarning: 4h, expire: 5d }
`,
  async play({ lab, check, note, web, readFile }) {
    note("Ann writes to parser@[10.66.0.51], the drop folder.");
    await send(lab, "parser@[10.66.0.51]");
    await lab.clock.advance("30s");
    const dropped = eventsOf(lab, "drop", "iis").map(({ file }) => file);
    const [file = ""] = dropped;
    check("one file lies in the folder", dropped.length === 1 && file.endsWith(".eml"), dropped);
    const [eml, json] = await Promise.all([readFile(file), readFile(file.replace(/eml$/, "json"))]);
    const envelope = parsed(json) as { reversePath?: string; recipients?: { address: string }[] };
    check(
      "the .json beside it has the envelope",
      envelope.reversePath === "ann@arch.test" && envelope.recipients?.[0]?.address === "parser@[10.66.0.51]",
      envelope,
    );
    check("the .eml is the message", Buffer.from(eml ?? []).includes("Your code is 493021"));
    const asked = eventsOf(lab, "dns.query", "presto").filter(({ name }) => name.includes("10.66.0.51"));
    check("no DNS was asked where it goes", asked.length === 0, asked);

    note("Ann writes to parser@[10.66.0.52], whose receiver has trouble.");
    web.answerNext({ status: 503, body: "starting", retryAfter: "30" }, { status: 500, body: "oops" });
    const startedAt = lab.clock.now();
    await send(lab, "parser@[10.66.0.52]");
    await lab.clock.advance("20m");
    check(
      "three calls: 503, 500, 200",
      web.calls.map(({ status }) => status).join() === "503,500,200",
      web.calls.map(({ status }) => status),
    );
    const times = eventsOf(lab, "webhook", "hook").map(({ at }) => Math.floor((at - startedAt) / 60_000));
    check("at once, after one minute, after five more", times.join() === "0,1,6", times);
    const keys = new Set(web.calls.map(({ request }) => request.headers["Idempotency-Key"]));
    check("all with the same Idempotency-Key", keys.size === 1 && !keys.has(undefined), [...keys]);
    const last = web.calls.at(-1);
    const signature = last?.request.headers["Posthorn-Signature"] ?? "";
    const now = Math.floor(lab.clock.now() / 1000);
    const holds =
      last !== undefined &&
      [now - 14 * 60, now].some((at) => verifySignature(SECRET, signature, last.request.body, at));
    const isForged =
      last !== undefined && verifySignature("guess", signature, last.request.body, now - 14 * 60);
    check("the signature holds with the secret, and with no other", holds && !isForged, signature);
    const call = (last?.json ?? {}) as {
      envelope?: unknown;
      code?: string;
      links?: { href: string }[];
      subject?: string;
    };
    check(
      "the call has envelope, subject, code and link",
      JSON.stringify(call.envelope) === '{"from":"ann@arch.test","to":["parser@[10.66.0.52]"]}' &&
        call.subject === "Sign in" &&
        call.code === "493021" &&
        call.links?.[0]?.href === "https://app.test/in?c=493021",
      call,
    );
    check("nothing is left in the queue", queued(lab) === 0, queued(lab));

    note("The receiver has moved: 404.");
    web.answerNext({ status: 404, body: "not here" });
    await send(lab, "parser@[10.66.0.52]");
    await lab.clock.advance("1h");
    check("a 404 is not tried again", web.calls.length === 4, web.calls.length);
    const failure = (await reportFor(lab, "ann@arch.test"))?.dsn?.recipients[0];
    check(
      "and Ann is told",
      failure?.finalRecipient.address === "parser@[10.66.0.52]" &&
        failure.diagnostic?.includes("404") === true,
      failure,
    );
  },
};

async function send(lab: Lab, to: string): Promise<void> {
  const raw = written(
    "From: <ann@arch.test>",
    `To: <${to}>`,
    "Subject: Sign in",
    "Date: Mon, 5 Jan 2026 09:00:00 +0000",
    "Message-ID: <sign-in@arch.test>",
    "",
    "Your code is 493021, or go to https://app.test/in?c=493021",
  );
  await lab.send({ from: "ann@arch.test", to: [to], server: "presto", raw });
}

function parsed(bytes: Uint8Array | undefined): unknown {
  return JSON.parse(Buffer.from(bytes ?? Buffer.from("{}")).toString("utf8"));
}
