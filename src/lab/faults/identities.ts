/** Certificates as faults want them: for other names, or out of date. Each is made once and kept with the good one. */
import type { Clock } from "../../base/clock.ts";
import type { Random } from "../../base/random.ts";
import type { TlsIdentity } from "../../base/tls.ts";
import { type Authority, issueExpired, issueIdentity } from "../../engine/tls/authority.ts";

const OTHER_NAMES = ["somebody-else.invalid"];

export type BadIdentities = (trouble: "badcert" | "expired", good: TlsIdentity) => TlsIdentity;

export function createBadIdentities(
  authority: Authority,
  { clock, random }: { clock: Pick<Clock, "now">; random: Random },
): BadIdentities {
  const made = { badcert: new WeakMap<TlsIdentity, TlsIdentity>(), expired: new WeakMap() };
  return (trouble, good) => {
    const kept = made[trouble].get(good);
    if (kept !== undefined) return kept;
    const now = clock.now();
    const fresh =
      trouble === "badcert"
        ? issueIdentity(authority, { names: OTHER_NAMES, random, now })
        : issueExpired(authority, { names: good.names, random, now });
    made[trouble].set(good, fresh);
    return fresh;
  };
}
