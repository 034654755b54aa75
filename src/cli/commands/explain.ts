/** `posthorn explain [PATH]`: what a setting means, from the one schema that documents it. */
import type { Command } from "commander";
import { z } from "zod";
import { formatDuration } from "../../base/duration.ts";
import { hostSettingsSchema } from "../../settings/host-settings.ts";

type JsonSchema = {
  description?: string;
  type?: string;
  title?: string;
  default?: unknown;
  enum?: unknown[];
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  additionalProperties?: JsonSchema;
  anyOf?: JsonSchema[];
};

export function addExplain(program: Command): void {
  program
    .command("explain")
    .description("say what a setting means, its form and its default")
    .argument("[path]", "such as queue.retry; all settings when absent")
    .addHelpText("after", "\nExamples:\n  posthorn explain queue.retry\n  posthorn explain policies")
    .action((path: string | undefined) => {
      const found = find(
        z.toJSONSchema(hostSettingsSchema, { io: "input", unrepresentable: "any" }) as JsonSchema,
        path?.split(".") ?? [],
      );
      if (found === undefined) {
        console.error(`there is no setting "${path}"; "posthorn explain" lists them all`);
        process.exitCode = 2;
        return;
      }
      console.log(describe(path ?? "", found).join("\n"));
    });
}

function find(schema: JsonSchema, path: readonly string[]): JsonSchema | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return schema;
  const next = schema.properties?.[step.replace(/\[\d*\]$/, "")];
  return next === undefined ? undefined : find(step.endsWith("]") ? (next.items ?? next) : next, rest);
}

function describe(path: string, schema: JsonSchema): string[] {
  const lines =
    path === ""
      ? []
      : [
          `${path}${form(schema)}`,
          ...(schema.description === undefined ? [] : [`    ${schema.description}`]),
        ];
  for (const [name, inner] of Object.entries(schema.properties ?? {}))
    lines.push(...describe(path === "" ? name : `${path}.${name}`, inner));
  return lines;
}

function form(schema: JsonSchema): string {
  const kind =
    schema.enum?.join(" | ") ??
    schema.title ??
    schema.type ??
    schema.anyOf?.map((one) => one.title ?? one.type ?? one.enum?.join(" | ")).join(" or ");
  return `${kind === undefined ? "" : `: ${kind}`}${schema.default === undefined ? "" : ` (default ${show(schema)})`}`;
}

function show({ default: value, title, items }: JsonSchema): string {
  if (title === "duration" && typeof value === "number") return formatDuration(value);
  if (items?.title === "duration" && Array.isArray(value))
    return value.map((ms) => formatDuration(Number(ms))).join(", ");
  return JSON.stringify(value);
}
