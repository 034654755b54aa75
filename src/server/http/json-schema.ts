/**
 * Zod schemas as JSON Schema in the form OpenAPI 3.1 has: a schema with an id (`.meta({ id: "Trace" })`) stands once
 * among the named ones and is referred to. What goes in is as a client writes it, what comes out as it is answered.
 */
import { z } from "zod";

export type JsonSchema = { readonly [key: string]: unknown };

export type NamedSchemas = Map<string, JsonSchema>;

const DEFINED_HERE = "#/$defs/";
export const NAMED_HERE = "#/components/schemas/";

export function toJsonSchema(
  schema: z.ZodType,
  direction: "input" | "output",
  named: NamedSchemas,
): JsonSchema {
  const {
    $schema: _,
    $defs,
    ...own
  } = z.toJSONSchema(schema, {
    io: direction,
    unrepresentable: "any",
    override: ({ jsonSchema }) => tidy(jsonSchema, direction),
  }) as Record<string, unknown>;
  for (const [name, definition] of Object.entries(($defs ?? {}) as Record<string, JsonSchema>))
    named.set(name, refer(definition) as JsonSchema);
  return refer(own) as JsonSchema;
}

function tidy(schema: Record<string, unknown>, direction: "input" | "output"): void {
  // Answers may gain fields: a client that refuses those it does not know would break.
  if (direction === "output" && schema["additionalProperties"] === false)
    delete schema["additionalProperties"];
  // Every key of a JSON object is text.
  delete schema["propertyNames"];
  if (schema["minimum"] === Number.MIN_SAFE_INTEGER) delete schema["minimum"];
  if (schema["maximum"] === Number.MAX_SAFE_INTEGER) delete schema["maximum"];
}

function refer(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(refer);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      key === "$ref" && typeof one === "string" ? one.replace(DEFINED_HERE, NAMED_HERE) : refer(one),
    ]),
  );
}
