/** How many durable adds a second the spool takes: 10 KiB messages, writers that wait for each, and nothing else. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSpool } from "../src/engine/spool/spool.ts";

const SECONDS = Number(process.argv[2] ?? 3);
const MESSAGE_BYTES = 10 * 1024;

async function measure(writers: number, keep: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-bench-"));
  const spool = openSpool({ folder });
  await spool.open();
  const note = Buffer.alloc(300, "n");
  const content = [Buffer.alloc(MESSAGE_BYTES, "x")];
  const kept: string[] = [];
  let count = 0;
  const endsAt = performance.now() + SECONDS * 1_000;
  const write = async (writer: number): Promise<void> => {
    for (let i = 0; performance.now() < endsAt; i++) {
      const id = `W${writer}-${i}`;
      await spool.add(id, note, content);
      count++;
      kept.push(id);
      if (kept.length > keep) spool.remove(kept.shift() as string);
    }
  };
  const start = performance.now();
  const all = Array.from({ length: writers }, (_, writer) => write(writer));
  await Promise.all(all);
  const rate = count / ((performance.now() - start) / 1_000);
  await spool.close();
  rmSync(folder, { recursive: true });
  return rate;
}

for (const writers of [1, 20, 100]) {
  const rates: number[] = [];
  for (let run = 0; run < 3; run++) rates.push(await measure(writers, 200));
  const [low, median, high] = rates.sort((a, b) => a - b).map((rate) => Math.round(rate));
  console.log(`${writers} writers: ${median} durable adds/s (${low} to ${high})`);
}
