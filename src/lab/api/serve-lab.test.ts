import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { startLab } from "../open-lab.ts";
import { serveLab } from "./serve-lab.ts";

test("over a real socket: requests with and without a body, in chunks, and with too much of it", async () => {
  const lab = await startLab({ hosts: { mx: { role: "mailbox" } } }, { mode: "simulated" });
  const api = await serveLab(lab, 0, () => undefined);
  const at = `${api.url}/lab/v1`;
  try {
    const placed = await fetch(`${at}/faults`, {
      method: "POST",
      body: JSON.stringify({ id: "busy", at: "mx.smtp.RCPT", do: { reply: 451 } }),
    });
    assert.deepEqual(await placed.json(), { id: "busy" });
    assert.equal(await bare("DELETE", `${at}/faults/busy`), 200);
    assert.equal(await bare("POST", `${at}/reset`), 200);
    assert.equal(await chunked(`${at}/clock`, ['{"action":', '"now"}']), 200);
    const tooLong = Array.from({ length: 81 }, () => " ".repeat(1024 * 1024));
    assert.equal(await chunked(`${at}/clock`, tooLong), 413);
  } finally {
    await api.close();
    await lab.down();
  }
});

/** As curl -X does: neither a length nor chunks are announced. */
function bare(method: string, url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method }, (answer) => resolve(answer.resume().statusCode ?? 0));
    sent.removeHeader("transfer-encoding");
    sent.on("error", reject).end();
  });
}

function chunked(url: string, chunks: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    let status = 0;
    const sent = request(url, { method: "POST" }, (answer) => {
      status = answer.resume().statusCode ?? 0;
      resolve(status);
    });
    // The server may hang up on what it does not want to read to its end.
    sent.on("error", (error) => (status === 0 ? reject(error) : undefined));
    for (const chunk of chunks) sent.write(chunk);
    sent.end();
  });
}
