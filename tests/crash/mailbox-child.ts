/**
 * The process that is killed while it changes mailboxes: some workers at once append, copy, move, flag and expunge,
 * each its own messages, and say so. `mailbox-child.ts FOLDER ROUND SECONDS`.
 */
import { rangesOf, eachNumber } from "../../src/base/number-ranges.ts";
import { seededRandom } from "../../src/base/random.ts";
import { openSqliteMailStore } from "../../src/engine/sqlite/sqlite-mail-store.ts";
import type { AccountMail } from "../../src/store/account-mail.ts";
import { contentOf } from "./ledger.ts";
import type { Deed, Standing } from "./mailbox-ledger.ts";
import { after } from "./mailbox-ledger.ts";
import { ACCOUNT, BOXES, standingOf } from "./mailbox-rounds.ts";
import { say } from "./say.ts";

const [folder = "", round = "0", seconds = "10"] = process.argv.slice(2);
const WORKERS = 8;
/** Messages a worker keeps in all before it rather expunges. */
const KEPT = 25;

const store = openSqliteMailStore({ folder });
await store.open();
if (store.account(ACCOUNT) === undefined) await store.putAccount(ACCOUNT);
const mail = store.mail(ACCOUNT) as AccountMail;
const ids = BOXES.map((name) => mail.find(name)?.id as number);
const found = await standingOf(mail);
const endsAt = performance.now() + Number(seconds) * 1_000;

async function worker(number: number): Promise<void> {
  const random = seededRandom(Number(round) * 100 + number);
  const pick = <T>(items: readonly T[]): T => items[random.integer(items.length)] as T;
  let mine: Standing[] = found.filter(({ id }) => Number(id.split("-")[1]) === number);
  for (let count = 0; performance.now() < endsAt; count++) {
    const box = pick(BOXES);
    const uids = mine.filter((one) => one.box === box).map(({ uid }) => uid);
    const names = Array.from(
      { length: 1 + random.integer(3) },
      (_, n) => `r${round}-${number}-${count}.${n}`,
    );
    const whats =
      mine.length > KEPT
        ? ["expunge", "move"]
        : ["append", "append", "copy", "move", "add", "remove", "expunge"];
    const what = uids.length === 0 ? "append" : (pick(whats) as Deed["what"]);
    const flag = pick(["\\Seen", "\\Deleted", `w${number}`]);
    const deed = deedOf(what, { box, ids: names, uids, to: pick(BOXES), flag });
    say(`try ${number} ${JSON.stringify(deed)}`);
    const given = await perform(deed);
    say(`done ${number} ${JSON.stringify(deed)} ${JSON.stringify(given)}`);
    mine = after(mine, deed, given);
  }
}

type Facts = { box: string; ids: readonly string[]; uids: readonly number[]; to: string; flag: string };

function deedOf(what: Deed["what"], { box, ids, uids, to, flag }: Facts): Deed {
  if (what === "append") return { what, box, ids };
  if (what === "expunge") return { what, box, uids };
  if (what === "add" || what === "remove") return { what, box, flag, uids };
  return { what, box, to, uids };
}

/** Returns the UIDs of what is new. */
async function perform(deed: Deed): Promise<number[]> {
  const id = ids[BOXES.indexOf(deed.box)] as number;
  if (deed.what === "append") {
    const answer = await mail.append(
      id,
      deed.ids.map((one) => ({ content: contentOf(one), flags: [] })),
    );
    if (answer.kind !== "done") throw new Error(answer.kind);
    return [...eachNumber(answer.uids)];
  }
  const uids = rangesOf(deed.uids);
  if (deed.what === "add" || deed.what === "remove") {
    await mail.changeFlags(id, uids, deed.what, [deed.flag]);
    return [];
  }
  if (deed.what !== "copy" && deed.what !== "move") {
    await mail.expunge(id, uids, false);
    return [];
  }
  const to = { mail, id: ids[BOXES.indexOf(deed.to)] as number };
  const answer = await (deed.what === "copy" ? mail.copy(id, uids, to) : mail.move(id, uids, to));
  if (answer.kind !== "done") throw new Error(answer.kind);
  return [...eachNumber(answer.to)];
}

await Promise.all(Array.from({ length: WORKERS }, (_, number) => worker(number)));
await store.close();
