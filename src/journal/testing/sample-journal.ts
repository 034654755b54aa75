/**
 * A journal written by hand, for tests: what three hosts would record of one message to two recipients, one of them
 * unknown at the last hop, with the report about it. Never used by the house itself.
 */
import type { EventBody, JournalEvent, Side } from "../events.ts";
import { createJournal } from "../journal.ts";

export const SAMPLE_START = Date.UTC(2026, 0, 5, 9, 0, 0);

export type SampleJournal = {
  note(host: string, body: EventBody, trace?: string, cause?: number): number;
  /** Moves the clock. */
  wait(ms: number): void;
  open(ends: SampleEnds): Wire;
  readonly events: readonly JournalEvent[];
};

export type SampleEnds = {
  readonly client?: string | undefined;
  readonly server?: string | undefined;
  readonly from: string;
  readonly to: string;
  readonly name: string;
};

/** One connection: `name` with `-c` and `-s` are its ids at the two ends. */
export type Wire = {
  readonly client: string;
  readonly server: string;
  /** Lines as `C: …` and `S: …`, recorded by the ends that record, 1 ms apart. `trace` is the sender's queue id. */
  talk(lines: readonly string[], trace?: string): void;
  content(sizeBytes: number): void;
  tls(): void;
  close(): void;
};

export function sampleJournal(): SampleJournal {
  let now = SAMPLE_START;
  const journal = createJournal({ now: () => now, after: () => ({ cancel: () => undefined }) });
  const note: SampleJournal["note"] = (host, body, trace, cause) =>
    journal.recorder(host).record(body, trace, cause);
  const wait = (ms: number): void => void (now += ms);
  return {
    note,
    wait,
    open: (ends) => openWire(ends, note, wait),
    get events() {
      return journal.read();
    },
  };
}

function openWire(ends: SampleEnds, note: SampleJournal["note"], wait: (ms: number) => void): Wire {
  const client = `${ends.name}-c`;
  const server = `${ends.name}-s`;
  const both = (make: (connection: string, side: Side) => EventBody, trace?: string): void => {
    if (ends.client !== undefined) note(ends.client, make(client, "client"), trace ?? client);
    if (ends.server !== undefined) note(ends.server, make(server, "server"), server);
  };
  both((connection, side) => {
    const [local, remote] = side === "client" ? [ends.from, ends.to] : [ends.to, ends.from];
    return { kind: "connection.opened", connection, side, protocol: "smtp", local, remote };
  });
  return {
    client,
    server,
    talk(lines, trace) {
      for (const line of lines) {
        wait(1);
        const by = line.startsWith("C: ") ? "client" : "server";
        both((connection) => ({ kind: "line", connection, by, text: line.slice(3) }), trace);
      }
    },
    content(sizeBytes) {
      wait(1);
      both((connection) => ({ kind: "content", connection, by: "client", sizeBytes, lineCount: undefined }));
    },
    tls() {
      const agreed = { protocol: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384", verified: undefined };
      both((connection) => ({ kind: "tls.started", connection, ...agreed, detail: undefined }));
    },
    close() {
      both((connection) => ({ kind: "connection.closed", connection, why: "QUIT" }));
    },
  };
}

/** ann writes to bob and to nobody: edge takes it from a client we do not see, kerio stores one and refuses the other. */
export function bounceJourney(): SampleJournal {
  const sample = sampleJournal();
  submission(sample);
  relay(sample);
  report(sample);
  return sample;
}

const RELAYED = { rule: "next hop accepted" };

function submission(sample: SampleJournal): void {
  const wire = sample.open({
    server: "edge",
    from: "10.66.0.1:40001",
    to: "10.66.0.21:25",
    name: "in",
  });
  wire.talk(["S: 220 edge.nemesis.test ESMTP Posthorn", "C: EHLO laptop.test", "S: 250-edge.nemesis.test"]);
  wire.talk(["S: 250 PIPELINING", "C: MAIL FROM:<ann@arch.test>", "S: 250 2.1.0 OK"]);
  wire.talk(["C: RCPT TO:<bob@nemesis.test>"]);
  const reason = { rule: "relay domain", setting: "relay.nemesis.test", rfc: "RFC 5321 §3.6.2" };
  const verdict = { verdict: "accept", subject: "bob@nemesis.test", reason } as const;
  sample.note("edge", { kind: "policy", check: "relay", ...verdict }, wire.server);
  wire.talk(["S: 250 2.1.5 OK", "C: RCPT TO:<nobody@nemesis.test>", "S: 250 2.1.5 OK", "C: DATA"]);
  wire.talk(["S: 354 go ahead"]);
  wire.content(812);
  sample.note(
    "edge",
    {
      kind: "message.received",
      queueId: "E1",
      connection: wire.server,
      reversePath: "ann@arch.test",
      recipients: ["bob@nemesis.test", "nobody@nemesis.test"],
      sizeBytes: 812,
      messageId: "<1@arch.test>",
      subject: "Hello from Ann",
    },
    "E1",
  );
  wire.talk(["S: 250 2.0.0 E1 queued", "C: QUIT", "S: 221 2.0.0 bye"]);
  wire.close();
}

function relay(sample: SampleJournal): void {
  const lookup = { query: "q1", name: "nemesis.test", type: "MX" };
  sample.note("edge", { kind: "dns.query", ...lookup, server: "10.66.0.53:53", transport: "udp" }, "E1");
  sample.wait(2);
  const answers = ["10 kerio.nemesis.test."];
  const answer = { rcode: "NOERROR", answers, from: "10.66.0.53:53", durationMs: 2 };
  sample.note("edge", { kind: "dns.answer", ...lookup, ...answer }, "E1");
  const recipients = ["bob@nemesis.test", "nobody@nemesis.test"];
  for (const recipient of recipients) {
    const steps = ["nemesis.test MX 10 kerio.nemesis.test", "kerio.nemesis.test A 10.66.0.31"];
    const reason = { rule: "MX", rfc: "RFC 5321 §5.1" };
    const decision = "to kerio.nemesis.test by MX";
    sample.note("edge", { kind: "routing", queueId: "E1", recipient, decision, steps, reason }, "E1");
  }
  const to = "kerio.nemesis.test [10.66.0.31]:25";
  const attempt = { queueId: "E1", attempt: 1, to } as const;
  sample.note("edge", { kind: "attempt", ...attempt, recipients, connection: undefined }, "E1");
  const wire = sample.open({
    client: "edge",
    server: "kerio",
    from: "10.66.0.21:50001",
    to: "10.66.0.31:25",
    name: "hop",
  });
  wire.talk(["S: 220 kerio.nemesis.test ESMTP Posthorn", "C: EHLO edge.nemesis.test", "S: 250 STARTTLS"]);
  wire.talk(["C: STARTTLS", "S: 220 2.0.0 go ahead"]);
  wire.tls();
  wire.talk(["C: MAIL FROM:<ann@arch.test>", "S: 250 2.1.0 OK", "C: RCPT TO:<bob@nemesis.test>"]);
  wire.talk(["S: 250 2.1.5 OK", "C: RCPT TO:<nobody@nemesis.test>"]);
  const reason = {
    rule: "unknown user",
    setting: "accounts",
    rfc: "RFC 5321 §3.3",
    change: "add the account",
  };
  const verdict = { verdict: "reject", subject: "nobody@nemesis.test", reason } as const;
  sample.note("kerio", { kind: "policy", check: "recipient", ...verdict }, wire.server);
  wire.talk(["S: 550 5.1.1 no such user here", "C: DATA", "S: 354 go ahead"]);
  wire.content(930);
  const received = { reversePath: "ann@arch.test", sizeBytes: 930, messageId: "<1@arch.test>" };
  const taken = { ...received, subject: "Hello from Ann", recipients: ["bob@nemesis.test"] };
  sample.note("kerio", { kind: "message.received", queueId: "K1", connection: wire.server, ...taken }, "K1");
  wire.talk(["S: 250 2.0.0 K1 queued"]);
  const outcome = { kind: "outcome", ...attempt, nextAttemptAt: undefined } as const;
  const sent = { recipient: "bob@nemesis.test", result: "relayed", status: "2.0.0" } as const;
  sample.note(
    "edge",
    { ...outcome, ...sent, reply: "250 2.0.0 K1 queued", connection: wire.client, reason: RELAYED },
    "E1",
  );
  const refused = { recipient: "nobody@nemesis.test", result: "failed", status: "5.1.1" } as const;
  const words = { reply: "550 5.1.1 no such user here", reason: { rule: "permanent refusal" } };
  sample.note("edge", { ...outcome, ...refused, ...words, connection: wire.client }, "E1");
  const stored = { account: "bob@nemesis.test", mailbox: "INBOX", uid: 1, sizeBytes: 960 };
  sample.note("kerio", { kind: "store", queueId: "K1", ...stored }, "K1");
  const local = { queueId: "K1", attempt: 1, to: "INBOX of bob@nemesis.test" };
  const done = {
    recipient: "bob@nemesis.test",
    result: "delivered",
    status: "2.0.0",
    reply: "stored",
  } as const;
  sample.note(
    "kerio",
    { kind: "outcome", ...local, ...done, nextAttemptAt: undefined, reason: { rule: "local mailbox" } },
    "K1",
  );
}

function report(sample: SampleJournal): void {
  const body = { reversePath: "", recipients: ["ann@arch.test"], sizeBytes: 2100, subject: "Undeliverable" };
  const own = { queueId: "E2", connection: undefined, messageId: "<E2@edge.nemesis.test>" };
  sample.note("edge", { kind: "message.received", ...own, ...body }, "E2");
  const about = { of: "E1", action: "failed", to: "ann@arch.test" } as const;
  sample.note("edge", { kind: "dsn", queueId: "E2", ...about, recipients: ["nobody@nemesis.test"] }, "E1");
}
