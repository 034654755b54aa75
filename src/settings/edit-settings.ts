/**
 * Changes to a settings text by path, as a form makes them: what is not named keeps its place, its comments and its
 * quotes. Whether the result is good is asked of parseYamlSettings, not here.
 */
import { isDeepStrictEqual } from "node:util";
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { err, ok, type Result } from "../base/result.ts";
import { diffLines } from "./line-diff.ts";

export type SettingsPath = readonly (string | number)[];

export type SettingsEdit =
  /** Of a mapping, keys that the value has not are taken out, but for those under `keep`. */
  | {
      readonly op: "set";
      readonly path: SettingsPath;
      readonly value: unknown;
      readonly keep?: readonly string[] | undefined;
    }
  | { readonly op: "remove"; readonly path: SettingsPath }
  /** Into the list at `path`; at its end when `at` is absent. */
  | {
      readonly op: "insert";
      readonly path: SettingsPath;
      readonly at?: number | undefined;
      readonly value: unknown;
    }
  | { readonly op: "move"; readonly path: SettingsPath; readonly from: number; readonly to: number };

/** "No" is a sentence: the text is not YAML, or there is nothing at the path. */
export function editSettings(text: string, edits: readonly SettingsEdit[]): Result<string, string> {
  const document = parseDocument(text);
  const [wrong] = document.errors;
  if (wrong !== undefined) return err(`the settings are not YAML: ${wrong.message.split("\n")[0]}`);
  // As the text has it: the dashes of a list below their key, or two to the right.
  const indentSeq = !/^\S.*:[ \t]*(?:#.*)?\n- /m.test(text);
  const format = (): string => document.toString({ lineWidth: 0, indentSeq });
  const before = format();
  for (const edit of edits) {
    const refused = apply(document, edit);
    if (refused !== undefined) return err(refused);
  }
  return ok(withOwnLines(text, before, format()));
}

/**
 * The library writes in its own way (`[ a ]` for `[a]`): lines that no edit touched are taken from the text itself. Where
 * they cannot be told line by line the library's way stands.
 */
function withOwnLines(text: string, before: string, after: string): string {
  const own = text.replace(/\n$/, "").split("\n");
  const known = before.replace(/\n$/, "").split("\n");
  const bare = (line: string | undefined): string => (line ?? "").replaceAll(/\s+/g, "");
  if (own.length !== known.length || own.some((line, i) => bare(line) !== bare(known[i]))) return after;
  let at = 0;
  const lines = diffLines(before, after).flatMap(({ sign, text: line }) => {
    const mine = sign === "+" ? line : (own[at++] ?? line);
    return sign === "-" ? [] : [mine];
  });
  const merged = lines.length === 0 ? text : `${lines.join("\n")}\n`;
  const isSame = isDeepStrictEqual(parseDocument(merged).toJS(), parseDocument(after).toJS());
  return isSame ? merged : after;
}

/** Why not; undefined when it is done. */
function apply(document: Document, edit: SettingsEdit): string | undefined {
  const name = edit.path.join(".");
  if (edit.op === "set") return setAt(document, edit.path, edit.value, edit.keep);
  if (edit.op === "remove")
    return document.deleteIn(edit.path)
      ? tidyAfter(document, edit.path)
      : `there is no ${name} in the settings`;
  const list = document.getIn(edit.path, true);
  if (edit.op === "insert") {
    if (!isSeq(list)) return setAt(document, edit.path, [edit.value]);
    if (list.items.length === 0) list.flow = false;
    commentToFirst(list);
    const at = edit.at ?? list.items.length;
    list.items.splice(at, 0, document.createNode(edit.value));
    return undefined;
  }
  if (!isSeq(list) || list.items[edit.from] === undefined || list.items[edit.to] === undefined)
    return `${name} has no place ${Math.max(edit.from, edit.to) + 1}`;
  commentToFirst(list);
  list.items.splice(edit.to, 0, ...list.items.splice(edit.from, 1));
  return undefined;
}

function setAt(
  document: Document,
  path: SettingsPath,
  value: unknown,
  keep: readonly string[] = [],
): undefined {
  const before = document.getIn(path, true);
  if (isScalar(before) && (value === null || typeof value !== "object")) before.value = value;
  else if (isMap(before) && isRecord(value)) {
    const gone = before.items.map(({ key }) => String(isScalar(key) ? key.value : key));
    for (const key of gone) if (!Object.hasOwn(value, key) && !keep.includes(key)) before.delete(key);
    for (const [key, inner] of Object.entries(value)) setAt(document, [...path, key], inner);
  } else {
    unflow(document.getIn(path.slice(0, -1), true));
    document.setIn(path, document.createNode(value));
  }
  return undefined;
}

/** A list or mapping that has lost its last entry goes, but for one at the top: the defaults may be something else. */
function tidyAfter(document: Document, path: SettingsPath): undefined {
  const parent = path.slice(0, -1);
  const node = document.getIn(parent, true);
  if (parent.length > 0 && isMap(node) && node.items.length === 0) document.deleteIn(parent);
  return undefined;
}

/** A comment above the first entry is held by the list; it is about the entry. */
function commentToFirst(list: YAMLSeq): void {
  const [first] = list.items;
  if (!isNode(first) || typeof list.commentBefore !== "string") return;
  first.commentBefore = list.commentBefore;
  list.commentBefore = null;
}

/** `{}` is written as it is; what gets an entry is written over lines. */
function unflow(node: unknown): void {
  if (isMap(node) && node.items.length === 0) (node as YAMLMap).flow = false;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
