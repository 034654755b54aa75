/** The same scenarios over real sockets, disks and certificates of this machine: the simulation tells no tales. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { listScenarios, runScenario } from "../../src/lab/scenarios/index.ts";

for (const scenario of listScenarios()) {
  test(`scenario ${scenario.number} holds over loopback: ${scenario.title}`, async () => {
    const { assertions } = await runScenario(scenario, { mode: "loopback" });
    const failed = assertions.filter(({ passed }) => !passed);
    assert.deepEqual(failed, []);
  });
}
