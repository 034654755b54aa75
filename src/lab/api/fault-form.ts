/** What a form that places faults needs to know: the places of a lab, and what fits at each. Pure. */
import { z } from "zod";
import type { LabPlan } from "../file/plan.ts";
import { type FaultPlace, SMTP_POINTS } from "../faults/fault-place.ts";
import { actionsAt, ANSWERS, ENDS, matchersAt } from "../faults/misfits.ts";
import { faultShape } from "../faults/schema.ts";

const fitting = {
  matchers: z.array(z.string()).describe("Keys that `when` may have here."),
  actions: z.array(z.string()).describe("Keys that `do` may have here."),
  rivals: z.array(z.string()).describe("Of these actions one alone."),
};

export const faultFormSchema = z.object({
  places: z.object({
    smtp: z.object({
      hosts: z.array(z.string()),
      points: z.array(z.object({ point: z.string(), about: z.string(), ...fitting })),
    }),
    dns: z.object({ hosts: z.array(z.string()), ...fitting }),
    link: z.object({ ends: z.array(z.string()), ...fitting }),
    host: z.object({ hosts: z.array(z.string()), ...fitting }),
  }),
  schema: z.record(z.string(), z.unknown()).describe("A fault as JSON Schema, as in the lab file's own."),
});
export type FaultForm = z.infer<typeof faultFormSchema>;

/** What the server is about to do at each point. */
const ABOUT: Readonly<Record<(typeof SMTP_POINTS)[number], string>> = {
  CONNECT: "when somebody connects, before the greeting",
  EHLO: "when the client says who it is",
  STARTTLS: "when the client asks for TLS",
  AUTH: "when the client logs in",
  MAIL: "when the client names the sender",
  RCPT: "for each recipient",
  DATA: "before the message is sent",
  EOD: "when the message has been sent",
  QUIT: "when the client says goodbye",
};

export function faultForm({ hosts }: Pick<LabPlan, "hosts">): FaultForm {
  const names = hosts.map(({ name }) => name);
  const ours = hosts.filter(({ outside }) => outside === undefined);
  const named = (role: (one: string) => boolean): string[] =>
    ours.filter((host) => role(host.role)).map(({ name }) => name);
  return {
    places: {
      smtp: {
        hosts: named((role) => role !== "dns" && role !== "submit"),
        points: SMTP_POINTS.map((point) => {
          return { point, about: ABOUT[point], ...fitsAt({ kind: "smtp", host: "", point }) };
        }),
      },
      dns: { hosts: named((role) => role === "dns"), ...fitsAt({ kind: "dns", host: "" }) },
      link: { ends: [...names, "you", "*"], ...fitsAt({ kind: "link", from: "", to: "" }) },
      host: { hosts: names, ...fitsAt({ kind: "host", host: "" }) },
    },
    schema: z.toJSONSchema(faultShape, { io: "input", unrepresentable: "any", reused: "inline" }),
  };
}

function fitsAt(place: FaultPlace) {
  return {
    matchers: [...matchersAt(place)],
    actions: [...actionsAt(place)],
    rivals: [...(place.kind === "dns" ? ANSWERS : ENDS)],
  };
}
