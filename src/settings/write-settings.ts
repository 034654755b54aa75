/**
 * Settings as read, back in the words of a file: what says more than the defaults, each value in its shortest form.
 * Reading the text gives the same settings again (a test holds it to that for every host of the example labs).
 */
import { stringify } from "yaml";
import { isDeepStrictEqual } from "node:util";
import { formatEndpoint } from "../base/network.ts";
import { hostSettingsSchema } from "./check-settings.ts";
import type { HostSettings } from "./host-settings.ts";
import { type JsonSchema, settingsJsonSchema } from "./reference.ts";

const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
  ["ms", 1],
];

export function writeSettings(settings: HostSettings): string {
  const bare = hostSettingsSchema.parse({ hostname: settings.hostname });
  const schema = settingsJsonSchema();
  const written = changed(schema, settings, bare) as Record<string, unknown>;
  return stringify({ hostname: settings.hostname, ...written }, { lineWidth: 0 });
}

/** Only what differs from `bare`, in the file's words; lists and mappings by name go whole. */
function changed(schema: JsonSchema, value: unknown, bare: unknown): unknown {
  if (schema.properties === undefined || !isRecord(value)) return write(schema, value);
  const entries = Object.entries(schema.properties).flatMap(([key, inner]) => {
    const [now, usual] = [value[key], isRecord(bare) ? bare[key] : undefined];
    return now === undefined || isDeepStrictEqual(now, usual) ? [] : [[key, changed(inner, now, usual)]];
  });
  return Object.fromEntries(entries);
}

function write(schema: JsonSchema, value: unknown): unknown {
  const forms = schema.anyOf ?? [schema];
  const has = (title: string): boolean => forms.some((form) => form.title === title);
  if (isEndpoint(value) && has("endpoint")) return formatEndpoint(value);
  if (typeof value === "number" && has("duration")) return exactDuration(value);
  if (Array.isArray(value)) return writeList(forms, value);
  if (!isRecord(value)) return value;
  const object = forms.find(({ properties }) => properties !== undefined);
  const entry = schema.additionalProperties;
  const inner = (key: string): JsonSchema =>
    object?.properties?.[key] ?? (typeof entry === "object" ? entry : {});
  const written = Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => (one === undefined ? [] : [[key, write(inner(key), one)]])),
  );
  // `{kind: local}` is `local`.
  const [only] = Object.values(written);
  const short = Object.keys(written).length === 1 && forms.some((form) => form.enum?.includes(only) === true);
  return short ? only : written;
}

function writeList(forms: readonly JsonSchema[], value: readonly unknown[]): unknown {
  const items = forms.find(({ type }) => type === "array")?.items ?? {};
  const written = value.map((one) => write(items, one));
  return written.length === 1 && forms.some(({ type }) => type === "string") ? written[0] : written;
}

/** Every unit it takes, unlike formatDuration: nothing may be lost. */
function exactDuration(ms: number): string {
  let rest = ms;
  let text = "";
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === "" ? "0s" : text;
}

function isEndpoint(value: unknown): value is { address: string; port: number } {
  return isRecord(value) && typeof value["address"] === "string" && typeof value["port"] === "number";
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
