/**
 * docs/api.md, made from the routes themselves: what each takes and gives, with a curl example. Run as a program
 * (`npm run api-docs`) it writes the page; a test keeps them equal, and another runs every example.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type JsonSchema, NAMED_HERE } from "../../server/http/json-schema.ts";
import { openApiDocument } from "../../server/http/openapi.ts";
import type { Api, RouteSpec } from "../../server/http/route.ts";
import { FIRST_THINGS, INTRODUCTION, TYPES_INTRODUCTION } from "./api-page-words.ts";
import { LAB_APIS } from "./lab-web.ts";

export const API_PAGE_FILE = fileURLToPath(new URL("../../../docs/api.md", import.meta.url));
const BASE = "http://127.0.0.1:8066";
const LINE_MAX = 110;

type Operation = {
  readonly parameters?: readonly JsonSchema[];
  readonly requestBody?: JsonSchema;
};

export function apiPage(apis: readonly Api[]): string {
  const document = openApiDocument(apis);
  const first = FIRST_THINGS.map(
    ({ title, words, curl }) => `### ${title}\n\n${words}\n\n\`\`\`sh\n${curl}\n\`\`\`\n`,
  );
  const sections = apis.flatMap((api) => [
    `## ${api.title}: \`${api.prefix}\`\n`,
    ...api.routes.map(({ spec }) => {
      const at = `${api.prefix}${spec.path === "/" ? "" : spec.path}`;
      const operation = document.paths[at.replaceAll(/:(\w+)/g, "{$1}")]?.[spec.method] as Operation;
      return route(api, at, spec, operation, document.paths);
    }),
  ]);
  const types = Object.entries(document.components.schemas).map(([name, schema]) => namedType(name, schema));
  return [INTRODUCTION, ...first, ...sections, TYPES_INTRODUCTION, ...types].join("\n");
}

function route(
  api: Api,
  at: string,
  spec: RouteSpec,
  { parameters = [], requestBody }: Operation,
  paths: Readonly<Record<string, unknown>>,
): string {
  const { method, summary, notes } = spec;
  const lines = [`### ${method.toUpperCase()} ${at}`, "", summary];
  if (notes !== undefined) lines.push("", notes);
  const rows = parameters.map(({ name, in: place, required, description, schema }) =>
    row(
      `${String(name)}`,
      place === "path" ? "path" : "query",
      schema as JsonSchema,
      required === true,
      description,
    ),
  );
  const body = schemaIn(requestBody);
  for (const [name, schema] of propertiesOf(body))
    rows.push(row(name, "body", schema, (body["required"] as string[] | undefined)?.includes(name) === true));
  if (rows.length > 0) lines.push("", "| name | in | type | |", "|---|---|---|---|", ...rows);
  lines.push("", `Answers ${answerWords(at, spec, paths)}.`);
  const curl = curlOf(api, spec);
  if (curl !== undefined) lines.push("", "```sh", curl, "```");
  return `${lines.join("\n")}\n`;
}

function answerWords(
  at: string,
  { method, answer }: RouteSpec,
  paths: Readonly<Record<string, unknown>>,
): string {
  if ("media" in answer) return `\`${answer.media}\`: ${answer.about}`;
  const path = paths[at.replaceAll(/:(\w+)/g, "{$1}")] as Record<
    string,
    { responses: Record<string, JsonSchema> }
  >;
  const schema = schemaIn(path[method]?.responses["200"]);
  const properties = propertiesOf(schema);
  if (properties.length === 0) return typeWords(schema);
  return properties.map(([name, one]) => `\`${name}\` (${typeWords(one)})`).join(", ");
}

function namedType(name: string, schema: JsonSchema): string {
  const lines = [`### ${name}`, ""];
  const {
    description,
    oneOf,
    required = [],
  } = schema as {
    description?: string;
    oneOf?: readonly JsonSchema[];
    required?: readonly string[];
  };
  if (description !== undefined) lines.push(description, "");
  const rows = propertiesOf(schema).map(([key, one]) => row(key, undefined, one, required.includes(key)));
  if (rows.length > 0) lines.push("| name | type | |", "|---|---|---|", ...rows);
  for (const one of oneOf ?? []) {
    const own = propertiesOf(one).filter(
      ([key]) => !["id", "at", "host", "trace", "cause", "kind"].includes(key),
    );
    const kind = propertiesOf(one).find(([key]) => key === "kind")?.[1]["const"];
    lines.push(
      `- \`${String(kind)}\`: ${own.map(([key, value]) => `${key} (${typeWords(value)})`).join(", ")}`,
    );
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

function row(
  name: string,
  place: string | undefined,
  schema: JsonSchema,
  isRequired: boolean,
  description: unknown = schema["description"],
): string {
  const byDefault = schema["default"] === undefined ? "" : `, else \`${JSON.stringify(schema["default"])}\``;
  const type = `${typeWords(schema)}${isRequired || byDefault !== "" ? "" : ", optional"}${byDefault}`;
  const words = typeof description === "string" ? description : "";
  const cells = [`\`${name}\``, ...(place === undefined ? [] : [place]), type, words];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
}

/** A type in a few words: `string`, `[Trace](#trace)`, `array of number`, `"a" or "b"`. */
export function typeWords(schema: JsonSchema): string {
  const {
    $ref,
    type,
    items,
    enum: values,
    anyOf,
    oneOf,
    const: only,
    additionalProperties,
  } = schema as {
    $ref?: string;
    type?: string;
    items?: JsonSchema | false;
    enum?: readonly unknown[];
    anyOf?: readonly JsonSchema[];
    oneOf?: readonly JsonSchema[];
    const?: unknown;
    additionalProperties?: JsonSchema | boolean;
  };
  if ($ref !== undefined) {
    const name = $ref.slice(NAMED_HERE.length);
    return `[${name}](#${name.toLowerCase()})`;
  }
  if (only !== undefined) return `\`${JSON.stringify(only)}\``;
  if (values !== undefined) return values.map((one) => `\`${String(one)}\``).join(", ");
  const several = anyOf ?? oneOf;
  if (several !== undefined) return [...new Set(several.map(typeWords))].join(" or ");
  if (type === "array") return `array of ${typeof items === "object" ? typeWords(items) : "values"}`;
  const properties = propertiesOf(schema);
  if (properties.length > 0)
    return `{ ${properties.map(([key, one]) => `${key}: ${typeWords(one)}`).join(", ")} }`;
  if (typeof additionalProperties === "object" && additionalProperties["type"] !== undefined)
    return `object of ${typeWords(additionalProperties)}`;
  return type ?? "any value";
}

/** As one types it; undefined when the route gives no example and cannot be called without one. */
function curlOf({ prefix, signedIn }: Api, spec: RouteSpec): string | undefined {
  const { method, path, params, query, answer, example } = spec;
  const isPlain = method === "get" && params === undefined && !("media" in answer);
  const needsNothing = isPlain && (query === undefined || query.safeParse({}).success);
  const at = example?.path ?? (needsNothing ? path : undefined);
  if (at === undefined) return undefined;
  const url = `${BASE}${prefix}${at === "/" ? "" : at}`;
  const words = ["curl -s"];
  // Signing in fills the jar that the other requests take their cookie from.
  if (signedIn === true) words.push(path === "/session" && method === "post" ? "-c jar" : "-b jar");
  if (method !== "get" && (method !== "post" || example?.body === undefined))
    words.push(`-X ${method.toUpperCase()}`);
  words.push(/[^\w:/.@-]/.test(url) ? `'${url}'` : url);
  if (example?.body !== undefined)
    words.push(`--json '${JSON.stringify(example.body).replaceAll("'", String.raw`'\''`)}'`);
  const line = words.join(" ");
  return line.length <= LINE_MAX ? line : line.replace(" --json ", " \\\n  --json ");
}

function schemaIn(holder: JsonSchema | undefined): JsonSchema {
  const media = holder?.["content"] as Record<string, { schema: JsonSchema }> | undefined;
  return media?.["application/json"]?.schema ?? {};
}

function propertiesOf(schema: JsonSchema): (readonly [string, JsonSchema])[] {
  return Object.entries((schema["properties"] ?? {}) as Record<string, JsonSchema>);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(API_PAGE_FILE, apiPage(LAB_APIS));
