/** Turns a zod issue into what a person needs: the place, and what was expected there. Unknown keys get a suggestion. */
import type { z } from "zod";

export type Expectation = {
  readonly path: readonly PropertyKey[];
  readonly key?: string | undefined;
  readonly message: string;
};

type Issue = z.core.$ZodIssue;

export function expectation(issue: Issue, schema: z.ZodType): Expectation[] {
  const path = issue.path;
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({ path, key, message: unknownKey(key, keysAt(schema, path)) }));
    case "invalid_union":
      return unionExpectation(issue, schema);
    case "invalid_value":
      return [
        { path, message: `expected ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}` },
      ];
    case "invalid_type":
      return [{ path, message: wrongType(issue.message, issue.expected) }];
    default:
      return [{ path, message: issue.message }];
  }
}

const TYPE_WORDS: Record<string, string> = {
  object: "a mapping",
  record: "a mapping",
  array: "a list",
  string: "text",
};

/** A schema that knows better words than the type's name has put them in the message. */
function wrongType(message: string, expected: string): string {
  return `expected ${message.startsWith("Invalid input") ? (TYPE_WORDS[expected] ?? `a ${expected}`) : message}`;
}

/** Of several forms, the complaint of the one that came closest: the one that got deepest into the value. */
function unionExpectation(
  issue: Extract<Issue, { code: "invalid_union" }>,
  schema: z.ZodType,
): Expectation[] {
  const branches = issue.errors.map((issues) =>
    issues.flatMap((inner) => expectation({ ...inner, path: [...issue.path, ...inner.path] }, schema)),
  );
  const depth = (branch: readonly Expectation[]): number =>
    Math.max(0, ...branch.map(({ path, key }) => path.length + (key === undefined ? 0 : 1)));
  const deepest = branches.toSorted((a, b) => depth(b) - depth(a))[0];
  if (deepest !== undefined && depth(deepest) > issue.path.length) return deepest;
  const messages = branches.flat().map(({ message }) => message.replace(/^expected /, ""));
  return [{ path: issue.path, message: `expected ${[...new Set(messages)].join(", or ")}` }];
}

function unknownKey(key: string, known: readonly string[]): string {
  const near = known
    .map((name) => ({ name, distance: editDistance(key, name) }))
    .toSorted((a, b) => a.distance - b.distance)[0];
  const hint =
    near !== undefined && near.distance <= 2
      ? `; did you mean "${near.name}"?`
      : known.length > 0
        ? `; known here: ${known.join(", ")}`
        : "";
  return `unknown setting "${key}"${hint}`;
}

/** The keys a schema knows at a path; empty where it cannot be told. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let found: z.core.$ZodType[] = [schema];
  for (const step of path) found = found.flatMap((one) => inside(one, step));
  return [
    ...new Set(found.flatMap((one) => objects(one)).flatMap((object) => Object.keys(object._zod.def.shape))),
  ];
}

/** Every object schema a wrapped schema may stand for. */
function objects(schema: z.core.$ZodType): z.core.$ZodObject[] {
  const def = schema._zod.def as unknown as {
    type: string;
    innerType?: z.core.$ZodType;
    in?: z.core.$ZodType;
    options?: z.core.$ZodType[];
  };
  if (def.type === "object") return [schema as z.core.$ZodObject];
  const next = [def.innerType, def.in, ...(def.options ?? [])].filter((one) => one !== undefined);
  return next.flatMap((one) => objects(one));
}

function inside(schema: z.core.$ZodType, step: PropertyKey): z.core.$ZodType[] {
  const def = schema._zod.def as unknown as {
    type: string;
    innerType?: z.core.$ZodType;
    in?: z.core.$ZodType;
    options?: z.core.$ZodType[];
    element?: z.core.$ZodType;
    valueType?: z.core.$ZodType;
    shape?: Record<string, z.core.$ZodType>;
  };
  if (def.type === "object") return [def.shape?.[String(step)]].filter((one) => one !== undefined);
  if (def.type === "array") return def.element === undefined ? [] : [def.element];
  if (def.type === "record") return def.valueType === undefined ? [] : [def.valueType];
  return [def.innerType, def.in, ...(def.options ?? [])]
    .filter((one) => one !== undefined)
    .flatMap((one) => inside(one, step));
}

/** Levenshtein: single-letter changes between two words. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
