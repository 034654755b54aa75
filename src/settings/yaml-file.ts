/**
 * Reads a YAML file against a schema and says of every problem where it stands: file, line, column, what was expected.
 * The text is handed in; nothing here touches a disk. A file with any problem gives no settings at all.
 */
import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from "yaml";
import type { z } from "zod";
import { err, ok, type Result } from "../base/result.ts";
import { expectation } from "./expectation.ts";

export type SettingsProblem = {
  readonly file: string;
  readonly line: number; // from 1
  readonly column: number; // from 1
  /** `queue.retry[2]`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
};

export function parseYamlSettings<S extends z.ZodType>(
  text: string,
  file: string,
  schema: S,
): Result<z.output<S>, readonly SettingsProblem[]> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (document.errors.length > 0) {
    return err(
      document.errors.map((error) => ({
        file,
        ...at(error.pos[0]),
        path: "",
        message: error.message.split(/ at line |\n/)[0] ?? "not YAML",
      })),
    );
  }
  const parsed = schema.safeParse(document.toJS() ?? {});
  if (parsed.success) return ok(parsed.data);
  const problems = parsed.error.issues
    .flatMap((issue) => expectation(issue, schema))
    .map(({ path, key, message }) => ({
      file,
      ...at(offsetOf(document, path, key)),
      path: formatPath(path),
      message,
    }));
  return err(problems.sort((a, b) => a.line - b.line || a.column - b.column));
}

/** `mail.lab.yaml:12:5: queue.retry[2]: "5" is not a duration…` */
export function formatProblem({ file, line, column, path, message }: SettingsProblem): string {
  return `${file}:${line}:${column}: ${path === "" ? "" : `${path}: `}${message}`;
}

function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((step, i) => (typeof step === "number" ? `[${step}]` : `${i === 0 ? "" : "."}${String(step)}`))
    .join("");
}

/** Where in the text the value at `path` stands; undefined where there is none. */
export function lineOfSetting(text: string, path: readonly PropertyKey[]): number | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  let node: unknown = document.contents;
  for (const step of path) node = childOf(node, step);
  const start = startOf(node);
  return start === undefined ? undefined : lines.linePos(start).line;
}

/** Where the value at `path` begins, or its key when one is named; the deepest node there is when the path ends early. */
function offsetOf(document: Document, path: readonly PropertyKey[], key: string | undefined): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of path) {
    node = childOf(node, step);
    const start = startOf(node);
    if (start === undefined) return offset;
    offset = start;
  }
  if (key !== undefined && isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
    offset = startOf(pair?.key) ?? offset;
  }
  return offset;
}

function childOf(node: unknown, step: PropertyKey): unknown {
  if (isMap(node))
    return node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step))?.value;
  if (isSeq(node)) return node.items[Number(step)];
  return undefined;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | undefined)?.range?.[0];
}
