/** The lab's clock: what it says, what is due next, and moving it. */
import { z } from "zod";
import { isFault } from "../../base/fault.ts";
import { ApiError } from "../../server/http/api-error.ts";
import { LabError, type Lab } from "../lab.ts";
import { nextDue } from "../runtime/next-due.ts";
import { labRoute } from "./lab-place.ts";
import { infoView, infoViewSchema } from "./views.ts";

const moveSchema = z.strictObject({
  action: z
    .enum(["now", "advance", "next", "due", "pause", "resume", "speed"])
    .describe("next: to the next timer of any kind. due: to what GET /clock calls next."),
  by: z.string().optional().describe("For advance: 4h, 5d."),
  factor: z.number().positive().max(100_000).optional().describe("For speed: 60 is a minute a second."),
});

export const clockViewSchema = z.object({
  now: z.number().describe("Lab time, milliseconds since 1970 UTC."),
  paused: z.boolean().describe("A simulated lab's clock stands still until it is moved."),
  speed: z.number().describe("1 is real speed."),
  mode: z.string().describe("loopback or simulated."),
  next: z
    .object({
      at: z.number(),
      what: z.string().describe("attempt 3 to bob@nemesis.test"),
      host: z.string().optional(),
      queueId: z.string().optional().describe("The message it is about."),
    })
    .optional()
    .describe("The next attempt, notice, return or end of a fault; absent when nothing waits."),
});
export type ClockView = z.infer<typeof clockViewSchema>;

export const clockRoutes = [
  labRoute(
    {
      method: "get",
      path: "/clock",
      summary: "The lab's time, its pace, and what is due next.",
      answer: clockViewSchema,
    },
    ({ lab }) => clockView(lab),
  ),
  labRoute(
    {
      method: "post",
      path: "/clock",
      summary: "Moves, stops or speeds up the lab's clock; everything due on the way happens.",
      body: moveSchema,
      answer: infoViewSchema,
      example: { path: "/clock", body: { action: "advance", by: "4h" } },
    },
    async ({ lab }, { body }) => {
      try {
        await moveClock(lab, body);
      } catch (error) {
        // A clock that is real cannot be moved.
        if (isFault(error, "permission")) throw new ApiError(409, error.message);
        throw error;
      }
      return infoView(lab);
    },
  ),
];

function clockView(lab: Lab): ClockView {
  const { clock, mode } = lab;
  return { now: clock.now(), paused: clock.paused, speed: clock.speed, mode, next: nextDue(lab) };
}

async function moveClock(
  lab: Lab,
  { action, by = "", factor = 1 }: z.output<typeof moveSchema>,
): Promise<void> {
  const { clock } = lab;
  if (action === "now") return;
  if (action === "advance") await clock.advance(by);
  else if (action === "next") await clock.next();
  else if (action === "due") await moveToDue(lab);
  else if (action === "pause") clock.pause();
  else if (action === "resume") clock.resume();
  else clock.setSpeed(factor);
  // For those who watch: pages that show times look at the clock again.
  lab.journal.recorder("lab").record({ kind: "clock", action, to: clock.now() }, undefined);
}

async function moveToDue(lab: Lab): Promise<void> {
  const next = nextDue(lab);
  if (next === undefined) throw new LabError("nothing is due: no queue holds mail, and no fault will end");
  await lab.clock.advance(Math.max(0, next.at - lab.clock.now()));
}
