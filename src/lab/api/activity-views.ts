/** What the lab's API says about what happens. */
import { z } from "zod";

export const activityRowSchema = z.object({
  id: z.number().describe("The event's."),
  at: z.number(),
  host: z.string(),
  kind: z.enum([
    "dns",
    "session",
    "mail",
    "policy",
    "queue",
    "bounce",
    "store",
    "webhook",
    "fault",
    "clock",
    "warning",
  ]),
  tone: z.enum(["neutral", "ok", "wait", "fail"]),
  text: z.string(),
  trace: z.string().optional().describe("/traces/ID opens it."),
  session: z.string().optional().describe("/sessions/ID opens it."),
});
export type ActivityView = z.infer<typeof activityRowSchema>;

export const activityPageSchema = z.object({
  items: z.array(activityRowSchema).describe("Newest first."),
  before: z.number().optional().describe("Ask with this for older rows; absent at the end."),
  upTo: z.number().describe("The latest event: /activity-live goes on after it."),
});
export type ActivityPage = z.infer<typeof activityPageSchema>;
