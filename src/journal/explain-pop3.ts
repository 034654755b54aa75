/**
 * POP3 in plain words: each line, and each part of it that has a meaning of its own. Replies come in the order of their
 * commands (RFC 2449 §6.6). Pure; what it does not know it does not explain.
 */
import type { Explained, Part, SaidItem, TalkExplainer } from "./explain-item.ts";
import { AFTER, CODES, COMMANDS, MARKS } from "./explain-pop3-table.ts";
import { MECHANISMS } from "./explain-words.ts";

export class Pop3Talk implements TalkExplainer {
  /** Commands that wait for their reply, oldest first. */
  readonly #waiting: string[] = ["greeting"];
  #loggingIn = false;

  explain({ kind, by, text }: SaidItem): Explained | undefined {
    if (kind === "tls") return /failed/.test(text) ? undefined : MARKS.get("tls");
    if (kind !== "line") return undefined;
    return by === "client" ? this.#command(text) : this.#reply(text);
  }

  #command(line: string): Explained | undefined {
    if (this.#loggingIn) {
      this.#waiting.push("AUTH");
      return MARKS.get(line === "*" ? "cancel" : "challenge");
    }
    const [verb = "", ...args] = line.split(/\s+/);
    const name = verb.toUpperCase();
    this.#waiting.push(name);
    const explained = COMMANDS.get(args.length > 0 ? `${name} n` : name) ?? COMMANDS.get(name);
    if (explained === undefined) return undefined;
    const way = name === "AUTH" ? MECHANISMS.get((args[0] ?? "").toUpperCase()) : undefined;
    return way === undefined ? explained : { ...explained, parts: [{ token: args[0] ?? "", ...way }] };
  }

  #reply(line: string): Explained | undefined {
    if (/^\+(?: |$)/.test(line)) {
      this.#waiting.shift();
      this.#loggingIn = true;
      return MARKS.get("go on");
    }
    const match = /^(\+OK|-ERR)(?: \[([A-Z]+(?:[/-][A-Z]+)*)\])?/.exec(line);
    if (match === null) return undefined;
    this.#loggingIn = false;
    const command = this.#waiting.shift() ?? "";
    const [, status = "", code] = match;
    const means = code === undefined ? undefined : CODES.get(code);
    const parts: Part[] = means === undefined ? [] : [{ token: code ?? "", ...means }];
    const explained = (status === "+OK" ? AFTER.get(command) : undefined) ?? MARKS.get(status);
    return explained === undefined ? undefined : { ...explained, parts };
  }
}
