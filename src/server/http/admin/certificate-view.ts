/** The certificate that a host shows in TLS, for people: for which names, by whom, and for how long yet. Never its key. */
import { z } from "zod";
import type { Host } from "../../host/host.ts";

export const certificateSchema = z.object({
  names: z.array(z.string()).describe("DNS names and addresses it is valid for."),
  issuer: z.string(),
  notBefore: z.number().describe("ms since 1970 UTC."),
  notAfter: z.number(),
  daysLeft: z.number().int().describe("Whole days by the host's clock; negative when it is no longer valid."),
});
export type CertificateView = z.infer<typeof certificateSchema>;

const DAY_MS = 86_400_000;
/** Whoever renews by hand needs a working week and a week-end of grace. */
export const RENEW_WITHIN_DAYS = 14;

export function certificateOf({ certificate, world }: Host): CertificateView | undefined {
  if (certificate === undefined) return undefined;
  const { names, issuer, notBefore, notAfter } = certificate;
  const daysLeft = Math.floor((notAfter - world.clock.now()) / DAY_MS);
  return { names: [...names], issuer, notBefore, notAfter, daysLeft };
}
