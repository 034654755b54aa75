import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { seededRandom } from "../../src/base/random.ts";
import { randomKilling, startRounds } from "./rounds.ts";

const ROUNDS = 20;

it("loses and doubles nothing that was acknowledged when it is killed at any moment", async () => {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-crash-"));
  const random = seededRandom(20);
  const round = startRounds(folder);
  let acknowledged = 0;
  for (let n = 0; n < ROUNDS; n++) {
    const result = await round(randomKilling(random));
    assert.equal(result.wasKilled, true);
    acknowledged += result.acknowledged;
  }
  assert.ok(acknowledged > ROUNDS * 20, `only ${acknowledged} messages in all`);
  rmSync(folder, { recursive: true });
});
