/** Where webmail's requests are answered from: the mailbox of whoever is signed in, and of nobody else. */
import type { AccountMail } from "../../../store/account-mail.ts";
import type { Host } from "../../host/host.ts";
import { ApiError } from "../api-error.ts";
import { routeOf } from "../route.ts";
import { requireSession, type SignInPlace } from "../sign-in.ts";
import { hostOfAccount } from "../web-host.ts";

export type MailPlace = {
  /** The account's own spelling. */
  readonly account: string;
  readonly mail: AccountMail;
  readonly host: Host;
};

export const mailRoute = routeOf<MailPlace>();

export function mailPlaceOf(place: SignInPlace, request: Request): MailPlace {
  const { account } = requireSession(place, request);
  const host = hostOfAccount(place.hosts, account);
  const mail = host?.store.mail(account);
  if (host === undefined || mail === undefined) throw new ApiError(401, "sign in first");
  return { account, mail, host };
}
