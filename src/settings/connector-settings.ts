/**
 * A connector: which mail (by recipient, sender, client) goes which way. Exactly one way each, but that a webhook may
 * have a drop folder beside it; the first match wins.
 */
import { z } from "zod";
import { endpoint } from "./units.ts";

const WAYS = ["via", "drop", "webhook", "reject"] as const;

export const connectorSchema = z
  .strictObject({
    to: z
      .string()
      .default("*")
      .describe("Recipients: `*`, `nemesis.test`, `*.arch.test`, `parser@*`, `bob@nemesis.test`."),
    from: z.string().default("*").describe("Reverse paths, written the same way; `<>` is the null one."),
    host: z.string().optional().describe("Clients: an address or network, such as 10.66.0.0/24."),
    via: z
      .union([z.enum(["mx", "local"]), endpoint(25)])
      .optional()
      .describe("mx: by DNS. local: into the mailbox. Else a smarthost with an optional port."),
    drop: z.string().optional().describe("A folder: one .eml a message."),
    webhook: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe("A URL that gets the message as JSON; with `drop`, after it was written into the folder."),
    reject: z.string().optional().describe("The text mail is returned with."),
    secret: z.string().min(1).optional().describe("Signs webhook calls (HMAC-SHA-256)."),
    user: z.string().optional().describe("Authenticate to the smarthost as this user."),
    password: z.string().optional(),
    tls: z
      .enum(["never", "may", "must", "verify", "implicit"])
      .optional()
      .describe("TLS to the smarthost; implicit is port 465."),
    protocol: z.enum(["smtp", "lmtp"]).default("smtp").describe("What the smarthost speaks."),
  })
  .superRefine((connector, context) => {
    const given = WAYS.filter((way) => connector[way] !== undefined);
    if (given.length === 1 || given.join() === "drop,webhook") return;
    context.addIssue({
      code: "custom",
      message: `a connector takes exactly one of ${WAYS.join(", ")} (or drop with webhook); this one has ${given.length === 0 ? "none" : given.join(" and ")}`,
    });
  });

export type Connector = z.infer<typeof connectorSchema>;
