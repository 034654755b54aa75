/**
 * Plays a conversation with the IMAP door over the in-memory network, as a script writes it down:
 *
 *     # a remark
 *     @ do CREATE Sent           done beforehand, by another session of the same account; must be OK
 *     @ message INBOX (\Seen) "17-Jul-1996 02:44:25 -0700"
 *     | Subject: x               the message's lines, each with CRLF
 *     @ bare                     the account has but its INBOX
 *     @ login ann                the next session logs in unseen
 *     @ quietly SELECT INBOX     said by that session; must be OK, and what is heard is not looked at
 *     C: a1 SELECT INBOX         said; lines one after the other go in one packet
 *     S: * 3 EXISTS              heard, in this order and nothing between
 *     S: a1 OK                   a tagged answer is free in its words: what stands here is how it begins
 *     C2: … S2: …                the same with a second session
 *
 * In what is heard `${name}` is any word the first time and the same one from then on, also in what is said;
 * `${*}` is any text. A line that ends in `…` is a beginning.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { createImapWorld, ImapTalk, type ImapWorld } from "./imap-world.ts";

const ACCOUNTS: Readonly<Record<string, number | undefined>> = {
  "ann@arch.test": undefined,
  "bob@arch.test": undefined,
  "small@arch.test": 1_024,
};

class Player {
  readonly #file: string;
  readonly #house: ImapWorld;
  readonly #talks = new Map<string, ImapTalk>();
  readonly #heard = new Map<string, string[]>();
  readonly #names = new Map<string, string>();
  #account = "ann@arch.test";
  #line = 0;
  #unsent = "";
  #message: { head: string; lines: string[] } | undefined;

  constructor(file: string, house: ImapWorld) {
    this.#file = file;
    this.#house = house;
  }

  async play(text: string): Promise<void> {
    for (const line of [...text.split("\n"), "#"]) {
      this.#line++;
      if (line.startsWith("| ") || line === "|") {
        this.#message?.lines.push(`${line.slice(2)}\r\n`);
        continue;
      }
      if (this.#message !== undefined) await this.#append(this.#message);
      this.#message = undefined;
      if (line === "" || line.startsWith("#")) continue;
      const [, kind = "", who = "", rest = ""] = /^([@CS])(\d?):? ?(.*)$/.exec(line) ?? [];
      if (kind === "@") await this.#prepare(who, rest);
      else if (kind === "C") await this.#say(who, rest);
      else if (kind === "S") await this.#hear(who, rest);
      else this.#fail(`is no line of a script: ${line}`);
    }
    await this.#flush("");
    for (const [who, lines] of this.#heard) {
      await this.#listen(who);
      assert.deepEqual(lines, [], `${this.#where()}: session ${who} said more than the script has`);
    }
  }

  async #prepare(who: string, rest: string): Promise<void> {
    const [word = "", ...more] = rest.split(" ");
    const argument = more.join(" ");
    if (word === "account") this.#account = `${argument}@arch.test`;
    else if (word === "login") {
      const talk = await this.#house.login(argument === "" ? this.#account : `${argument}@arch.test`);
      this.#talks.set(who, talk);
      this.#heard.set(who, []);
    } else if (word === "do") await this.#do(argument);
    else if (word === "bare")
      await this.#do(
        ["Archive", "Drafts", "Junk", "Sent", "Trash"].map((name) => `DELETE ${name}`).join(" && "),
      );
    else if (word === "quietly") {
      await this.#flush(who);
      await this.#listen(who);
      assert.deepEqual(this.#heard.get(who), [], `${this.#where()}: was said and is not in the script`);
      const said = (await (await this.#talk(who)).say(`P ${argument}`)).at(-1) ?? "";
      assert.match(said, /^P OK/, `${this.#where()}: ${argument}: ${said}`);
    } else if (word === "messages") await this.#messages(argument);
    else if (word === "message") this.#message = { head: argument, lines: [] };
    else this.#fail(`does not know @ ${word}`);
  }

  /** `INBOX 3`: so many alike. */
  async #messages(argument: string): Promise<void> {
    const [, mailbox = "", count = ""] = /^(.+) (\d+)$/.exec(argument) ?? [];
    for (let i = 1; i <= Number(count); i++)
      await this.#append({ head: mailbox, lines: [`Subject: message ${i}\r\n`, "\r\n", "text\r\n"] });
  }

  async #append({ head, lines }: { head: string; lines: readonly string[] }): Promise<void> {
    const content = Buffer.from(lines.join(""), "utf8");
    await this.#do(`APPEND ${head} {${content.length}+}\r\n${content.toString("latin1")}`);
  }

  async #do(command: string): Promise<void> {
    const talk = await this.#house.login(this.#account);
    for (const one of command.split(" && ")) {
      const said = (await talk.say(`P ${one}`)).at(-1) ?? "";
      assert.match(said, /^P OK/, `${this.#where()}: ${one.slice(0, 60)}: ${said}`);
    }
    await talk.say("P LOGOUT");
    talk.connection.end();
  }

  async #talk(who: string): Promise<ImapTalk> {
    let talk = this.#talks.get(who);
    if (talk === undefined) {
      const { server, world } = this.#house;
      talk = new ImapTalk(await world.network.connect(server.endpoint, { timeoutMs: 1_000 }));
      this.#talks.set(who, talk);
      this.#heard.set(who, []);
    }
    return talk;
  }

  async #say(who: string, line: string): Promise<void> {
    await this.#talk(who);
    if (this.#unsent === "") {
      await this.#listen(who);
      const left = this.#heard.get(who) ?? [];
      assert.deepEqual(left, [], `${this.#where()}: was said and is not in the script`);
    } else if (this.#speaker !== who) await this.#flush(who);
    this.#speaker = who;
    const text = line.replaceAll(
      /\$\{(\w+)\}/g,
      (_, name: string) => this.#names.get(name) ?? this.#fail(name),
    );
    this.#unsent += `${Buffer.from(text, "utf8").toString("latin1")}\r\n`;
  }

  #speaker = "";

  async #flush(who: string): Promise<void> {
    if (this.#unsent !== "") (await this.#talk(this.#speaker)).send(this.#unsent);
    this.#unsent = "";
    if (who === this.#speaker || who === "") return;
    await this.#listen(this.#speaker);
  }

  async #listen(who: string): Promise<void> {
    const talk = this.#talks.get(who);
    if (talk !== undefined) this.#heard.get(who)?.push(...(await talk.lines()));
  }

  async #hear(who: string, wanted: string): Promise<void> {
    await this.#talk(who);
    await this.#flush(who);
    const lines = this.#heard.get(who) ?? [];
    if (lines.length === 0) await this.#listen(who);
    const line = Buffer.from(lines.shift() ?? "(nothing)", "latin1").toString("utf8");
    const found = this.#pattern(wanted).exec(line);
    if (found === null) this.#fail(`wanted ${wanted}\n  heard ${line}\n  then  ${lines.join("\n        ")}`);
    for (const [name, value] of Object.entries(found.groups ?? {})) this.#names.set(name, value);
  }

  #pattern(wanted: string): RegExp {
    const isTagged = !/^[*+]/.test(wanted) && /^\S+ (?:OK|NO|BAD)(?: |$)/.test(wanted);
    const isBeginning = wanted.endsWith("…") || isTagged;
    const given = new Set<string>();
    const source = wanted.replace(/…$/, "").split(/(\$\{[\w*]+\})/);
    const parts = source.map((part) => {
      const name = /^\$\{([\w*]+)\}$/.exec(part)?.[1];
      if (name === undefined) return RegExp.escape(part);
      if (name === "*") return ".*";
      const known = this.#names.get(name);
      if (known !== undefined) return RegExp.escape(known);
      if (given.has(name)) return `\\k<${name}>`;
      given.add(name);
      return `(?<${name}>[^\\s()\\]]+)`;
    });
    return new RegExp(`^${parts.join("")}${isBeginning ? "" : "$"}`);
  }

  #where(): string {
    return `${basename(this.#file)}:${this.#line}`;
  }

  #fail(why: string): never {
    assert.fail(`${this.#where()}: ${why}`);
  }
}

export async function playScript(file: string): Promise<void> {
  const house = await createImapWorld({}, { accounts: ACCOUNTS });
  await new Player(file, house).play(readFileSync(file, "utf8"));
}
