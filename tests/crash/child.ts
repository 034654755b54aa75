/**
 * The process that is killed: 20 submitters at once put messages into a spool and a mail store, as fast as they are
 * acknowledged, and say so. `child.ts FOLDER ROUND SECONDS`; it ends by itself only when nobody kills it in time.
 */
import { join } from "node:path";
import { openSpool } from "../../src/engine/spool/spool.ts";
import { openSqliteMailStore } from "../../src/engine/sqlite/sqlite-mail-store.ts";
import { contentOf, noteOf } from "./ledger.ts";
import { say } from "./say.ts";

const [folder = "", round = "0", seconds = "10"] = process.argv.slice(2);
const SUBMITTERS = 20;
/** Messages a submitter keeps in the spool before it removes its oldest. */
const KEPT = 6;

const spool = openSpool({ folder: join(folder, "spool"), segmentBytes: 256 * 1024 });
const store = openSqliteMailStore({ folder: join(folder, "store") });
const left = await spool.open();
await store.open();
await store.putAccount("bob@nemesis.test");
const endsAt = performance.now() + Number(seconds) * 1_000;

async function submitter(number: number): Promise<void> {
  const kept = left.filter((_, index) => index % SUBMITTERS === number).map(({ id }) => id);
  for (let count = 0; performance.now() < endsAt; count++) {
    const id = `r${round}-${number}-${count}`;
    const content = contentOf(id);
    await spool.add(id, noteOf(id, 0), [content.subarray(0, 10), content.subarray(10)]);
    say(`added ${id}`);
    kept.push(id);
    if (count % 3 === 0) {
      await spool.update(id, noteOf(id, 1));
      say(`noted ${id} 1`);
    }
    if (count % 2 === 0) await deliver(id, content);
    while (kept.length > KEPT) {
      const oldest = kept.shift() as string;
      say(`removing ${oldest}`);
      spool.remove(oldest);
    }
  }
}

async function deliver(id: string, content: Uint8Array): Promise<void> {
  const envelope = {
    reversePath: "ann@arch.test",
    recipient: "bob@nemesis.test",
    queueId: id,
    deliveryId: `${id}:0`,
  };
  say(`delivering ${id}`);
  await store.deliver({ account: "bob@nemesis.test", mailbox: "INBOX", content, receivedAt: 0, ...envelope });
  say(`delivered ${id}`);
}

await Promise.all(Array.from({ length: SUBMITTERS }, (_, number) => submitter(number)));
await spool.close();
await store.close();
