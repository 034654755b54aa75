/** A delivery job to hand an agent in a test, and a recorder that remembers. Never used by the house itself. */
import { fromLatin1 } from "../../base/bytes.ts";
import type { EventBody } from "../../journal/events.ts";
import type { Recorder } from "../../journal/journal.ts";
import type { DeliveryJob } from "../../mta/delivery/delivery.ts";
import type { RouteTarget } from "../../mta/routing/route.ts";

export const JOB_CONTENT = "From: ann@arch.test\r\nSubject: hi\r\n\r\nbody\r\n";

export function testJob(
  target: RouteTarget,
  addresses: readonly string[] = ["bob@nemesis.test"],
): DeliveryJob {
  const recipients = addresses.map((address, index) => ({ index, address }));
  return {
    queueId: "Q1",
    attempt: 1,
    cause: 7,
    envelope: { reversePath: "ann@arch.test", recipients, body: "8BITMIME", smtputf8: false },
    recipients,
    target,
    sizeBytes: JOB_CONTENT.length,
    receivedAt: Date.UTC(2026, 0, 5, 9, 0, 0, 123),
    content: () => Promise.resolve(fromLatin1(JOB_CONTENT)),
  };
}

export function remember(): Recorder & { readonly bodies: EventBody[] } {
  const bodies: EventBody[] = [];
  return { bodies, record: (body) => bodies.push(body) };
}
