import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { it } from "node:test";
import { seededRandom } from "../../src/base/random.ts";
import { randomKilling } from "./rounds.ts";
import { startServerRounds } from "./server-rounds.ts";

const ROUNDS = 5;

it("a whole server that is killed under load has lost and doubled nothing it said 250 to", async () => {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-crash-server-"));
  const random = seededRandom(5);
  const round = await startServerRounds(folder);
  let acknowledged = 0;
  for (let n = 0; n < ROUNDS; n++) {
    const result = await round(randomKilling(random));
    assert.equal(result.wasKilled, true);
    acknowledged += result.acknowledged;
  }
  assert.ok(acknowledged > ROUNDS * 5, `only ${acknowledged} messages in all`);
  rmSync(folder, { recursive: true });
});
