/** A delivery report (RFC 3464) as a schema; message/dsn/report.ts holds the type. */
import { z } from "zod";

const typedAddressSchema = z.object({ type: z.string(), address: z.string() });

export const dsnSchema = z
  .object({
    reportingMta: z.string(),
    envelopeId: z.string().optional(),
    arrivalAt: z.number().optional(),
    recipients: z.array(
      z.object({
        originalRecipient: typedAddressSchema.optional(),
        finalRecipient: typedAddressSchema,
        action: z.enum(["failed", "delayed", "delivered", "relayed", "expanded"]),
        status: z.string().describe("RFC 3463."),
        remoteMta: z.string().optional().describe("The host that said so."),
        diagnostic: z.string().optional().describe("Its words."),
        lastAttemptAt: z.number().optional(),
        willRetryUntil: z.number().optional(),
      }),
    ),
  })
  .meta({ id: "DeliveryReport", description: "What a delivery report says (RFC 3464)." });
