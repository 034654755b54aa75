/** How many durable deliveries a second the mail store takes: 10 KiB messages, 1 and 20 in parallel. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteMailStore } from "../src/engine/sqlite/sqlite-mail-store.ts";

const SECONDS = Number(process.argv[2] ?? 3);
const account = "bob@nemesis.test";

for (const parallel of [1, 20]) {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-bench-"));
  const store = openSqliteMailStore({ folder });
  await store.open();
  await store.putAccount(account);
  const content = Buffer.alloc(10 * 1024, "x");
  let count = 0;
  const start = performance.now();
  const work = async (): Promise<void> => {
    while (performance.now() - start < SECONDS * 1_000) {
      const queueId = `Q${count++}`;
      const envelope = { reversePath: "", recipient: account, queueId, deliveryId: queueId };
      await store.deliver({ account, mailbox: "INBOX", content, receivedAt: 0, ...envelope });
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  const rate = Math.round(count / ((performance.now() - start) / 1_000));
  console.log(`${parallel} in parallel: ${rate} durable deliveries/s`);
  await store.close();
  rmSync(folder, { recursive: true });
}
