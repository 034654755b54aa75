/** Finds what a JSON Schema says about a place in a file: what may stand there, and what it means. Pure. */

export type JsonSchema = {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly examples?: readonly unknown[];
};

/** A key of a map, or an item of a list. */
export type Step = string | typeof ITEM;
export const ITEM = 0;

/** The schemas that may hold at a path: several where the file may say it in several ways. */
export function schemasAt(schema: JsonSchema, path: readonly Step[]): JsonSchema[] {
  let here = alternatives(schema);
  for (const step of path) here = here.flatMap((one) => below(one, step)).flatMap(alternatives);
  return here;
}

function below({ properties, additionalProperties, items }: JsonSchema, step: Step): JsonSchema[] {
  if (step === ITEM) return typeof items === "object" ? [items] : [];
  const own = properties?.[step];
  if (own !== undefined) return [own];
  return typeof additionalProperties === "object" ? [additionalProperties] : [];
}

function alternatives(schema: JsonSchema): JsonSchema[] {
  const several = schema.anyOf ?? schema.oneOf;
  return several === undefined ? [schema] : [schema, ...several.flatMap(alternatives)];
}

export type Key = { readonly name: string; readonly schema: JsonSchema };

/** The keys a map at this path may have. */
export function keysAt(schema: JsonSchema, path: readonly Step[]): Key[] {
  const found = new Map<string, JsonSchema>();
  for (const { properties = {} } of schemasAt(schema, path))
    for (const [name, one] of Object.entries(properties)) if (!found.has(name)) found.set(name, one);
  return [...found].map(([name, one]) => ({ name, schema: one }));
}

/** The words a value at this path may be. */
export function valuesAt(schema: JsonSchema, path: readonly Step[]): string[] {
  const words = schemasAt(schema, path).flatMap(({ enum: values = [], const: only, type }) => [
    ...values.map(String),
    ...(only === undefined ? [] : [String(only)]),
    ...(type === "boolean" ? ["true", "false"] : []),
  ]);
  return [...new Set(words)];
}

/** What it means, in words; undefined when the schema says nothing about it. */
export function wordsAt(schema: JsonSchema, path: readonly Step[]): string | undefined {
  const here = schemasAt(schema, path);
  const description = here.find((one) => one.description !== undefined)?.description;
  const byDefault = here.find((one) => one.default !== undefined)?.default;
  const values = valuesAt(schema, path);
  const parts = [
    description,
    values.length === 0 ? undefined : `One of ${values.join(", ")}.`,
    byDefault === undefined || typeof byDefault === "object"
      ? undefined
      : `When absent: ${String(byDefault)}.`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(" ");
}
