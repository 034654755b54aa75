/** The settings of a host as a text and as single values: read, checked, taken up, undone; and what each of them means. */
import { z } from "zod";
import { parse } from "yaml";
import { hideSecrets } from "../../../settings/hidden-secrets.ts";
import type { HostSettings } from "../../../settings/host-settings.ts";
import { type SettingFacts, settingsBelow, settingsJsonSchema } from "../../../settings/reference.ts";
import { writeSettings } from "../../../settings/write-settings.ts";
import { formatProblem, lineOfSetting, type SettingsProblem } from "../../../settings/yaml-file.ts";
import { hostParams, hostRoute } from "./admin-place.ts";
import { changeSchema, changeView, REFUSAL_NOTE, revisionQuery } from "./change-view.ts";

/** Limit: of a settings text; a thousand domains fit many times. */
const TEXT_CHARACTERS_MAX = 1_000_000;
/** Limit: single changes taken up together. */
const EDITS_MAX = 100;
/** Limit: of a value that is shown in a list of settings. */
const VALUE_CHARACTERS_MAX = 200;

const text = z
  .string()
  .max(TEXT_CHARACTERS_MAX)
  .describe("As it was read, edited; `<secret 1>` stays a secret.");
const path = z.array(z.union([z.string(), z.int().nonnegative()])).min(1);
const editSchema = z.discriminatedUnion("op", [
  z.strictObject({ op: z.literal("set"), path, value: z.unknown() }),
  z.strictObject({ op: z.literal("remove"), path }),
  z.strictObject({ op: z.literal("insert"), path, at: z.int().nonnegative().optional(), value: z.unknown() }),
  z.strictObject({ op: z.literal("move"), path, from: z.int().nonnegative(), to: z.int().nonnegative() }),
]);
const edits = z.array(editSchema).min(1).max(EDITS_MAX);

const problemSchema = z.object({
  line: z.number(),
  column: z.number(),
  path: z.string(),
  message: z.string(),
  said: z.string().describe("As `posthorn serve --check` says it."),
});

export const settingsSchema = z.object({
  where: z.string().describe("The file, or what stands for one."),
  isFile: z.boolean().describe("False: changes are of this run only."),
  revision: z.string(),
  text: z.string().describe("Without secrets; empty when it is not YAML."),
  problems: z.array(problemSchema).describe("Of the text as it stands."),
  takenUp: z.boolean().describe("False: changed by hand, and the host runs by the former text."),
  canUndo: z.boolean(),
  change: changeSchema.nullable().describe("The latest since the program started."),
});
export type SettingsView = z.infer<typeof settingsSchema>;

export const checkedSchema = z.object({
  problems: z.array(problemSchema),
  warnings: z.array(z.string()).describe("What is good, and may not be meant."),
  diff: z.array(z.object({ sign: z.enum([" ", "-", "+"]), text: z.string() })),
});
export type CheckedView = z.infer<typeof checkedSchema>;

export const referenceSchema = z.object({
  path: z.string(),
  form: z.string(),
  about: z.string(),
  default: z.string().optional(),
  current: z.string().optional().describe("Absent for what stands inside lists."),
  line: z.number().optional().describe("Where the settings set it; absent: they do not."),
});
export type SettingReference = z.infer<typeof referenceSchema>;

export const settingsRoutes = [
  hostRoute(
    {
      method: "get",
      path: "/hosts/:host/settings",
      summary: "The settings as a text, without secrets, and how the latest change ended.",
      params: hostParams,
      answer: settingsSchema,
    },
    async ({ at }): Promise<SettingsView> => {
      const { problems, change, ...rest } = await at.settings.read();
      return {
        ...rest,
        problems: problems.map(problemView),
        change: change === undefined ? null : changeView(change),
      };
    },
  ),
  hostRoute(
    {
      method: "post",
      path: "/hosts/:host/settings/check",
      summary: "What is wrong with a text, or with edits, and what they would change.",
      params: hostParams,
      body: z.union([z.strictObject({ text }), z.strictObject({ edits })]),
      answer: checkedSchema,
    },
    async ({ at, who }, { body }): Promise<CheckedView> => {
      const { problems, warnings, diff } =
        "text" in body ? await at.settings.check(body.text, who) : await at.settings.preview(body.edits, who);
      return { problems: problems.map(problemView), warnings: [...warnings], diff: [...diff] };
    },
  ),
  hostRoute(
    {
      method: "put",
      path: "/hosts/:host/settings",
      summary: "Takes up another text.",
      notes: REFUSAL_NOTE,
      params: hostParams,
      body: z.strictObject({ text, revision: z.string().describe("Of the text that was edited.") }),
      answer: changeSchema,
    },
    async ({ at, who }, { body }) => changeView(await at.settings.replace(body, who)),
  ),
  hostRoute(
    {
      method: "patch",
      path: "/hosts/:host/settings",
      summary: "Changes single settings by path; comments and all else stay.",
      notes: REFUSAL_NOTE,
      params: hostParams,
      query: revisionQuery,
      body: z.strictObject({ edits }),
      answer: changeSchema,
      example: {
        path: "/hosts/presto/settings",
        body: { edits: [{ op: "set", path: ["policies", "greylist"], value: "5m" }] },
      },
    },
    async ({ at, who }, { query: { revision }, body }) => {
      const names = body.edits.map(({ path: steps }) => steps.join("."));
      const what = `changed ${[...new Set(names)].join(", ")}`;
      return changeView(await at.settings.edit({ ...body, revision }, who, what));
    },
  ),
  hostRoute(
    {
      method: "post",
      path: "/hosts/:host/settings/undo",
      summary: "Goes back to the text before the last change.",
      params: hostParams,
      answer: changeSchema,
    },
    async ({ at, who }) => changeView(await at.settings.undo(who)),
  ),
  hostRoute(
    {
      method: "get",
      path: "/hosts/:host/settings/reference",
      summary: "Every setting: what it means, its default, its value now, and where it is set.",
      params: hostParams,
      query: z.strictObject({ q: z.string().default("").describe("Words that name or meaning must have.") }),
      answer: z.array(referenceSchema),
    },
    async ({ at }, { query: { q } }) => {
      const words = q.toLowerCase().split(/\s+/).filter(Boolean);
      const all = settingsBelow("", settingsJsonSchema());
      const asked = all.filter(({ path: name, about }) =>
        words.every((word) => `${name} ${about}`.toLowerCase().includes(word)),
      );
      return referenceViews(asked, at.host.settings, await at.settings.rawText());
    },
  ),
];

function problemView(problem: SettingsProblem): z.infer<typeof problemSchema> {
  const { line, column, path: name, message } = problem;
  return { line, column, path: name, message, said: formatProblem(problem) };
}

function referenceViews(
  facts: readonly SettingFacts[],
  settings: HostSettings,
  raw: string,
): SettingReference[] {
  const written: unknown = parse(hideSecrets(writeSettings(settings)) ?? "");
  return facts.map((one) => {
    if (/[[*]/.test(one.path)) return one;
    const steps = one.path.split(".");
    const value = steps.reduce<unknown>(
      (at, step) => (at as Record<string, unknown> | undefined)?.[step],
      written,
    );
    return {
      ...one,
      current: value === undefined ? one.default : shown(value),
      line: lineOfSetting(raw, steps),
    };
  });
}

function shown(value: unknown): string {
  const whole = typeof value === "string" ? value : JSON.stringify(value);
  return whole.length <= VALUE_CHARACTERS_MAX ? whole : `${whole.slice(0, VALUE_CHARACTERS_MAX)}…`;
}
