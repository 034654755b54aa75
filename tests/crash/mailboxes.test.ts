import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { seededRandom } from "../../src/base/random.ts";
import { startMailboxRounds } from "./mailbox-rounds.ts";
import { randomKilling } from "./rounds.ts";

const ROUNDS = 20;
/** What all rounds together acknowledge at least: less would show little. */
const DEEDS_MIN = ROUNDS * 10;
/** Limit: on a machine that is full a child does little before it is killed, and it takes more of them. */
const ROUNDS_MAX = 5 * ROUNDS;

it("mailboxes that are killed under changes keep each as a whole, and give no uid twice", async () => {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-crash-mailboxes-"));
  const random = seededRandom(21);
  const round = startMailboxRounds(folder);
  let deeds = 0;
  for (let n = 0; n < ROUNDS || (deeds <= DEEDS_MIN && n < ROUNDS_MAX); n++) {
    const result = await round(randomKilling(random));
    assert.equal(result.wasKilled, true);
    deeds += result.deeds;
  }
  assert.ok(deeds > DEEDS_MIN, `only ${deeds} deeds in all`);
  rmSync(folder, { recursive: true });
});
