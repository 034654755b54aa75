/**
 * The APIs as one OpenAPI 3.1 document, made from the routes that answer: it cannot say what they do not do. The
 * schemas are the ones that check each request.
 */
import { z } from "zod";
import { type JsonSchema, type NamedSchemas, toJsonSchema } from "./json-schema.ts";
import { type Api, isMedia, type RouteSpec } from "./route.ts";
import type { MountedApi } from "./web-app.ts";

/** Of the prefixes `/v1`; the program has its own. */
const API_VERSION = "1";

export type OpenApiDocument = {
  readonly openapi: "3.1.0";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, JsonSchema>> };
};

type Operation = {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly JsonSchema[];
  readonly requestBody?: JsonSchema;
  readonly responses: Readonly<Record<string, JsonSchema>>;
};

const errorSchema = z
  .object({
    error: z.string().describe("One sentence for the person who asked."),
    problems: z
      .array(z.object({ path: z.string().describe("Which part: `envelope.to.0`."), message: z.string() }))
      .optional(),
  })
  .meta({ id: "Error", description: "Every answer with a status of 400 or above." });

export function openApiDocument(apis: readonly Api[]): OpenApiDocument {
  const named: NamedSchemas = new Map();
  const failure = content("application/json", toJsonSchema(errorSchema, "output", named), "What was wrong.");
  const paths: Record<string, Record<string, Operation>> = {};
  for (const api of apis) {
    for (const { spec } of api.routes) {
      const at = `${api.prefix}${spec.path === "/" ? "" : spec.path}`.replaceAll(/:(\w+)/g, "{$1}");
      (paths[at] ??= {})[spec.method] = operation(api, at, spec, named, failure);
    }
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Posthorn",
      version: API_VERSION,
      description: "docs/api.md shows each request with an example.",
    },
    tags: apis.map(({ prefix, title }) => ({ name: prefix, description: title })),
    paths,
    components: { schemas: Object.fromEntries([...named].toSorted(([a], [b]) => (a < b ? -1 : 1))) },
  };
}

/** Serves the document; it is made when somebody asks. */
export function openApiAt(apis: readonly Api[]): MountedApi {
  let document: OpenApiDocument | undefined;
  return {
    prefix: "/api",
    add(app) {
      app.get("/openapi.json", (context) => context.json((document ??= openApiDocument(apis))));
    },
  };
}

function operation(
  api: Api,
  at: string,
  spec: RouteSpec,
  named: NamedSchemas,
  failure: JsonSchema,
): Operation {
  const { method, summary, notes, params, query, body, answer } = spec;
  const parameters = [...parametersOf("path", params, named), ...parametersOf("query", query, named)];
  const given = body === undefined ? undefined : toJsonSchema(body, "input", named);
  return {
    operationId: `${method}${at.replaceAll(/[^a-zA-Z0-9]+/g, "_")}`.replace(/_$/, ""),
    tags: [api.prefix],
    summary,
    ...(notes === undefined ? {} : { description: notes }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(given === undefined ? {} : { requestBody: content("application/json", given, undefined) }),
    responses: {
      "200": isMedia(answer)
        ? content(answer.media, { type: "string" }, answer.about)
        : content("application/json", toJsonSchema(answer, "output", named), "The answer."),
      default: failure,
    },
  };
}

function content(media: string, schema: JsonSchema, description: string | undefined): JsonSchema {
  return { ...(description === undefined ? {} : { description }), content: { [media]: { schema } } };
}

/** The properties of an object schema, each as a parameter. */
function parametersOf(
  place: "path" | "query",
  schema: z.ZodType | undefined,
  named: NamedSchemas,
): JsonSchema[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = toJsonSchema(schema, "input", named) as {
    properties?: Record<string, JsonSchema>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: rest,
  }));
}
