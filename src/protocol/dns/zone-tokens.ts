/**
 * Cuts a zone file into entries and their words (RFC 1035 §5.1): parentheses join lines, a semicolon begins a
 * comment, quotes hold blanks together. Parses nothing. What cannot be cut is a problem with its place; reading goes
 * on with the next line, so that one run shows all mistakes.
 */
import type { TextProblem, Token } from "./text-fields.ts";

export type Entry = {
  readonly tokens: readonly Token[];
  /** It begins with a blank: the owner is that of the entry before. */
  readonly indented: boolean;
  /** Where it ends, for the error that something is missing. */
  readonly end: { readonly line: number; readonly column: number };
};

/**
 *     entry   = [ word *( blank word ) ] [ comment ] EOL      ; blank includes EOL between "(" and ")"
 *     word    = 1*( any but blank, quote, ";", "(", ")" / escape ) / DQUOTE *( any but quote, EOL / escape ) DQUOTE
 *     comment = ";" *( any but EOL )
 */
export function cutZoneFile(text: string): { entries: Entry[]; problems: TextProblem[] } {
  const entries: Entry[] = [];
  const problems: TextProblem[] = [];
  let tokens: Token[] = [];
  let indented = false;
  let broken = false;
  let open: { line: number; column: number } | undefined;
  const problem = (line: number, column: number, message: string, expected: string): void => {
    problems.push({ line, column, message, expected });
    broken = true;
  };
  const finish = (line: number, column: number): void => {
    if (tokens.length > 0 && !broken) entries.push({ tokens, indented, end: { line, column } });
    tokens = [];
    broken = false;
    open = undefined;
  };

  const lines = text.split(/\r?\n/);
  for (const [index, source] of lines.entries()) {
    const line = index + 1;
    if (tokens.length === 0 && open === undefined) indented = /^[ \t]/.test(source);
    for (let at = 0; at < source.length;) {
      const character = source.charAt(at);
      if (character === ";") break;
      if (character === "(" || character === ")") {
        if (character === "(" && open !== undefined) problem(line, at + 1, `a second "("`, `")" first`);
        if (character === ")" && open === undefined)
          problem(line, at + 1, `")" without "("`, "a field, or the end of the line");
        open = character === "(" ? { line, column: at + 1 } : undefined;
        at++;
        continue;
      }
      if (character === " " || character === "\t") {
        at++;
        continue;
      }
      const quoted = character === '"';
      const start = quoted ? at + 1 : at;
      const stop = endOfWord(source, start, quoted);
      if (quoted && stop === source.length)
        problem(line, at + 1, "a quoted string without its end", `" on the same line`);
      tokens.push({ raw: source.slice(start, stop), quoted, line, column: at + 1 });
      at = quoted ? stop + 1 : stop;
    }
    if (open === undefined) finish(line, source.length + 1);
  }
  if (open !== undefined)
    problem(open.line, open.column, `"(" without ")"`, `")" before the end of the file`);
  return { entries, problems };
}

function endOfWord(source: string, from: number, quoted: boolean): number {
  for (let at = from; at < source.length; at++) {
    const character = source.charAt(at);
    if (character === "\\") at++;
    else if (quoted ? character === '"' : /[ \t;()"]/.test(character)) return at;
  }
  return source.length;
}
