/** What routing decided, as the API tells it: without the password a smarthost is given. */
import { z } from "zod";
import { reasonSchema } from "./event-schemas.ts";

const nextHop = z.object({
  host: z.string(),
  preference: z.number().optional(),
  addresses: z.array(z.string()),
  port: z.number(),
});

export const routeSchema = z
  .object({
    recipient: z.string(),
    target: z.discriminatedUnion("kind", [
      z.object({
        kind: z.literal("smtp"),
        key: z.string().describe("Messages of one key share connections: `mx:nemesis.test`."),
        hops: z.array(nextHop).describe("Best first."),
        tls: z.enum(["never", "may", "must", "verify"]),
        implicitTls: z.boolean().optional(),
        protocol: z.enum(["smtp", "lmtp"]),
      }),
      z.object({ kind: z.literal("local"), account: z.string(), mailbox: z.string().optional() }),
      z.object({ kind: z.literal("drop"), folder: z.string() }),
      z.object({
        kind: z.literal("webhook"),
        url: z.string(),
        folder: z.string().optional().describe("A drop folder it is written into first."),
      }),
      z.object({ kind: z.literal("fail"), status: z.string(), text: z.string() }),
      z.object({ kind: z.literal("defer"), status: z.string(), text: z.string() }),
    ]),
    steps: z.array(z.string()).describe("The questions asked and the answers got, in order."),
    reason: reasonSchema,
  })
  .meta({ id: "Route", description: "Where mail for a recipient goes next, and why." });
