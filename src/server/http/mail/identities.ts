/** As whom somebody may write: their account, and the aliases that lead to it. Nobody writes as anybody else. */
import type { AccountMail } from "../../../store/account-mail.ts";
import type { Host } from "../../host/host.ts";
import { ApiError } from "../api-error.ts";
import { readSettings } from "./mail-settings.ts";
import type { IdentityView } from "./views.ts";

/** Limit: aliases of aliases, as reception follows them. */
const ALIAS_DEPTH_MAX = 8;
/** Limit: a domain's names for one person. */
const IDENTITIES_MAX = 100;

type Person = { readonly mail: AccountMail; readonly host: Host };

/** The account first, then its aliases in the settings' order. */
export function ownAddresses({ mail, host }: Person): string[] {
  const { aliases } = host.settings;
  const account = mail.name.toLowerCase();
  const leadsHere = (name: string, depth: number): boolean =>
    name === account ||
    (depth < ALIAS_DEPTH_MAX &&
      (aliases[name]?.some((to) => leadsHere(to.toLowerCase(), depth + 1)) ?? false));
  const names = Object.keys(aliases).filter((name) => name.includes("@") && leadsHere(name.toLowerCase(), 0));
  return [mail.name, ...names.filter((name) => name.toLowerCase() !== account)].slice(0, IDENTITIES_MAX);
}

export function isOwn(person: Person, address: string): boolean {
  return ownAddresses(person).some((one) => one.toLowerCase() === address.toLowerCase());
}

export function identityViews(person: Person): IdentityView[] {
  const { identities, defaultIdentity } = readSettings(person.mail);
  const addresses = ownAddresses(person);
  const preferred = addresses.find((one) => one.toLowerCase() === defaultIdentity) ?? addresses[0];
  return addresses.map((address) => {
    const id = address.toLowerCase();
    const known = identities.find((one) => one.id === id);
    const named = { name: known?.name ?? "", signature: known?.signature ?? "" };
    return { id, address, ...named, isDefault: address === preferred };
  });
}

/** Throws ApiError 403 for an identity that is not the person's. */
export function identityOf(person: Person, id: string): IdentityView {
  const found = identityViews(person).find((one) => one.id === id.toLowerCase());
  if (found === undefined)
    throw new ApiError(403, `you cannot write as ${id}`, [
      { path: "identity", message: "is not one of your identities" },
    ]);
  return found;
}

export function defaultIdentity(person: Person): IdentityView {
  const views = identityViews(person);
  return views.find(({ isDefault }) => isDefault) ?? (views[0] as IdentityView);
}
