import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { test } from "node:test";
import { readLabFile } from "../file/read-lab-file.ts";
import { listScenarios } from "./index.ts";
import { writeScenarioFile } from "./scenario-file.ts";

test("every scenario can be had as a lab file, by name and by number", async () => {
  for (const { name, number, title } of listScenarios()) {
    const file = await writeScenarioFile(number % 2 === 0 ? name : String(number));
    assert.ok(file !== undefined, name);
    try {
      const text = readFileSync(file, "utf8");
      assert.ok(text.startsWith(`# ${title}\n`));
      const read = readLabFile(text, file);
      assert.ok(read.ok, read.ok ? "" : read.error.map(({ message }) => message).join());
    } finally {
      rmSync(dirname(file), { recursive: true });
    }
  }
  assert.equal(await writeScenarioFile("no-such-scenario"), undefined);
});
