/** What the API answers to a change of settings, and what is asked with one. */
import { z } from "zod";
import type { SettingsChange } from "./settings-desk.ts";

export const changeSchema = z.object({
  id: z.number(),
  at: z.number(),
  who: z.string(),
  what: z.string(),
  state: z
    .enum(["under way", "done", "refused"])
    .describe("under way: the server restarts with it; GET settings tells how that ended."),
  reason: z.string().describe("Why it was refused: then everything is as it was before."),
});
export type ChangeView = z.infer<typeof changeSchema>;

export const revisionQuery = z.strictObject({
  revision: z
    .string()
    .optional()
    .describe("Of the settings this was thought out for: 409 when they have changed since."),
});

export const REFUSAL_NOTE =
  "Wrong settings are answered 400 with `problems`; then nothing was changed. What is good is taken up at once: the host restarts in place, its mail and queue stay.";

export function changeView(change: SettingsChange): ChangeView {
  return { ...change };
}
