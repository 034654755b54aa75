/**
 * Settings as they may be shown: what stands under `password` or `secret` is replaced by a mark, `<secret 2>`, and what
 * comes back with the mark gets it again. All else keeps its place, comments and spaces too. A text that is not YAML is
 * not shown at all: where its secrets are cannot be told.
 */
import { isAlias, isScalar, parseDocument, visit, type Node } from "yaml";
import { err, ok, type Result } from "../base/result.ts";

/** Whatever the settings call a secret; a test holds the schema to it. */
export const SECRET_KEYS: ReadonlySet<string> = new Set(["password", "secret"]);

const MARK = /^<secret (\d+)>$/;

type Span = { readonly from: number; readonly to: number; readonly value: string };

/** Undefined when the text is not YAML. */
export function hideSecrets(text: string): string | undefined {
  const spans = secretSpans(text);
  if (spans === undefined) return undefined;
  return splice(
    text,
    spans.map((span, index) => ({ ...span, by: JSON.stringify(`<secret ${index + 1}>`) })),
  );
}

/** Puts the secrets of `current` where `shown` has their marks. A text that is not YAML comes back as it is. */
export function restoreSecrets(shown: string, current: string): Result<string, string> {
  const kept = secretSpans(current) ?? [];
  const replaced = [];
  for (const span of secretSpans(shown) ?? []) {
    const number = MARK.exec(span.value)?.[1];
    if (number === undefined) continue;
    const secret = kept[Number(number) - 1];
    if (secret === undefined)
      return err(`there is no ${span.value} in the settings: write the secret itself`);
    replaced.push({ ...span, by: quoted(secret.value) });
  }
  return ok(splice(shown, replaced));
}

/** A JSON string is a YAML scalar on one line, wherever it stands. */
function quoted(value: string): string {
  return /^[A-Za-z][A-Za-z0-9_-]*$/.test(value) && !/^(?:true|false|null|yes|no|on|off)$/i.test(value)
    ? value
    : JSON.stringify(value);
}

function secretSpans(text: string): Span[] | undefined {
  const document = parseDocument(text);
  if (document.errors.length > 0) return undefined;
  const spans = new Map<number, Span>();
  visit(document, {
    Pair(_, { key, value }) {
      if (!isScalar(key) || !SECRET_KEYS.has(String(key.value))) return;
      const node = isAlias(value) ? value.resolve(document) : value;
      if (!isScalar(node) || node.value === null) return;
      const range = (node as Node).range;
      if (range === null || range === undefined) return;
      spans.set(range[0], { from: range[0], to: range[1], value: String(node.value) });
    },
  });
  return [...spans.values()].sort((a, b) => a.from - b.from);
}

function splice(text: string, changes: readonly { from: number; to: number; by: string }[]): string {
  let done = "";
  let at = 0;
  for (const { from, to, by } of changes) {
    // A block scalar ends with its line.
    const end = text.slice(from, to).endsWith("\n") ? "\n" : "";
    done += text.slice(at, from) + by + end;
    at = to;
  }
  return done + text.slice(at);
}
