/**
 * SMTP and LMTP in plain words: each line, and each part of it that has a meaning of its own (a parameter, an extension, a
 * status). Which command a reply answers is followed through pipelining. Pure; what it does not know it does not explain.
 */
import { explainLine, explainStatus } from "./explain.ts";
import type { Explained, Explanation, Part, SaidItem, TalkExplainer } from "./explain-item.ts";
import { AFTER, KEYWORDS, MARKS, MECHANISMS, PARAMETERS } from "./explain-words.ts";

export class SmtpTalk implements TalkExplainer {
  /** Commands that wait for their reply, oldest first. */
  readonly #waiting: string[] = ["greeting"];
  /** Lines of the reply that is being read. */
  #replyLines = 0;
  #loggingIn = false;
  #content: "DATA" | "BDAT" = "DATA";

  explain({ kind, by, text }: SaidItem): Explained | undefined {
    if (kind === "tls") return /failed/.test(text) ? undefined : MARKS.get("tls");
    if (kind === "content") return this.#sent();
    if (kind !== "line") return undefined;
    return by === "client" ? this.#command(text) : this.#reply(text);
  }

  /** The end of DATA is answered; BDAT's answer is that of its line. */
  #sent(): Explained | undefined {
    if (this.#content === "DATA") this.#waiting.push("content");
    return MARKS.get(this.#content);
  }

  #command(line: string): Explained | undefined {
    if (this.#loggingIn) {
      this.#waiting.push("AUTH");
      return MARKS.get(line === "*" ? "cancel" : "challenge");
    }
    const words = line.split(/\s+/);
    const verb = (words[0] ?? "").toUpperCase();
    const isLast = verb === "BDAT" && words[2]?.toUpperCase() === "LAST";
    this.#waiting.push(isLast ? "BDAT LAST" : verb);
    if (verb === "DATA" || verb === "BDAT") this.#content = verb;
    const explained = explainLine(line, "client");
    return explained === undefined ? undefined : { ...explained, parts: commandParts(verb, words) };
  }

  #reply(line: string): Explained | undefined {
    const match = /^(\d)\d\d([ -]?)/.exec(line);
    if (match === null) return undefined;
    const [, kind, mark] = match;
    const command = this.#waiting[0];
    const isFirst = this.#replyLines === 0;
    this.#replyLines = mark === "-" ? this.#replyLines + 1 : 0;
    if (mark !== "-") this.#waiting.shift();
    const isHello = command === "EHLO" || command === "LHLO";
    if (isHello && kind === "2" && !isFirst) return keyword(line);
    if (mark !== "-" && command === "AUTH") this.#loggingIn = line.startsWith("334");
    const plain = explainLine(line, "server");
    if (kind === "4" || kind === "5") return plain;
    // 251 and 334 say more than the command they answer.
    const known =
      /^(?:220|221|235|250|354)/.test(line) && command !== undefined ? AFTER.get(command) : undefined;
    const explained = known ?? plain;
    return explained === undefined ? undefined : { ...explained, parts: statusPart(line) };
  }
}

function commandParts(verb: string, words: readonly string[]): Part[] {
  const parts: Part[] = [];
  const add = (token: string, explained: Explanation | undefined): void => {
    if (explained !== undefined) parts.push({ token, ...explained });
  };
  if (verb === "MAIL" && /^FROM:<>$/i.test(words[1] ?? "")) add("<>", MARKS.get("null path"));
  if (/^(?:EHLO|HELO)$/.test(verb) && /^\[.+\]$/.test(words[1] ?? ""))
    add(words[1] ?? "", MARKS.get("literal"));
  if (verb === "AUTH") add(words[1] ?? "", MECHANISMS.get((words[1] ?? "").toUpperCase()));
  for (const word of words.slice(2)) {
    const upper = word.toUpperCase();
    add(word, PARAMETERS.get(`${verb} ${upper}`) ?? PARAMETERS.get(`${verb} ${upper.split("=")[0]}`));
  }
  return parts;
}

/** One line of the answer to EHLO. */
function keyword(line: string): Explained | undefined {
  const [name = "", ...values] = line.slice(4).split(/\s+/);
  const explained = KEYWORDS.get(name.toUpperCase());
  if (explained === undefined) return undefined;
  const ways = name.toUpperCase() === "AUTH" ? values : [];
  const parts = ways.flatMap((token) => {
    const way = MECHANISMS.get(token.toUpperCase());
    return way === undefined ? [] : [{ token, ...way }];
  });
  return { ...explained, parts };
}

function statusPart(line: string): Part[] {
  const token = /^\d{3}[ -](2\.\d{1,3}\.\d{1,3})\b/.exec(line)?.[1];
  const explained = token === undefined ? undefined : explainStatus(token);
  // 2.1.0 says no more than the 250 before it.
  return token === undefined || token.endsWith(".0") || explained === undefined
    ? []
    : [{ token, ...explained }];
}
