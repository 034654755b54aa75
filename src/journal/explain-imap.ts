/**
 * IMAP in plain words: each line, and each part of it that has a meaning of its own (a response code, what is fetched, a
 * flag). A completion is told by the command that had its tag, in whatever order they end. Pure; what it does not know it
 * does not explain.
 */
import type { Explained, Explanation, Part, SaidItem, TalkExplainer } from "./explain-item.ts";
import { AFTER, CODES, COMMANDS, MARKS, STATUSES, UNTAGGED } from "./explain-imap-table.ts";
import { ABILITIES, ARGUMENTS, EVERYWHERE } from "./explain-imap-words.ts";
import { MECHANISMS } from "./explain-words.ts";

/** Limit: tags that are waited for; more under way than this is no conversation that anybody reads. */
const TAGS_MAX = 1_000;
/** Limit: words of one line that are explained. */
const PARTS_MAX = 12;

export class ImapTalk implements TalkExplainer {
  /** Commands under way, by tag. */
  readonly #waiting = new Map<string, string>();
  #isGreeted = false;

  explain({ kind, by, text }: SaidItem): Explained | undefined {
    if (kind === "tls") return /failed/.test(text) ? undefined : MARKS.get("tls");
    if (kind !== "line") return undefined;
    return by === "client" ? this.#command(text) : this.#response(text);
  }

  #command(line: string): Explained | undefined {
    if (line === "***") return MARKS.get("challenge");
    if (/^done$/i.test(line)) return MARKS.get("done");
    const [tag = "", first = "", ...others] = line.split(/\s+/);
    const byUid = first.toUpperCase() === "UID";
    const verb = (byUid ? (others.shift() ?? "") : first).toUpperCase();
    if (this.#waiting.size < TAGS_MAX) this.#waiting.set(tag, verb);
    const explained = COMMANDS.get(byUid ? `UID ${verb}` : verb) ?? COMMANDS.get(verb);
    if (explained === undefined) return undefined;
    const parts = byUid ? partsOf(["UID"], (word) => EVERYWHERE.get(word)) : [];
    const asked = verb === "AUTHENTICATE" ? others.slice(0, 1) : words(line);
    return { ...explained, parts: [...parts, ...partsOf(asked, (word) => argument(verb, word))] };
  }

  #response(line: string): Explained | undefined {
    if (/^\+(?: |$)/.test(line)) return MARKS.get("+");
    const match = /^(\*|[^\s*+(){%"\\]+) ([A-Za-z]+)\b(?: \[([^\]]+)(?:\]|… \(\d+\)$))?/.exec(line);
    if (match === null) return data(line);
    const [, tag = "", word = "", code = ""] = match;
    const status = word.toUpperCase();
    const isGreeting = tag === "*" && !this.#isGreeted;
    this.#isGreeted = true;
    const command = this.#waiting.get(tag);
    if (tag !== "*") this.#waiting.delete(tag);
    const plain = STATUSES.get(status);
    if (plain === undefined) return tag === "*" ? data(line) : undefined;
    const [name = "", ...values] = code.split(/\s+/);
    const said = CODES.get(name.toUpperCase());
    const able = name.toUpperCase() === "CAPABILITY" ? partsOf(values, ability) : [];
    if (isGreeting && (status === "OK" || status === "PREAUTH"))
      return { ...(MARKS.get(`greeting ${status}`) ?? plain), parts: able };
    // On a "no" the code is the more exact of the two.
    if (said !== undefined && status !== "OK") return { text: `${plain.text}: ${said.text}`, rfc: said.rfc };
    const own = said === undefined ? [] : [{ token: name, ...said }, ...able];
    const done = status === "OK" && command !== undefined ? AFTER.get(command) : undefined;
    return { ...(done ?? plain), parts: own };
  }
}

/** Untagged data: `* 23 EXISTS`, `* FLAGS (…)`. */
function data(line: string): Explained | undefined {
  const match = /^\* (?:\d+ )?([A-Za-z]+)\b/.exec(line);
  return UNTAGGED.get(match?.[1]?.toUpperCase() ?? "");
}

/** Words that may mean something by themselves, without brackets around them; what stands in quotes is somebody's. */
function words(line: string): string[] {
  const bare = line.replace(/"(?:[^"\\]|\\.)*"?/g, " ").replace(/\[[^\]]*\]?/g, "[]");
  return bare.split(/[\s()]+/).slice(2);
}

function argument(verb: string, word: string): Explanation | undefined {
  const name = word.toUpperCase();
  if (verb === "AUTHENTICATE") return MECHANISMS.get(name);
  return ARGUMENTS.get(`${verb} ${name}`) ?? (TAKES_FLAGS.has(verb) ? EVERYWHERE.get(name) : undefined);
}

/** Where a word with a backslash is a flag. */
const TAKES_FLAGS = new Set(["STORE", "APPEND", "REPLACE"]);

function ability(name: string): Explanation | undefined {
  const upper = name.toUpperCase();
  return upper.startsWith("AUTH=") ? MECHANISMS.get(upper.slice("AUTH=".length)) : ABILITIES.get(upper);
}

/** Each word once, in the order of the line. */
function partsOf(some: readonly string[], explain: (word: string) => Explanation | undefined): Part[] {
  const parts = [...new Set(some)].flatMap((token) => {
    const known = explain(token);
    return known === undefined ? [] : [{ token, ...known }];
  });
  return parts.slice(0, PARTS_MAX);
}
