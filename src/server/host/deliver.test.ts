import assert from "node:assert/strict";
import { test } from "node:test";
import type { DeliveryJob, Outcome } from "../../mta/delivery/delivery.ts";
import { testJob } from "../outbound/testing-job.ts";
import { deliverBy } from "./deliver.ts";

const BOTH = { kind: "webhook", url: "http://127.0.0.1:3000/in", folder: "Drop" } as const;

type Result = Outcome["result"];

/** What each agent was asked, in order, and what came of it. */
async function deliverBoth(drop: Result, webhook: Result): Promise<{ asked: string[]; results: Result[] }> {
  const asked: string[] = [];
  const agent = (name: string, result: Result) => (job: DeliveryJob) => {
    asked.push(`${name} ${job.target.kind}`);
    return Promise.resolve(
      job.recipients.map((recipient) => {
        return { recipient, result, status: "2.0.0", reply: name, to: "", reason: { rule: name } };
      }),
    );
  };
  const never = agent("never", "failed");
  const deliver = deliverBy({
    smtp: never,
    local: never,
    drop: agent("drop", drop),
    webhook: agent("webhook", webhook),
  });
  const outcomes = await deliver(testJob(BOTH));
  return { asked, results: outcomes.map(({ result }) => result) };
}

const CASES: readonly (readonly [drop: Result, webhook: Result, asked: string[], result: Result])[] = [
  ["delivered", "delivered", ["drop drop", "webhook webhook"], "delivered"],
  ["delivered", "deferred", ["drop drop", "webhook webhook"], "deferred"],
  ["deferred", "delivered", ["drop drop"], "deferred"],
];

test("mail for a folder and a webhook is written first, and nobody is called about what is not there", async () => {
  for (const [drop, webhook, asked, result] of CASES) {
    assert.deepEqual(await deliverBoth(drop, webhook), { asked, results: [result] });
  }
});
