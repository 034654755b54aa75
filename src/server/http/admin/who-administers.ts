/**
 * Who may administer a real server: those whom "administrators" names, by the session of the browser or, for programs,
 * by the password in the Authorization header (RFC 7617); never by an app password, which is for mail and may lie on any
 * device. Wrong passwords count as at every other door. We never ask a browser for that header, so that no page elsewhere
 * could use what it remembers.
 */
import type { Host } from "../../host/host.ts";
import { ApiError } from "../api-error.ts";
import { requireSession, type SignInPlace, verifySignIn } from "../sign-in.ts";

export function administratorsOf(
  host: Host,
  place: SignInPlace,
): (request: Request, clientAddress: string) => Promise<string> {
  return async (request, clientAddress) => {
    const given = credentialsOf(request);
    const { account, by } =
      given === undefined
        ? requireSession(place, request)
        : await verifySignIn(place, given.user, given.password, clientAddress);
    const named = host.settings.administrators.some((one) => one.toLowerCase() === account.toLowerCase());
    if (named && by === "password") return account;
    if (named)
      throw new ApiError(
        403,
        `an app password of ${account} opens its mail and nothing else: administration asks for the account's own password`,
      );
    throw new ApiError(
      403,
      `${account} is no administrator of this server: "administrators" in its settings names those who are`,
    );
  };
}

function credentialsOf(request: Request): { user: string; password: string } | undefined {
  const basic = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
  if (basic === undefined) return undefined;
  const text = Buffer.from(basic, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}
