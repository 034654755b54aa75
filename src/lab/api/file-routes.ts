/** The lab file: what runs, what is wrong with a change to it, taking one up and back, and saving it when asked. */
import { z } from "zod";
import { ApiError } from "../../server/http/api-error.ts";
import { labJsonSchema } from "../file/json-schema.ts";
import { readLabFile } from "../file/read-lab-file.ts";
import type { Applied, FileDesk } from "../runtime/file-desk.ts";
import { labFileProblems } from "./file-problems.ts";
import { type LabPlace, labRoute } from "./lab-place.ts";

/** Limit: a network of hundreds of hosts. */
const TEXT_MAX = 1_000_000;

export const fileViewSchema = z
  .object({
    name: z.string().describe("`mail.lab.yaml`."),
    path: z.string(),
    text: z.string().describe("What runs."),
    saved: z
      .string()
      .optional()
      .describe("What stands in the file, when that is something else; absent: the same."),
    isGone: z.boolean().describe("The file is no longer there."),
    canUndo: z.boolean(),
  })
  .meta({ id: "LabFile", description: "The file the lab was brought up from, beside what runs." });
export type FileView = z.infer<typeof fileViewSchema>;

export const fileCheckSchema = z
  .object({
    ok: z.boolean(),
    problems: z.array(
      z.object({
        line: z.number().describe("From 1."),
        column: z.number().describe("From 1."),
        path: z.string().describe("`queue.retry[2]`; empty for the file as a whole."),
        message: z.string(),
      }),
    ),
    warnings: z.array(
      z.object({ message: z.string(), rfc: z.string().optional(), line: z.number().optional() }),
    ),
    hosts: z.array(z.string()).describe("Of the network it describes; empty when it has a mistake."),
  })
  .meta({ id: "LabFileCheck", description: "What is wrong with a lab file, and what is odd about it." });
export type FileCheckView = z.infer<typeof fileCheckSchema>;

export const fileAppliedSchema = z.object({
  restarted: z
    .array(z.string())
    .describe("Hosts that were started anew; the others kept mail and connections."),
  file: fileViewSchema,
});
export type FileAppliedView = z.infer<typeof fileAppliedSchema>;

const textBody = z.strictObject({ text: z.string().max(TEXT_MAX) });

export const fileRoutes = [
  labRoute(
    {
      method: "get",
      path: "/file",
      summary: "The lab file: what runs, and what is saved.",
      answer: fileViewSchema,
    },
    (place) => fileView(deskOf(place)),
  ),
  labRoute(
    {
      method: "get",
      path: "/file/schema",
      summary: "The lab file's JSON Schema, for editors.",
      answer: z.record(z.string(), z.unknown()),
    },
    () => JSON.parse(labJsonSchema()) as object,
  ),
  labRoute(
    {
      method: "post",
      path: "/file/check",
      summary: "Says what is wrong with a lab file, by line and column, and changes nothing.",
      body: textBody,
      answer: fileCheckSchema,
      example: { path: "/file/check", body: { text: "hosts:\n  mx: { rule: mailbox }\n" } },
    },
    (place, { body: { text } }) => check(text, place.file?.name ?? "mail.lab.yaml"),
  ),
  labRoute(
    {
      method: "post",
      path: "/file/apply",
      summary:
        "Takes a changed lab file up: hosts that did not change keep their mail. The file itself stays as it is.",
      body: textBody,
      answer: fileAppliedSchema,
    },
    (place, { body: { text } }) => answerApplied(deskOf(place), (desk) => desk.apply(text)),
  ),
  labRoute(
    {
      method: "post",
      path: "/file/undo",
      summary: "Back to what ran before the last change.",
      answer: fileAppliedSchema,
    },
    (place) => answerApplied(deskOf(place), (desk) => desk.undo()),
  ),
  labRoute(
    {
      method: "post",
      path: "/file/save",
      summary: "Writes what runs into the file it came from.",
      notes: "`before` is what one believes to stand there; when it is something else, nothing is written.",
      body: z.strictObject({ before: z.string().max(TEXT_MAX).optional() }),
      answer: fileViewSchema,
    },
    async (place, { body: { before } }) => {
      const desk = deskOf(place);
      await desk.save(before);
      return fileView(desk);
    },
  ),
];

function deskOf({ file }: LabPlace): FileDesk {
  if (file === undefined) throw new ApiError(404, "this lab was not brought up from a file");
  return file;
}

async function fileView(desk: FileDesk): Promise<FileView> {
  const saved = await desk.saved();
  const text = desk.text();
  return {
    name: desk.name,
    path: desk.path,
    text,
    ...(saved === undefined || saved === text ? {} : { saved }),
    isGone: saved === undefined,
    canUndo: desk.canUndo,
  };
}

async function answerApplied(
  desk: FileDesk,
  change: (desk: FileDesk) => Promise<Applied>,
): Promise<FileAppliedView> {
  const applied = await change(desk);
  if (!applied.ok)
    throw new ApiError(
      400,
      "the lab file is wrong; the lab goes on as it was",
      labFileProblems(applied.problems),
    );
  return { restarted: [...applied.restarted], file: await fileView(desk) };
}

function check(text: string, name: string): FileCheckView {
  const read = readLabFile(text, name);
  if (!read.ok) {
    const problems = read.error.map(({ line, column, path, message }) => ({ line, column, path, message }));
    return { ok: false, problems, warnings: [], hosts: [] };
  }
  const { warnings, hosts } = read.value;
  return {
    ok: true,
    problems: [],
    warnings: warnings.map(({ message, rfc, line }) => ({ message, rfc, line })),
    hosts: hosts.map((host) => host.name),
  };
}
