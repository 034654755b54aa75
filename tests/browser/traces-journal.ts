/** Fills a lab's journal with journeys as its hosts would record them: one that arrives, one that waits, one that fails. */
import type { Journal } from "../../src/journal/journal.ts";
import type { EventBody } from "../../src/journal/events.ts";

export type Filler = {
  /** Records one more journey; how many events that were. */
  journey(): number;
};

const NAMES = ["ann", "bob", "carol", "dave", "eve", "frank", "grace", "heidi"] as const;
const SUBJECTS = [
  "Minutes of the meeting",
  "Invoice",
  "Your code",
  "Re: lunch",
  "Build failed",
  "Holiday plans",
] as const;

export function journalFiller(journal: Journal): Filler {
  let count = 0;
  return {
    journey() {
      count += 1;
      const before = journal.lastId;
      recordJourney(journal, count);
      return journal.lastId - before;
    },
  };
}

function recordJourney(journal: Journal, count: number): void {
  const id = count.toString(36).toUpperCase().padStart(8, "0");
  const [first, second] = [`1EDGE${id}Q`, `1KERI${id}Q`];
  const sender = `${NAMES[count % NAMES.length]}@arch.test`;
  const recipient = `${NAMES[(count * 3) % NAMES.length]}${count % 97}@nemesis.test`;
  const note = (host: string, body: EventBody, trace: string): number =>
    journal.recorder(host).record(body, trace);
  const envelope = { reversePath: sender, recipients: [recipient], sizeBytes: 800 + (count % 9_000) };
  const facts = { messageId: `<${id}@arch.test>`, subject: `${SUBJECTS[count % SUBJECTS.length]} ${count}` };

  const inbound = `1IN${id}C`;
  const wire = { local: "10.66.0.21:25", remote: `10.66.0.1:${20_000 + (count % 40_000)}` };
  note(
    "edge",
    { kind: "connection.opened", connection: inbound, side: "server", protocol: "smtp", ...wire },
    inbound,
  );
  note("edge", { kind: "line", connection: inbound, by: "client", text: `MAIL FROM:<${sender}>` }, inbound);
  note("edge", { kind: "line", connection: inbound, by: "client", text: `RCPT TO:<${recipient}>` }, inbound);
  note(
    "edge",
    { kind: "message.received", queueId: first, connection: inbound, ...envelope, ...facts },
    first,
  );
  note("edge", { kind: "connection.closed", connection: inbound, why: "the conversation ended" }, inbound);

  const to = "host:kerio.nemesis.test:25:";
  const attempt = { queueId: first, attempt: 1, to } as const;
  note("edge", { kind: "attempt", ...attempt, recipients: [recipient], connection: undefined }, first);
  const ending = ENDINGS[count % ENDINGS.length] ?? "relayed";
  const outbound = `1OUT${id}C`;
  const arrival = `1ARR${id}C`;
  if (ending === "relayed") {
    const [here, there] = ["10.66.0.21:40000", "10.66.0.31:25"];
    const [out, in_] = [
      { local: here, remote: there },
      { local: there, remote: here },
    ] as const;
    note(
      "edge",
      { kind: "connection.opened", connection: outbound, side: "client", protocol: "smtp", ...out },
      first,
    );
    note(
      "kerio",
      { kind: "connection.opened", connection: arrival, side: "server", protocol: "smtp", ...in_ },
      arrival,
    );
    for (const text of [`MAIL FROM:<${sender}>`, `RCPT TO:<${recipient}>`]) {
      note("edge", { kind: "line", connection: outbound, by: "client", text }, first);
      note("kerio", { kind: "line", connection: arrival, by: "client", text }, arrival);
    }
  }
  const [status, reply] = REPLIES[ending];
  const nextAttemptAt = ending === "deferred" ? Date.UTC(2030, 0, 1) : undefined;
  const said = {
    recipient,
    result: ending,
    status,
    reply,
    nextAttemptAt,
    reason: { rule: "the next hop said so" },
  };
  note(
    "edge",
    { kind: "outcome", ...attempt, ...said, connection: ending === "relayed" ? outbound : undefined },
    first,
  );
  if (ending !== "relayed") return;
  const stored = { account: recipient, mailbox: "INBOX", uid: count, sizeBytes: envelope.sizeBytes + 200 };
  note(
    "kerio",
    { kind: "message.received", queueId: second, connection: arrival, ...envelope, ...facts },
    second,
  );
  note("kerio", { kind: "store", queueId: second, ...stored }, second);
}

const ENDINGS = ["relayed", "deferred", "relayed", "failed", "relayed"] as const;
const REPLIES = {
  relayed: ["2.0.0", "250 2.0.0 queued"],
  deferred: ["4.2.1", "450 4.2.1 busy"],
  failed: ["5.1.1", "550 5.1.1 no such mailbox here"],
} as const;
