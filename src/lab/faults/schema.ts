/**
 * A fault as the lab file, the command line and the test kit write it, and how it becomes a value. What cannot work at
 * a place (a subject before there is one, a response code on a link) is refused with the list of what can.
 */
import { z } from "zod";
import { err, ok, type Result } from "../../base/result.ts";
import { expectation } from "../../settings/expectation.ts";
import { duration, size } from "../../settings/units.ts";
import { parseFaultReply } from "./fault-reply-text.ts";
import { parseFaultPlace } from "./fault-place.ts";
import type { FaultAction, FaultEntry, FaultMatch, LabFault } from "./fault.ts";
import { faultMisfits } from "./misfits.ts";
import { hidden, nameOrNames, query, rateLimit, rcode, subject, throttle, wrong } from "./words.ts";

const count = z.int().min(1);

const place = z.string().transform((text, context) => {
  const parsed = parseFaultPlace(text);
  if (parsed.ok) return parsed.value;
  context.addIssue({ code: "custom", message: parsed.error });
  return z.NEVER;
});

const whenSchema = z.strictObject({
  n: z
    .union([count.transform((one) => [one]), z.array(count).min(1)])
    .optional()
    .describe("Which of the events that match, from 1: `2` or `[1, 2]`."),
  every: count.optional().describe("Every so-manieth event that matches."),
  until: duration.optional().describe("Only this long, in lab time, after it was placed."),
  chance: z.number().min(0).max(1).optional().describe("How likely it strikes; follows from the lab's seed."),
  from: nameOrNames.optional().describe("The reverse path: `ann@arch.test`, `*@arch.test`, `<>`."),
  to: nameOrNames.optional().describe("The recipient; at EOD the first one."),
  size: size.optional().describe("Messages of this size or more."),
  subject: subject.optional().describe("Text the subject contains, or `/pattern/i`."),
  query: query.optional().describe("`nemesis.test MX`, `nemesis.test`, `*.nemesis.test A`."),
});

const on = z.literal(true).optional();

const replySchema = z
  .union([z.int(), z.string()], { error: 'a reply such as 451 or "450 4.2.1 busy"' })
  .transform((given, context) => {
    const parsed = parseFaultReply(String(given));
    if (parsed !== undefined) return parsed;
    context.addIssue({
      code: "custom",
      message: `"${given}" is not a reply: write 451 or "450 4.2.1 busy", with a status of the code's own class`,
    });
    return z.NEVER;
  });

const doSchema = z.strictObject({
  reply: replySchema.optional().describe("Said instead of what the server would say."),
  delay: duration.optional(),
  drop: on.describe("Closes the connection (FIN); host.dns: does not answer."),
  reset: on.describe("Tears the connection down (RST)."),
  down: on.describe("Nobody is there: connections are refused."),
  blackhole: on.describe(
    "Silence: nothing is ever answered, on connections that are open already either; those stay silent.",
  ),
  throttle: throttle.optional().describe("Bytes a second: `10KB/s`."),
  slice: size.optional().describe("Bytes leave in pieces of this size."),
  limit: size.optional().describe("The connection is cut after so many bytes, both ways together."),
  hide: hidden.optional().describe("Extensions left out of the answer to EHLO."),
  tls: z
    .enum(["strip", "badcert", "expired"])
    .optional()
    .describe("strip: STARTTLS is hidden and refused. badcert: for other names. expired: out of date."),
  rcode: rcode.optional(),
  truncate: on.describe("The answer over UDP is cut short (TC)."),
  wrong: wrong.optional().describe("Records in place of the answer: `A 10.66.0.99`."),
  ratelimit: rateLimit.optional().describe("Strikes only what comes faster: `10/1m`."),
  for: duration
    .optional()
    .describe("From the first strike it goes on for this long, whatever n, every and chance say."),
});

export const faultShape = z.strictObject({
  id: z.string().min(1).optional().describe("What traces and `fault ls` call it."),
  at: place.describe("`kerio.smtp.RCPT`, `dc.dns`, `presto->edge`, or a host."),
  when: whenSchema.prefault({}).describe("All of these must hold; always when absent."),
  do: doSchema.describe("What happens instead."),
});

export const faultSchema = faultShape
  .superRefine((fault, context) => {
    for (const { path, message } of faultMisfits(fault))
      context.addIssue({ code: "custom", path: [...path], message, input: fault });
  })
  .transform(toLabFault);

/** As read, before it becomes a LabFault. */
export type FaultShape = z.output<typeof faultShape>;
/** As written. */
export type FaultInput = z.input<typeof faultShape>;

/** One fault from any value. Complaints say where, and what may stand there. */
export function parseFault(entry: unknown): Result<LabFault, readonly string[]> {
  const parsed = faultSchema.safeParse(entry);
  if (parsed.success) return ok({ ...parsed.data, entry: entry as FaultEntry });
  const problems = parsed.error.issues.flatMap((issue) => expectation(issue, faultShape));
  return err(
    problems.map(({ path, message }) => (path.length === 0 ? message : `${path.join(".")}: ${message}`)),
  );
}

function toLabFault(shape: FaultShape): LabFault {
  const { id, at, when, do: what } = shape;
  const { until: untilMs, size: sizeBytesMin, ...match } = when;
  const cut = (["drop", "reset", "down", "blackhole"] as const).find((one) => what[one] === true);
  return {
    id,
    at,
    when: { ...match, untilMs, sizeBytesMin } satisfies FaultMatch,
    do: {
      reply: what.reply,
      delayMs: what.delay,
      cut,
      throttleBytesPerSecond: what.throttle,
      sliceBytes: what.slice,
      limitBytes: what.limit,
      hide: what.hide,
      tls: what.tls,
      rcode: what.rcode,
      truncate: what.truncate,
      wrong: what.wrong,
      rateLimit: what.ratelimit,
      forMs: what.for,
    } satisfies FaultAction,
    entry: {},
  };
}
