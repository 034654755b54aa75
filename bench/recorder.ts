/**
 * What one `record()` costs with the ring full, in nanoseconds: the median of several rounds over the mix of events
 * one relayed message makes. Prints one line; the goal is under 300 ns.
 */
import { createJournal } from "../src/journal/journal.ts";

const ROUNDS = 15;
const MESSAGES_PER_ROUND = 20_000;
const EVENTS_PER_MESSAGE = 8;

const journal = createJournal({ now: () => Date.now(), after: () => ({ cancel: () => undefined }) });
const pen = journal.recorder("edge");

function recordMessage(connection: string, queueId: string): void {
  pen.record({ kind: "line", connection, by: "client", text: "MAIL FROM:<ann@arch.test>" }, connection);
  pen.record({ kind: "line", connection, by: "server", text: "250 2.1.0 OK" }, connection);
  pen.record({ kind: "line", connection, by: "client", text: "RCPT TO:<bob@nemesis.test>" }, connection);
  pen.record({ kind: "line", connection, by: "server", text: "250 2.1.5 OK" }, connection);
  pen.record({ kind: "line", connection, by: "client", text: "DATA" }, connection);
  pen.record({ kind: "content", connection, by: "client", sizeBytes: 10_240, lineCount: 160 }, connection);
  const cause = pen.record(
    {
      kind: "message.received",
      queueId,
      connection,
      reversePath: "ann@arch.test",
      recipients: ["bob@nemesis.test"],
      sizeBytes: 10_240,
      messageId: "1@arch.test",
      subject: "hello",
    },
    queueId,
  );
  pen.record({ kind: "line", connection, by: "server", text: `250 2.0.0 ${queueId} queued` }, queueId, cause);
}

const costs: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const start = process.hrtime.bigint();
  for (let i = 0; i < MESSAGES_PER_ROUND; i++) recordMessage("01JD3K5Q7M4WZ8", "01JD3K5Q7M4WZ9");
  const elapsedNs = Number(process.hrtime.bigint() - start);
  costs.push(elapsedNs / (MESSAGES_PER_ROUND * EVENTS_PER_MESSAGE));
}
costs.sort((a, b) => a - b);
const median = costs[Math.floor(costs.length / 2)] ?? 0;
console.log(
  `recorder: ${median.toFixed(0)} ns an event (median; best ${costs[0]?.toFixed(0)}, worst ${costs.at(-1)?.toFixed(0)}), ring of ${journal.lastId - journal.firstId + 1} full`,
);
