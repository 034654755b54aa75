/** Digests by message, made when first asked for: a list or a search reads each message once. */
import type { AllMail, CaughtMail } from "../all-mail.ts";
import { type Digest, digestOf } from "./digest.ts";
import type { Found } from "./search.ts";

/** Limit: beyond it the one unused for longest is read again when it is asked for. */
const DIGESTS_MAX = 1_000;

export function createDigests(allMail: AllMail): (mails: readonly CaughtMail[]) => Promise<Found[]> {
  /** By id; the order is that of use. */
  const digests = new Map<string, Digest>();

  async function digest(mail: CaughtMail): Promise<Digest | undefined> {
    let one = digests.get(mail.id);
    if (one === undefined) {
      const bytes = await allMail.content(mail);
      if (bytes === undefined) return undefined;
      one = digestOf(mail, bytes);
    }
    digests.delete(mail.id);
    digests.set(mail.id, one);
    const [oldest] = digests.keys();
    if (digests.size > DIGESTS_MAX && oldest !== undefined) digests.delete(oldest);
    return one;
  }

  return async (mails) => {
    const found: Found[] = [];
    for (const mail of mails) {
      const one = await digest(mail);
      if (one !== undefined) found.push({ mail, digest: one });
    }
    return found;
  };
}
