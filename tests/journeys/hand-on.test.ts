/** On a machine whose own Node is too old the command hands on to the one npm brought; who stops it must stop both. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const HAND_ON = fileURLToPath(new URL("../../bin/hand-on.js", import.meta.url));

function handingOn(program: string) {
  const args = JSON.stringify(["-e", program]);
  const script = `import { handOn } from ${JSON.stringify(HAND_ON)}; await handOn(process.execPath, ${args});`;
  return spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  test(`${signal} reaches the program, and how that ends is how we end`, async () => {
    const outer = handingOn(
      `process.on("${signal}", () => { console.log("goodbye"); process.exit(7); }); setInterval(() => {}, 1000); console.log("up");`,
    );
    let heard = "";
    outer.stdout.on("data", (bytes: Buffer) => {
      heard += bytes.toString();
      if (heard === "up\n") outer.kill(signal);
    });
    const [code] = await once(outer, "close");
    assert.equal(heard, "up\ngoodbye\n");
    assert.equal(code, 7);
  });
}

test("a program that a signal ends, ends us by the same", async () => {
  const outer = handingOn(`process.kill(process.pid, "SIGKILL");`);
  const [, signal] = await once(outer, "close");
  assert.equal(signal, "SIGKILL");
});
