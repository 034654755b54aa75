/** The faults of the lab: which stand where, what can be placed, placing and removing them. */
import { z } from "zod";
import { ApiError } from "../../server/http/api-error.ts";
import { describeAction } from "../faults/describe.ts";
import { parseFault } from "../faults/schema.ts";
import { unknownHosts } from "../faults/fault-box.ts";
import { faultText } from "../faults/fault-text.ts";
import type { Lab } from "../lab.ts";
import { faultForm, faultFormSchema } from "./fault-form.ts";
import { labRoute } from "./lab-place.ts";

/** The fault box checks what is in `when` and `do`, and says what may stand there. */
const entrySchema = z.strictObject({
  id: z.string().optional().describe("What traces and the list call it."),
  at: z.string().describe("`kerio.smtp.RCPT`, `dc.dns`, `presto->edge`, or a host."),
  when: z.record(z.string(), z.unknown()).optional().describe("All of it must hold; always when absent."),
  do: z.record(z.string(), z.unknown()).describe("What happens instead."),
});

export const faultViewSchema = z
  .object({
    id: z.string(),
    entry: z.record(z.string(), z.unknown()).describe("As it was written."),
    at: z.string().describe("kerio.smtp.RCPT"),
    action: z.string().describe("reply 450 4.2.1 busy"),
    origin: z.enum(["file", "added"]).describe("Of the lab file, or added since the start."),
    seenCount: z.number().describe("Events at its place that it was meant for."),
    firedCount: z.number().describe("Those it struck."),
    isOver: z.boolean().describe("Its time has passed."),
    placedAt: z.number().describe("Lab time."),
    endsAt: z.number().optional().describe("Lab time; absent while it is not known, or when it has no end."),
    takesDown: z.string().optional().describe("The host it takes off the network."),
    text: z.string().describe("The line that the lab file would have."),
  })
  .meta({ id: "Fault", description: "A fault that is placed." });
export type FaultView = z.infer<typeof faultViewSchema>;

export const faultRoutes = [
  labRoute(
    {
      method: "get",
      path: "/faults",
      summary: "The faults that are placed: where from, how often met, how often they struck.",
      answer: z.array(faultViewSchema),
    },
    ({ lab }) => faultViews(lab),
  ),
  labRoute(
    {
      method: "get",
      path: "/faults/form",
      summary: "What a fault can be: its places, and what can be asked and done at each, with a JSON Schema.",
      answer: faultFormSchema,
    },
    ({ lab }) => faultForm(lab.plan),
  ),
  labRoute(
    {
      method: "post",
      path: "/faults/check",
      summary: "Says what a fault would do and how the lab file would say it, without placing it.",
      body: entrySchema,
      answer: z.object({ text: z.string(), at: z.string(), action: z.string() }),
      example: { path: "/faults/check", body: { at: "dc.dns", do: { rcode: "SERVFAIL", for: "10m" } } },
    },
    ({ lab }, { body }) => checkFault(lab, body),
  ),
  labRoute(
    {
      method: "post",
      path: "/faults",
      summary: "Places a fault, written as in the lab file.",
      notes:
        "The id of a fault that is there replaces it. `GET /faults/form` has what `do` and `when` take where; docs/lab.md says what each does.",
      body: entrySchema,
      answer: z.object({ id: z.string() }),
      example: { path: "/faults", body: { at: "kerio.smtp.RCPT", do: { reply: "450 4.2.1 busy" } } },
    },
    ({ lab }, { body }) => {
      checkFault(lab, body);
      return { id: lab.fault.add(body) };
    },
  ),
  labRoute(
    {
      method: "delete",
      path: "/faults",
      summary: "Removes all faults.",
      answer: z.object({ cleared: z.literal(true) }),
    },
    ({ lab }) => {
      lab.fault.clear();
      return { cleared: true };
    },
  ),
  labRoute(
    {
      method: "delete",
      path: "/faults/:id",
      summary: "Removes one fault.",
      params: z.strictObject({ id: z.string() }),
      answer: z.object({ removed: z.string() }),
    },
    ({ lab }, { params: { id } }) => {
      if (!lab.fault.remove(id))
        throw new ApiError(404, `there is no fault "${id}": "lab fault ls" lists them`);
      return { removed: id };
    },
  ),
];

export function faultViews(lab: Lab): FaultView[] {
  return lab.fault.list().map((placed) => ({ ...placed, text: faultText(placed.id, placed.entry) }));
}

function checkFault({ plan }: Lab, body: z.output<typeof entrySchema>) {
  const parsed = parseFault(body);
  const hosts = [...plan.hosts.map(({ name }) => name), "you"];
  const complaints = parsed.ok ? unknownHosts(parsed.value, hosts) : parsed.error;
  if (complaints.length > 0) throw new ApiError(400, complaints.join("\n"), complaints.map(toProblem));
  return {
    text: faultText(body.id, body),
    at: body.at,
    action: parsed.ok ? describeAction(parsed.value.do) : "",
  };
}

/** `do.reply: "650" is not a reply`: which part, and what about it. */
function toProblem(complaint: string) {
  const [, path = "", message = complaint] = /^([a-z]+(?:\.[a-z0-9]+)*): (.*)$/is.exec(complaint) ?? [];
  return { path, message };
}
