/**
 * Rounds of killing a process that changes mailboxes. Afterwards verify finds nothing, every deed is there as a whole
 * or not at all, every acknowledged one is there, and no UID was ever given to two messages.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openSqliteMailStore } from "../../src/engine/sqlite/sqlite-mail-store.ts";
import { verifyStore } from "../../src/engine/sqlite/verify-store.ts";
import type { AccountMail } from "../../src/store/account-mail.ts";
import type { MessageTable } from "../../src/store/message-table.ts";
import { contentOf } from "./ledger.ts";
import {
  after,
  emptyMailboxLedger,
  type MailboxLedger,
  readMailboxLedger,
  type Standing,
} from "./mailbox-ledger.ts";
import { type Killing, runChild } from "./rounds.ts";

export const ACCOUNT = "ann@crash.test";
export const BOXES = ["INBOX", "Archive", "Trash"];
const CHILD = fileURLToPath(new URL("mailbox-child.ts", import.meta.url));

export type MailboxRound = { readonly wasKilled: boolean; readonly deeds: number; readonly messages: number };

export function startMailboxRounds(folder: string): (killing: Killing) => Promise<MailboxRound> {
  const where = join(folder, "mail");
  const ledger = emptyMailboxLedger();
  let number = 0;
  return async (killing) => {
    const before = ledger.deeds;
    const { output, wasKilled } = await runChild([CHILD, where, String(number++)], killing);
    readMailboxLedger(ledger, output);
    const messages = await check(where, ledger);
    return { wasKilled, deeds: ledger.deeds - before, messages };
  };
}

/** Everything that stands in the account; its name is its first word. */
export async function standingOf(mail: AccountMail): Promise<Standing[]> {
  const standing: Standing[] = [];
  for (const box of BOXES) {
    const id = mail.find(box)?.id as number;
    const table = (await mail.open(id)) as MessageTable;
    for (let row = 0; row < table.length; row++) {
      const { uid, emailId, flagSet } = table.row(row);
      const content = Buffer.from(mail.content(emailId) ?? []);
      const name = content.subarray(0, 40).toString().split(" ", 1)[0] as string;
      assert.ok(content.equals(contentOf(name)), `UID ${uid} of ${box} has other bytes`);
      standing.push({ box, uid, id: name, flags: table.flagSets.flags(flagSet) });
    }
    mail.close(id);
  }
  return standing;
}

async function check(folder: string, ledger: MailboxLedger): Promise<number> {
  // A child killed while it made the store has nothing to show.
  const store = openSqliteMailStore({ folder, thread: false });
  if (ledger.deeds > 0) {
    for await (const event of verifyStore(folder)) {
      if (event.kind === "problem") assert.fail(`verify: ${event.where}: ${event.why}`);
    }
  }
  await store.open();
  try {
    const mail = store.mail(ACCOUNT);
    if (mail === undefined) {
      assert.equal(ledger.deeds, 0, "the account is gone");
      return 0;
    }
    const there = await standingOf(mail);
    const workers = new Set([...ledger.standing.keys(), ...ledger.tried.keys()]);
    for (const worker of workers) {
      const actual = there.filter(({ id }) => Number(id.split("-")[1]) === worker);
      const acknowledged = ledger.standing.get(worker) ?? [];
      const tried = ledger.tried.get(worker);
      const allowed = [acknowledged, ...(tried === undefined ? [] : [after(acknowledged, tried)])];
      assert.ok(
        allowed.some((state) => same(actual, state)),
        `worker ${worker} has ${words(actual)}, may have ${allowed.map(words).join(" or ")}`,
      );
      for (const { box, uid, id } of [...acknowledged, ...actual]) {
        const place = `${box} ${uid}`;
        assert.equal(ledger.given.get(place) ?? id, id, `UID ${place} was given twice`);
        ledger.given.set(place, id);
      }
      ledger.standing.set(worker, actual);
    }
    for (const box of BOXES) {
      const uidNext = mail.find(box)?.uidNext ?? 0;
      for (const place of ledger.given.keys()) {
        const [name, uid] = place.split(" ");
        assert.ok(name !== box || Number(uid) < uidNext, `UIDNEXT of ${box} fell to ${uidNext}`);
      }
    }
    return there.length;
  } finally {
    await store.close();
  }
}

/** Where the UID is not known any will do. */
function same(actual: readonly Standing[], state: readonly Standing[]): boolean {
  if (actual.length !== state.length) return false;
  const left = [...actual];
  for (const one of state.toSorted((a, b) => b.uid - a.uid)) {
    const at = left.findIndex(
      (other) =>
        other.box === one.box &&
        other.id === one.id &&
        (one.uid === 0 || one.uid === other.uid) &&
        [...other.flags].sort().join() === [...one.flags].sort().join(),
    );
    if (at < 0) return false;
    left.splice(at, 1);
  }
  return true;
}

function words(state: readonly Standing[]): string {
  return `{${state.map(({ box, uid, id, flags }) => `${box}:${uid}=${id}(${flags.join(" ")})`).join(", ")}}`;
}
