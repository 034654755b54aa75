/** Every setting with its form, meaning and default, out of the one schema that documents them. Pure. */
import { z } from "zod";
import { formatDuration } from "../base/duration.ts";
import { formatSize } from "../base/size.ts";
import { hostSettingsSchema } from "./check-settings.ts";

export type JsonSchema = {
  readonly description?: string;
  readonly type?: string;
  readonly title?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
};

export type SettingFacts = {
  /** `queue.retry`, `listen[].at`, `domains.*.kind`. */
  readonly path: string;
  /** `duration`, `off | warn | refuse`; empty for a mapping. */
  readonly form: string;
  readonly about: string;
  /** As one would write it; undefined when there is none. */
  readonly default: string | undefined;
};

export function settingsJsonSchema(): JsonSchema {
  return z.toJSONSchema(hostSettingsSchema, { io: "input", unrepresentable: "any" }) as JsonSchema;
}

/** The schema at `queue.retry` or `listen[].at`; undefined where no setting is. */
export function findSetting(schema: JsonSchema, path: readonly string[]): JsonSchema | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return schema;
  const next = schema.properties?.[step.replace(/\[\d*\]$/, "")];
  return next === undefined ? undefined : findSetting(step.endsWith("]") ? (next.items ?? next) : next, rest);
}

/** It and all below it, in the schema's order. */
export function settingsBelow(path: string, schema: JsonSchema): SettingFacts[] {
  const own = path === "" ? [] : [facts(path, schema)];
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, one]) =>
    settingsBelow(path === "" ? name : `${path}.${name}`, one),
  );
  return [...own, ...inner, ...insideOf(path, schema)];
}

/** What an entry of a list or of a mapping by name is made of. */
function insideOf(path: string, { items, additionalProperties }: JsonSchema): SettingFacts[] {
  const entry = typeof additionalProperties === "object" ? additionalProperties : undefined;
  return [
    ...objectsOf(items).flatMap((one) => settingsBelow(`${path}[]`, one).slice(1)),
    ...objectsOf(entry).flatMap((one) => settingsBelow(`${path}.*`, one).slice(1)),
  ];
}

function objectsOf(schema: JsonSchema | undefined): JsonSchema[] {
  if (schema === undefined) return [];
  if (schema.properties !== undefined) return [schema];
  return (schema.anyOf ?? []).flatMap((one) => objectsOf(one));
}

function facts(path: string, schema: JsonSchema): SettingFacts {
  return {
    path,
    form: formOf(schema),
    about: schema.description ?? "",
    default: schema.default === undefined ? undefined : formatSetting(schema, schema.default),
  };
}

function formOf(schema: JsonSchema): string {
  const simple = schema.enum?.join(" | ") ?? schema.title ?? schema.type;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.type === "array" && schema.items !== undefined) return `list of ${formOf(schema.items)}`;
  return simple ?? schema.anyOf?.map((one) => formOf(one)).join(" or ") ?? "";
}

/** A value as read (milliseconds, bytes), or as written, in the words of the file. */
export function formatSetting({ title, items }: JsonSchema, value: unknown): string {
  if (title === "duration" && typeof value === "number") return formatDuration(value);
  if (title === "size" && typeof value === "number") return formatSize(value).replace(" ", "");
  if (title === "duration" || title === "size") return String(value);
  if (items?.title === "duration" && Array.isArray(value))
    return value.map((one) => (typeof one === "number" ? formatDuration(one) : String(one))).join(", ");
  return JSON.stringify(value);
}
