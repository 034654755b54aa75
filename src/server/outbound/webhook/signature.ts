/**
 * The signature that tells a webhook's receiver the call is ours and fresh: HMAC-SHA-256 over time and body, in the
 * header `Posthorn-Signature: t=<unix seconds>,v1=<hex>`. docs/webhooks.md shows the receiving side.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { asBuffer } from "../../../base/bytes.ts";

export const SIGNATURE_HEADER = "Posthorn-Signature";

/** Limit: how old a call may be before a receiver should think it replayed. */
export const SIGNATURE_AGE_SECONDS_MAX = 300;

export function signBody(secret: string, unixSeconds: number, body: Uint8Array): string {
  return `t=${unixSeconds},v1=${mac(secret, unixSeconds, body)}`;
}

/** True when the header was made with this secret, over this body, not long ago. */
export function verifySignature(
  secret: string,
  header: string,
  body: Uint8Array,
  nowUnixSeconds: number,
): boolean {
  const match = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header);
  if (match === null) return false;
  const time = Number(match[1]);
  if (Math.abs(nowUnixSeconds - time) > SIGNATURE_AGE_SECONDS_MAX) return false;
  return timingSafeEqual(Buffer.from(mac(secret, time, body)), Buffer.from(match[2] ?? ""));
}

function mac(secret: string, unixSeconds: number, body: Uint8Array): string {
  return createHmac("sha256", secret).update(`${unixSeconds}.`).update(asBuffer(body)).digest("hex");
}
