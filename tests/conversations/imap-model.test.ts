import assert from "node:assert/strict";
import { test } from "node:test";
import { type Random, seededRandom } from "../../src/base/random.ts";
import { createImapWorld, type ImapTalk, type ImapWorld } from "./imap-world.ts";

/** A mailbox as plain as can be: what the server must be equal to. */
type Message = { uid: number; flags: Set<string> };
type Model = Record<"INBOX" | "Other", { messages: Message[]; uidNext: number }>;

const FLAGS = ["\\Seen", "\\Flagged", "\\Deleted", "one", "two"];
const CONTENT = "Subject: x\r\n\r\nhello\r\n";

/** What one client believes of INBOX, from untagged responses alone. */
class Client {
  readonly world: ImapWorld;
  readonly random: Random;
  talk!: ImapTalk;
  view: { uid: number | undefined; flags: string | undefined }[] = [];
  uidValidity = 0;
  /** All up to here is known. */
  syncedModseq = 0;
  isIdle = false;
  #tag = 0;
  /** From here on numbers in responses are trusted. */
  #isSelecting = false;

  constructor(world: ImapWorld, random: Random) {
    this.world = world;
    this.random = random;
  }

  async connect(): Promise<void> {
    this.talk = await this.world.login();
    assert.match((await this.run("ENABLE QRESYNC")).join(), /^\* ENABLED QRESYNC/);
    const known = this.view.flatMap(({ uid }) => (uid === undefined ? [] : [uid]));
    if (this.uidValidity === 0) {
      await this.run("SELECT INBOX");
      await this.sync();
      return;
    }
    this.#isSelecting = true;
    const set = known.length === 0 || this.random.integer(3) === 0 ? "" : ` ${known.join(",")}`;
    const said = await this.run(`SELECT INBOX (QRESYNC (${this.uidValidity} ${this.syncedModseq}${set}))`);
    const exists = said
      .map((line) => /^\* (\d+) EXISTS/.exec(line)?.[1])
      .find((count) => count !== undefined);
    assert.equal(this.view.length, Number(exists), said.join("\n"));
    this.#isSelecting = false;
    await this.sync();
  }

  /** Gone without a word. */
  async drop(): Promise<void> {
    if (this.isIdle) await this.stopIdle();
    await this.sync();
    this.talk.connection.destroy();
  }

  /** Learns what it has only numbers for, then remembers how far it is. */
  async sync(): Promise<void> {
    await this.run("NOOP");
    const unknown = this.view.flatMap(({ uid, flags }, row) =>
      uid === undefined || flags === undefined ? [row + 1] : [],
    );
    if (unknown.length > 0) await this.run(`FETCH ${unknown.join(",")} (UID FLAGS)`);
    const [status = ""] = await this.run("STATUS INBOX (HIGHESTMODSEQ)");
    const modseq = /HIGHESTMODSEQ (\d+)\)/.exec(status)?.[1];
    if (modseq !== undefined) this.syncedModseq = Number(modseq);
  }

  async startIdle(): Promise<void> {
    this.talk.send(`I${++this.#tag} IDLE\r\n`);
    this.isIdle = true;
    await this.collect(/^\+ /);
  }

  async stopIdle(): Promise<void> {
    this.isIdle = false;
    this.talk.send("DONE\r\n");
    await this.collect(/^I\d+ /);
  }

  /** Says a command and hears it to its end; what it says untagged is applied. */
  run(command: string): Promise<string[]> {
    const tag = `t${++this.#tag}`;
    this.talk.send(`${tag} ${command}\r\n`);
    return this.collect(new RegExp(`^${tag} `));
  }

  async collect(end: RegExp): Promise<string[]> {
    const lines: string[] = [];
    for (let turn = 0; turn < 10_000; turn++) {
      for (const line of this.talk.arrived()) {
        lines.push(line);
        this.apply(line);
      }
      if (lines.some((line) => end.test(line))) return lines;
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.fail(`no end ${end} in ${lines.slice(-5).join(" | ")}`);
  }

  apply(line: string): void {
    const { view } = this;
    const validity = /\[UIDVALIDITY (\d+)\]/.exec(line);
    if (validity !== null) {
      if (this.uidValidity > 0) assert.equal(this.uidValidity, Number(validity[1]));
      this.uidValidity = Number(validity[1]);
    }
    const exists = /^\* (\d+) EXISTS/.exec(line);
    if (exists !== null) {
      const count = Number(exists[1]);
      // While it selects, rows are put together by UID: what vanished is not told yet.
      if (!this.#isSelecting) {
        assert.ok(count >= view.length, `${line} with ${view.length} in view`);
        while (view.length < count) view.push({ uid: undefined, flags: undefined });
      }
    }
    const expunge = /^\* (\d+) EXPUNGE/.exec(line);
    if (expunge !== null) this.view.splice(Number(expunge[1]) - 1, 1);
    const vanished = /^\* VANISHED (\(EARLIER\) )?([\d,:]+)/.exec(line);
    if (vanished !== null) this.#vanished(numbersOf(vanished[2] ?? ""), vanished[1] !== undefined);
    const fetch = /^\* (\d+) FETCH \((?:UID (\d+) ?)?(?:FLAGS \(([^)]*)\))?/.exec(line);
    if (fetch !== null) this.#fetched(Number(fetch[1]), Number(fetch[2]), fetch[3]);
  }

  #vanished(uids: readonly number[], earlier: boolean): void {
    for (const uid of uids) {
      let row = this.view.findIndex((one) => one.uid === uid);
      if (row < 0 && earlier) continue;
      // A message that nobody has looked at stands between those whose UIDs are around its own.
      if (row < 0) {
        const below = this.view.findLastIndex((one) => one.uid !== undefined && one.uid < uid);
        row = this.view.findIndex((one, index) => index > below && one.uid === undefined);
        const above = this.view.findIndex((one) => one.uid !== undefined && one.uid > uid);
        assert.ok(row >= 0 && (above < 0 || row < above), `VANISHED ${uid}, which was never here`);
      }
      this.view.splice(row, 1);
    }
  }

  #fetched(number: number, uid: number, flags: string | undefined): void {
    let row = this.view[number - 1];
    if (this.#isSelecting) {
      row = this.view.find((one) => one.uid === uid);
      if (row === undefined) {
        row = { uid, flags };
        this.view.push(row);
        this.view.sort((a, b) => (a.uid ?? 0) - (b.uid ?? 0));
      }
    }
    assert.ok(row !== undefined, `FETCH of ${number}, which is not in view`);
    if (row.uid !== undefined) assert.equal(row.uid, uid, `FETCH of ${number} is of another message`);
    row.uid = uid;
    if (flags !== undefined) row.flags = canonical(flags.split(" "));
  }
}

function numbersOf(set: string): number[] {
  return set.split(",").flatMap((range) => {
    const [from = 0, to = from] = range.split(":").map(Number);
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
}

function canonical(flags: Iterable<string>): string {
  return [...flags]
    .filter((flag) => flag !== "")
    .sort()
    .join(" ");
}

function assertAgrees(client: Client, model: Model, step: string): void {
  assert.deepEqual(
    client.view,
    model.INBOX.messages.map(({ uid, flags }) => ({ uid, flags: canonical(flags) })),
    step,
  );
}

function inboxUids(model: Model): number[] {
  return model.INBOX.messages.map(({ uid }) => uid);
}

class Run {
  readonly random: Random;
  readonly clients: Client[];
  readonly model: Model = { INBOX: { messages: [], uidNext: 1 }, Other: { messages: [], uidNext: 1 } };

  constructor(world: ImapWorld, seed: number) {
    this.random = seededRandom(seed);
    this.clients = [0, 1, 2].map(() => new Client(world, this.random));
  }

  async start(): Promise<void> {
    for (const client of this.clients) await client.connect();
    await this.clients[0]?.run("CREATE Other");
  }

  pick<T>(items: readonly T[]): T {
    return items[this.random.integer(items.length)] as T;
  }

  some(): string[] {
    return FLAGS.filter(() => this.random.integer(3) === 0);
  }

  /** A command by sequence numbers or UIDs of what the client sees, and which messages of the model it means. */
  choose(client: Client): { set: string; verb: string; messages: Message[] } | undefined {
    const known = client.view.flatMap(({ uid }, row) =>
      uid === undefined ? [] : [{ uid, number: row + 1 }],
    );
    const chosen = known.filter(() => this.random.integer(3) === 0);
    if (chosen.length === 0) return undefined;
    const byUid = this.random.integer(2) === 0;
    const uids = new Set(chosen.map(({ uid }) => uid));
    const messages = this.model.INBOX.messages.filter(({ uid }) => uids.has(uid));
    // By number everything must still be there; else the answer is EXPUNGEISSUED, and nothing may be assumed.
    if (!byUid && messages.length !== chosen.length) return undefined;
    return {
      set: chosen.map(({ uid, number }) => (byUid ? uid : number)).join(","),
      verb: byUid ? "UID " : "",
      messages,
    };
  }

  async step(): Promise<string> {
    const client = this.pick(this.clients);
    if (client.isIdle) await client.stopIdle();
    const { INBOX: inbox, Other: other } = this.model;
    if (inbox.messages.length > 80) return this.thin(client);
    switch (this.random.integer(11)) {
      case 0:
      case 1: {
        const flags = this.some();
        const done = await client.run(`APPEND INBOX (${flags.join(" ")}) {${CONTENT.length}+}\r\n${CONTENT}`);
        assert.match(done.at(-1) ?? "", new RegExp(`APPENDUID \\d+ ${inbox.uidNext}\\]`));
        inbox.messages.push({ uid: inbox.uidNext++, flags: new Set(flags) });
        return "append";
      }
      case 2:
      case 3:
      case 4:
        return this.store(client);
      case 5: {
        await client.run("EXPUNGE");
        inbox.messages = inbox.messages.filter(({ flags }) => !flags.has("\\Deleted"));
        return "expunge";
      }
      case 6:
      case 7:
        return this.transfer(client);
      case 8:
        await client.startIdle();
        return "idle";
      case 9: {
        await client.drop();
        await client.connect();
        return "reconnect";
      }
      default: {
        // Back from the other mailbox.
        const count = other.messages.length;
        if (count === 0) return "nothing";
        const visitor = new Client(client.world, this.random);
        visitor.talk = await client.world.login();
        await visitor.run("SELECT Other");
        await visitor.run("MOVE 1:* INBOX");
        visitor.talk.connection.destroy();
        for (const { flags } of other.messages.splice(0))
          inbox.messages.push({ uid: inbox.uidNext++, flags: new Set(flags) });
        return "move back";
      }
    }
  }

  /** Half of it goes, so that the mailbox stays small and its changes many. */
  async thin(client: Client): Promise<string> {
    await client.sync();
    const gone = new Set(inboxUids(this.model).filter(() => this.random.integer(2) === 0));
    await client.run(`UID STORE ${[...gone].join(",")} +FLAGS (\\Deleted)`);
    await client.run(`UID EXPUNGE ${[...gone].join(",")}`);
    const { INBOX: inbox } = this.model;
    inbox.messages = inbox.messages.filter(({ uid }) => !gone.has(uid));
    return "thin";
  }

  async store(client: Client): Promise<string> {
    const chosen = this.choose(client);
    if (chosen === undefined) return "nothing";
    const flags = this.some();
    const sign = this.pick(["+", "-", ""]);
    const silent = this.random.integer(3) === 0 ? ".SILENT" : "";
    const command = `${chosen.verb}STORE ${chosen.set} ${sign}FLAGS${silent} (${flags.join(" ")})`;
    const done = await client.run(command);
    assert.match(done.at(-1) ?? "", /^t\d+ OK/);
    for (const message of chosen.messages) {
      if (sign === "") message.flags = new Set(flags);
      else for (const flag of flags) message.flags[sign === "+" ? "add" : "delete"](flag);
      // What it did silently the client knows itself.
      if (silent === "") continue;
      const row = client.view.find(({ uid }) => uid === message.uid);
      if (row !== undefined) row.flags = canonical(message.flags);
    }
    return command;
  }

  async transfer(client: Client): Promise<string> {
    const chosen = this.choose(client);
    if (chosen === undefined) return "nothing";
    const verb = this.pick(["COPY", "MOVE"]);
    const to = this.model.Other.messages.length > 40 ? "INBOX" : this.pick(["INBOX", "Other"] as const);
    if (verb === "MOVE" && to === "INBOX") return "nothing";
    const done = await client.run(`${chosen.verb}${verb} ${chosen.set} ${to}`);
    assert.match(done.at(-1) ?? "", /^t\d+ OK/);
    const target = this.model[to];
    for (const { flags } of chosen.messages)
      target.messages.push({ uid: target.uidNext++, flags: new Set(flags) });
    if (verb === "MOVE") {
      const { INBOX: inbox } = this.model;
      inbox.messages = inbox.messages.filter((message) => !chosen.messages.includes(message));
    }
    return `${verb} ${chosen.set} ${to}`;
  }

  async check(step: string): Promise<void> {
    for (const client of this.clients) {
      if (client.isIdle) await client.stopIdle();
      await client.sync();
      assertAgrees(client, this.model, step);
    }
  }
}

test("three clients that do what they like all see what a plain model sees, also after they were away", async () => {
  const run = new Run(await createImapWorld(), 20_261_124);
  await run.start();
  const steps: string[] = [];
  for (let i = 0; i < 3_000; i++) {
    steps.push(await run.step());
    if (run.random.integer(4) === 0) await run.check(`${i}: ${steps.slice(-6).join("; ")}`);
  }
  await run.check("the end");
});

test("commands of several clients at once leave all of them with the same view", async () => {
  const world = await createImapWorld();
  const run = new Run(world, 7);
  await run.start();
  for (let round = 0; round < 150; round++) {
    const bursts = run.clients.map(async (client) => {
      for (let i = 0; i < 4; i++) {
        const chosen = run.choose(client);
        const set = client.view.length === 0 ? "1:*" : `1:${client.view.length}`;
        const flags = run.some().join(" ");
        await client.run(
          run.pick([
            `APPEND INBOX (${flags}) {${CONTENT.length}+}\r\n${CONTENT}`,
            `APPEND INBOX () {${CONTENT.length}+}\r\n${CONTENT}`,
            `UID STORE 1:* +FLAGS (${flags})`,
            `STORE ${set} -FLAGS (${flags})`,
            `UID MOVE ${1 + run.random.integer(400)} Other`,
            `UID COPY ${1 + run.random.integer(400)} INBOX`,
            `FETCH ${set} (UID FLAGS)`,
            "EXPUNGE",
            chosen === undefined
              ? "NOOP"
              : `UID EXPUNGE ${chosen.messages.map(({ uid }) => uid).join(",") || 1}`,
          ]),
        );
      }
    });
    await Promise.all(bursts);
    for (const client of run.clients) await client.sync();
    const fresh = new Client(world, run.random);
    await fresh.connect();
    for (const client of run.clients) assert.deepEqual(client.view, fresh.view, `round ${round}`);
    fresh.talk.connection.destroy();
  }
});
