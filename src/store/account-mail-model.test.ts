import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, it } from "node:test";
import { eachNumber, normalRanges, rangesOf, type NumberRanges } from "../base/number-ranges.ts";
import { type Random, seededRandom } from "../base/random.ts";
import { createMemoryMailStore, openSqliteMailStore } from "../engine/sqlite/sqlite-mail-store.ts";
import { verifyStore } from "../engine/sqlite/verify-store.ts";
import type { AccountMail, Mailbox, MailEvent } from "./account-mail.ts";
import type { FlagChange } from "./flag-sets.ts";
import type { MailStore } from "./mail-store.ts";
import type { MessageTable } from "./message-table.ts";

/** The same account as a child would keep it: arrays and sets, and nothing clever. */
type PlainMessage = { uid: number; flags: Set<string>; content: string; receivedAt: number; modseq: number };
type PlainBox = {
  name: string;
  uidNext: number;
  uidValidity: number;
  messages: PlainMessage[];
  gone: number[];
};
type Plain = {
  boxes: Map<number, PlainBox>;
  subscriptions: Set<string>;
  seenModseq: number;
  usedIds: Set<number>;
};

const FLAGS = ["\\Seen", "\\Deleted", "\\Flagged", "$Junk", "work"];
const NAMES = ["INBOX", "Work", "Work/Old", "Trash", "Plans", "Plans/2026/May", "Lists"];
const QUOTA_BYTES = 40_000;
const NOW = 1_700_000_000_000;
const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

class Run {
  readonly #random: Random;
  readonly #open: () => MailStore;
  #store: MailStore;
  #mail!: AccountMail;
  readonly #plain: Plain = { boxes: new Map(), subscriptions: new Set(), seenModseq: 0, usedIds: new Set() };
  /** Tables as a session would hold them, over many changes. */
  readonly #held = new Map<number, MessageTable>();
  #texts = 0;

  constructor(random: Random, open: () => MailStore) {
    this.#random = random;
    this.#open = open;
    this.#store = open();
  }

  async start(): Promise<void> {
    await this.#store.open();
    if (this.#store.account("ann@a.test") === undefined)
      await this.#store.putAccount("ann@a.test", { quotaBytes: QUOTA_BYTES });
    this.#mail = this.#store.mail("ann@a.test") as AccountMail;
    for (const box of this.#mail.mailboxes()) {
      if (this.#plain.boxes.has(box.id)) continue;
      this.#took(box);
    }
    let last = this.#mail.highestModseq;
    this.#mail.listen((event: MailEvent) => {
      assert.ok(event.modseq >= last, "events come in order of their modseq");
      last = event.modseq;
    });
  }

  #took({ id, name, uidValidity }: Mailbox): void {
    assert.ok(!this.#plain.usedIds.has(id), `mailbox id ${id} was given before`);
    this.#plain.usedIds.add(id);
    assert.ok(
      [...this.#plain.boxes.values()].every((box) => box.uidValidity < uidValidity),
      "UIDVALIDITY ascends",
    );
    this.#plain.boxes.set(id, { name, uidNext: 1, uidValidity, messages: [], gone: [] });
  }

  async reopen(): Promise<void> {
    this.#held.clear();
    await this.#store.close();
    this.#store = this.#open();
    await this.start();
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#random.integer(items.length)] as T;
  }

  #box(): [number, PlainBox] {
    return this.#pick([...this.#plain.boxes]);
  }

  /** Some that are there and some that are not. */
  #uids({ uidNext }: PlainBox): NumberRanges {
    const pairs = Array.from({ length: 1 + this.#random.integer(3) }, (): [number, number] => {
      const from = 1 + this.#random.integer(uidNext + 2);
      return [from, from + this.#random.integer(6)];
    });
    return normalRanges(this.#random.integer(12) === 0 ? [[1, 0xffffffff]] : pairs);
  }

  #flags(): string[] {
    return FLAGS.filter(() => this.#random.integer(3) === 0);
  }

  #used(): number {
    let bytes = 0;
    for (const { messages } of this.#plain.boxes.values())
      for (const { content } of messages) bytes += content.length;
    return bytes;
  }

  async step(): Promise<void> {
    const steps = [
      () => this.#append(),
      () => this.#append(),
      () => this.#appendTogether(),
      () => this.#deliver(),
      () => this.#changeFlags(),
      () => this.#changeFlags(),
      () => this.#expunge(),
      () => this.#copy(false),
      () => this.#copy(true),
      () => this.#replace(),
      () => this.#create(),
      () => this.#rename(),
      () => this.#remove(),
      () => this.#subscribe(),
      () => this.#hold(),
    ];
    await this.#pick(steps)();
    assert.ok(this.#mail.highestModseq >= this.#plain.seenModseq, "the account's modseq never falls");
    this.#plain.seenModseq = this.#mail.highestModseq;
  }

  #text(): string {
    return `Subject: ${this.#texts}\r\nMessage-ID: <${this.#texts++}@a>\r\n\r\n${"x".repeat(this.#random.integer(400))}`;
  }

  #place(box: PlainBox, uid: number, message: Omit<PlainMessage, "uid" | "modseq">): void {
    assert.ok(uid >= box.uidNext, `UID ${uid} was given before in ${box.name}`);
    box.uidNext = uid + 1;
    box.messages.push({ ...message, uid, modseq: 0 });
  }

  async #append(): Promise<void> {
    const [id, box] = this.#box();
    const items = Array.from({ length: 1 + this.#random.integer(3) }, () => {
      return { text: this.#text(), flags: this.#flags(), receivedAt: this.#random.integer(1_000_000) };
    });
    const fits = this.#used() + items.reduce((sum, { text }) => sum + text.length, 0) <= QUOTA_BYTES;
    const answer = await this.#mail.append(
      id,
      items.map(({ text, ...rest }) => ({ content: Buffer.from(text), ...rest })),
    );
    assert.equal(answer.kind, fits ? "done" : "overQuota");
    if (answer.kind !== "done") return;
    const uids = [...eachNumber(answer.uids)];
    assert.equal(uids.length, items.length);
    items.forEach(({ text, flags, receivedAt }, i) =>
      this.#place(box, uids[i] as number, { content: text, flags: new Set(flags), receivedAt }),
    );
  }

  /** Several at once, and a command that must come after them. */
  async #appendTogether(): Promise<void> {
    const [id, box] = this.#box();
    const texts = Array.from({ length: 5 }, () => this.#text());
    if (this.#used() + texts.join("").length > QUOTA_BYTES) return;
    const adding = texts.map((text) =>
      this.#mail.append(id, [{ content: Buffer.from(text), flags: [], receivedAt: 7 }]),
    );
    const flagging = this.#mail.changeFlags(id, [1, 0xffffffff], "add", ["work"]);
    const answers = await Promise.all(adding);
    await flagging;
    answers.forEach((answer, i) => {
      assert.ok(answer.kind === "done");
      this.#place(box, answer.uids[0] as number, {
        content: texts[i] as string,
        flags: new Set(),
        receivedAt: 7,
      });
    });
    for (const { flags } of box.messages) flags.add("work");
  }

  async #deliver(): Promise<void> {
    const text = this.#text();
    const box = [...this.#plain.boxes.values()].find(({ name }) => name === "INBOX") as PlainBox;
    const facts = { mailbox: "INBOX", receivedAt: 9, reversePath: "", recipient: "ann@a.test", queueId: "Q" };
    const request = { account: "ann@a.test", content: Buffer.from(text), deliveryId: text, ...facts };
    const fits = this.#used() + text.length <= QUOTA_BYTES;
    const answers = await Promise.all([this.#store.deliver(request), this.#store.deliver(request)]);
    const stored = answers.filter((answer) => answer.kind === "stored");
    if (!fits) return assert.equal(stored.length, 0);
    const uid = stored[0]?.uid as number;
    this.#place(box, uid, { content: text, flags: new Set(), receivedAt: 9 });
    assert.ok(
      stored.every((answer) => answer.uid === uid),
      "a delivery is stored once",
    );
  }

  async #changeFlags(): Promise<void> {
    const [id, box] = this.#box();
    const uids = this.#uids(box);
    const change = this.#pick<FlagChange>(["add", "remove", "replace"]);
    const flags = this.#flags();
    const answer = await this.#mail.changeFlags(id, uids, change, flags);
    assert.ok(answer.kind === "done");
    const changed: number[] = [];
    for (const message of within(box, uids)) {
      const before = [...message.flags].sort().join();
      if (change === "add") for (const flag of flags) message.flags.add(flag);
      if (change === "remove") for (const flag of flags) message.flags.delete(flag);
      if (change === "replace") message.flags = new Set(flags);
      if ([...message.flags].sort().join() !== before) changed.push(message.uid);
    }
    assert.deepEqual(answer.changed, rangesOf(changed));
  }

  async #expunge(): Promise<void> {
    const [id, box] = this.#box();
    const uids = this.#uids(box);
    const onlyDeleted = this.#random.integer(2) === 0;
    const answer = await this.#mail.expunge(id, uids, onlyDeleted);
    const gone = within(box, uids).filter(({ flags }) => !onlyDeleted || flags.has("\\Deleted"));
    assert.deepEqual(answer.kind === "done" && answer.uids, rangesOf(gone.map(({ uid }) => uid)));
    take(box, gone);
  }

  async #copy(move: boolean): Promise<void> {
    const [[fromId, from], [toId, to]] = [this.#box(), this.#box()];
    const uids = this.#uids(from);
    const chosen = within(from, uids);
    const bytes = chosen.reduce((sum, { content }) => sum + content.length, 0);
    const fits = move || bytes === 0 || this.#used() + bytes <= QUOTA_BYTES;
    const target = { mail: this.#mail, id: toId };
    const answer = await (move
      ? this.#mail.move(fromId, uids, target)
      : this.#mail.copy(fromId, uids, target));
    assert.equal(answer.kind, fits ? "done" : "overQuota");
    if (answer.kind !== "done") return;
    const placed = [...eachNumber(answer.to)];
    assert.deepEqual(answer.from, rangesOf(chosen.map(({ uid }) => uid)));
    assert.equal(placed.length, chosen.length);
    if (move) take(from, chosen);
    chosen.forEach((message, i) =>
      this.#place(to, placed[i] as number, { ...message, flags: new Set(message.flags) }),
    );
  }

  async #replace(): Promise<void> {
    const [id, box] = this.#box();
    const old = box.messages.at(-1);
    if (old === undefined) return;
    const [toId, to] = this.#box();
    const text = this.#text();
    const more = text.length - old.content.length;
    const fits = more <= 0 || this.#used() + more <= QUOTA_BYTES;
    const item = { content: Buffer.from(text), flags: ["\\Draft"], receivedAt: 3 };
    const answer = await this.#mail.replace(id, old.uid, item, { mail: this.#mail, id: toId });
    assert.equal(answer.kind, fits ? "done" : "overQuota");
    if (answer.kind !== "done") return;
    take(box, [old]);
    this.#place(to, answer.uids[0] as number, { content: text, flags: new Set(["\\Draft"]), receivedAt: 3 });
  }

  async #create(): Promise<void> {
    const name = this.#pick(NAMES);
    const isThere = [...this.#plain.boxes.values()].some((box) => box.name === name);
    const before = new Set(this.#mail.mailboxes().map(({ id }) => id));
    const answer = await this.#mail.create(name);
    assert.equal(answer.kind, isThere ? "exists" : "done");
    for (const box of this.#mail.mailboxes().toSorted((a, b) => a.id - b.id))
      if (!before.has(box.id)) this.#took(box);
  }

  async #rename(): Promise<void> {
    const [id, box] = this.#box();
    const name = this.#pick(NAMES);
    const isThere = [...this.#plain.boxes.values()].some((other) => other.name === name);
    const before = new Set(this.#mail.mailboxes().map((one) => one.id));
    const answer = await this.#mail.rename(id, name);
    const isInside = name.startsWith(`${box.name}/`);
    if (box.name === "INBOX") {
      assert.equal(answer.kind, isThere ? "exists" : "done");
    } else assert.equal(answer.kind, isInside ? "badName" : isThere ? "exists" : "done");
    for (const one of this.#mail.mailboxes().toSorted((a, b) => a.id - b.id))
      if (!before.has(one.id)) this.#took(one);
    if (answer.kind !== "done") return;
    if (box.name === "INBOX") {
      const made = this.#plain.boxes.get(this.#mail.find(name)?.id as number) as PlainBox;
      const all = [...box.messages];
      take(box, all);
      const table = (await this.#mail.open(this.#mail.find(name)?.id as number)) as MessageTable;
      all.forEach((message, i) => this.#place(made, table.uids[i] as number, message));
      return;
    }
    const old = box.name;
    for (const one of this.#plain.boxes.values()) {
      if (one.name === old || one.name.startsWith(`${old}/`)) one.name = name + one.name.slice(old.length);
    }
  }

  async #remove(): Promise<void> {
    const [id, box] = this.#box();
    if (this.#random.integer(3) !== 0) return;
    const hasChildren = [...this.#plain.boxes.values()].some(({ name }) => name.startsWith(`${box.name}/`));
    const answer = await this.#mail.remove(id);
    assert.equal(answer.kind, box.name === "INBOX" || hasChildren ? "forbidden" : "done");
    if (answer.kind !== "done") return;
    this.#plain.boxes.delete(id);
    this.#held.delete(id);
  }

  async #subscribe(): Promise<void> {
    const name = this.#pick(NAMES);
    const on = this.#random.integer(2) === 0;
    await this.#mail.subscribe(name, on);
    if (on) this.#plain.subscriptions.add(name);
    else this.#plain.subscriptions.delete(name);
  }

  /** Opens one more mailbox, or lets one go. */
  async #hold(): Promise<void> {
    const [id] = this.#box();
    if (this.#held.delete(id)) return this.#mail.close(id);
    this.#held.set(id, (await this.#mail.open(id)) as MessageTable);
  }

  /** Everything, with the tables that are held and with those read now. */
  async compare(): Promise<void> {
    assert.deepEqual(
      this.#mail
        .mailboxes()
        .map(({ id, name }) => [id, name])
        .sort(),
      [...this.#plain.boxes].map(([id, { name }]) => [id, name]).sort(),
    );
    assert.deepEqual(this.#mail.subscriptions(), [...this.#plain.subscriptions].sort());
    let used = 0;
    for (const [id, box] of this.#plain.boxes) {
      const table = (await this.#mail.open(id)) as MessageTable;
      this.#mail.close(id);
      const held = this.#held.get(id);
      if (held !== undefined) assert.equal(held, table, "a table that is held is the one there is");
      const mailbox = this.#mail.mailbox(id) as Mailbox;
      assert.deepEqual(shown(this.#mail, table), box.messages.map(plainly), box.name);
      const unseen = box.messages.filter(({ flags }) => !flags.has("\\Seen")).length;
      const deleted = box.messages.filter(({ flags }) => flags.has("\\Deleted")).length;
      const sizeBytes = box.messages.reduce((sum, { content }) => sum + content.length, 0);
      used += sizeBytes;
      const numbers = [mailbox.messages, mailbox.unseen, mailbox.deleted, mailbox.sizeBytes];
      assert.deepEqual(numbers, [box.messages.length, unseen, deleted, sizeBytes], box.name);
      assert.ok(mailbox.uidNext >= box.uidNext);
      assert.ok(mailbox.highestModseq <= this.#mail.highestModseq);
      const gone = rangesOf(table.expunged.flatMap(({ uids }) => [...eachNumber(uids)]));
      assert.deepEqual(gone, rangesOf(box.gone), `${box.name}: what was expunged`);
    }
    assert.equal(this.#mail.quota.bytesUsed, used);
  }
}

function within({ messages }: PlainBox, uids: NumberRanges): PlainMessage[] {
  return messages.filter(({ uid }) => {
    for (let i = 0; i < uids.length; i += 2)
      if (uid >= (uids[i] as number) && uid <= (uids[i + 1] as number)) return true;
    return false;
  });
}

function take(box: PlainBox, gone: readonly PlainMessage[]): void {
  box.messages = box.messages.filter((message) => !gone.includes(message));
  box.gone.push(...gone.map(({ uid }) => uid));
}

function plainly({ uid, flags, content, receivedAt }: PlainMessage): unknown {
  return { uid, flags: [...flags].sort(), content, receivedAt };
}

function shown(mail: AccountMail, table: MessageTable): unknown[] {
  return Array.from({ length: table.length }, (_, row) => {
    const { uid, flagSet, receivedAt, emailId } = table.row(row);
    const content = Buffer.from(mail.content(emailId) ?? []).toString();
    return { uid, flags: [...table.flagSets.flags(flagSet)].sort(), content, receivedAt };
  });
}

async function play(seed: number, steps: number, open: () => MailStore): Promise<void> {
  const random = seededRandom(seed);
  const run = new Run(random, open);
  await run.start();
  for (let n = 1; n <= steps; n++) {
    await run.step();
    if (n % 25 === 0) await run.compare();
    if (random.integer(80) === 0) {
      await run.reopen();
      await run.compare();
    }
  }
  await run.compare();
  await run.close();
}

for (const seed of [1, 2, 3, 4]) {
  it(`an account in memory is what a plain model says it is, seed ${seed}`, async () => {
    const store = createMemoryMailStore(() => NOW);
    await play(seed, 1_000, () => store);
  });
}

it("an account on disk is what a plain model says it is, and verify agrees", async () => {
  const folder = mkdtempSync(join(tmpdir(), "posthorn-model-"));
  folders.push(folder);
  await play(5, 300, () => openSqliteMailStore({ folder, now: () => NOW }));
  for await (const event of verifyStore(folder))
    assert.notEqual(event.kind, "problem", JSON.stringify(event));
});
