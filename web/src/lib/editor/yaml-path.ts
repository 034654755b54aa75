/**
 * Where a place in a YAML text stands: the keys that lead to it, by indentation and by the braces around it. Works on text
 * that is being typed and so is not yet YAML. Pure.
 */
import { ITEM, type Step } from "./json-schema.ts";

export type Place = {
  /** The map or list that the place is in. */
  readonly path: readonly Step[];
  /** The key whose value is being written; undefined where a key is. */
  readonly key: string | undefined;
  /** The word up to the place. */
  readonly word: string;
};

const KEY = /^(?:"([^"]*)"|'([^']*)'|([^\s:,{}[\]#][^:,{}[\]#]*?))\s*:(?=\s|$)/;

export function placeIn(text: string, offset: number): Place {
  const before = text.slice(0, offset).split("\n");
  const line = before.at(-1) ?? "";
  const outer = blockPath(before);
  return inLine(line.slice(indentOf(line)), outer);
}

/** The keys above, each with less indentation than the one below it. */
function blockPath(lines: readonly string[]): Step[] {
  const path: Step[] = [];
  const last = lines.at(-1) ?? "";
  let indent = indentOf(last);
  for (let at = lines.length - 2; at >= 0 && indent > 0; at--) {
    const line = lines[at] ?? "";
    if (/^\s*(?:#|$)/.test(line)) continue;
    const own = indentOf(line);
    if (own >= indent) continue;
    let rest = line.slice(own);
    const steps: Step[] = [];
    for (let dash = /^-\s+/.exec(rest); dash !== null; dash = /^-\s+/.exec(rest)) {
      steps.push(ITEM);
      rest = rest.slice(dash[0].length);
      // A key beside the dash stands further in; only those above this place count.
      if (indent <= line.length - rest.length && KEY.test(rest)) rest = "";
    }
    const key = KEY.exec(rest);
    if (key !== null && indent > line.length - rest.length) steps.push(nameIn(key));
    path.unshift(...steps);
    indent = own;
  }
  return path;
}

/** Dashes, keys and braces of the line itself, up to the place. */
function inLine(line: string, outer: readonly Step[]): Place {
  const path = [...outer];
  const open: { readonly list: boolean; readonly keyed: boolean }[] = [];
  let key: string | undefined;
  let rest = line;
  for (;;) {
    rest = rest.replace(/^\s+/, "");
    const dash = open.length === 0 && key === undefined ? /^-\s+/.exec(rest) : null;
    const named = key === undefined ? KEY.exec(rest) : null;
    if (dash !== null) {
      path.push(ITEM);
      rest = rest.slice(dash[0].length);
    } else if (named !== null) {
      key = nameIn(named);
      rest = rest.slice(named[0].length);
    } else if (rest.startsWith("{") || rest.startsWith("[")) {
      const list = rest.startsWith("[");
      open.push({ list, keyed: key !== undefined });
      if (key !== undefined) path.push(key);
      if (list) path.push(ITEM);
      key = undefined;
      rest = rest.slice(1);
    } else if (/^[}\]]/.test(rest) && open.length > 0) {
      const closed = open.pop();
      if (closed?.list === true) path.pop();
      if (closed?.keyed === true) path.pop();
      key = undefined;
      rest = rest.slice(1);
    } else if (rest.startsWith(",") && open.length > 0) {
      key = undefined;
      rest = rest.slice(1);
    } else {
      const word = (/^(?:"[^"]*"?|'[^']*'?|[^,{}[\]#]*)/.exec(rest) ?? [""])[0];
      if (word === rest || rest === "") return { path, key, word: rest };
      rest = rest.slice(Math.max(word.length, 1));
    }
  }
}

function nameIn([, double, single, plain]: RegExpExecArray): string {
  return double ?? single ?? plain ?? "";
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
