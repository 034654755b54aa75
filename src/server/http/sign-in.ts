/**
 * Signing in and out at the browser: a password for a session, which is a cookie that no script can read and no other
 * site can send. Wrong passwords count as at every other door. It never says whether an account exists.
 */
import { z } from "zod";
import type { Scratch } from "../../base/files.ts";
import type { HttpFetch } from "../../base/http.ts";
import { makeId } from "../../base/ids.ts";
import type { World } from "../../base/world.ts";
import type { Identified } from "../../mta/reception/reception.ts";
import { ApiError } from "./api-error.ts";
import { routeOf } from "./route.ts";
import type { Session, Sessions } from "./sessions.ts";
import { hostOfAccount, type WebHosts } from "./web-host.ts";

export type SignInPlace = {
  readonly sessions: Sessions;
  readonly hosts: WebHosts;
  readonly world: Pick<World, "clock" | "random">;
  readonly secure: boolean;
  /** The page of a message's journey, by queue id; only where everybody may see all mail: a lab. */
  readonly traceUrl?: ((queueId: string) => string) | undefined;
  /** Gets pictures from elsewhere; without it none are shown. */
  readonly fetchImage?: HttpFetch | undefined;
  /** Where files wait on their way into a letter; in memory without it. */
  readonly scratch?: Scratch | undefined;
};

export const sessionViewSchema = z.object({
  account: z.string(),
  createdAt: z.number(),
});
export type SessionView = z.infer<typeof sessionViewSchema>;

const signInRoute = routeOf<SignInPlace>();
const credentialsSchema = z.strictObject({
  account: z.string().min(1).max(320).describe("The whole address."),
  password: z.string().min(1).max(1_024).describe("Its password, or an app password."),
});

export const signInRoutes = [
  signInRoute(
    {
      method: "post",
      path: "/session",
      summary: "Signs in; the session is a cookie.",
      body: credentialsSchema,
      answer: sessionViewSchema,
      example: { path: "/session", body: { account: "bob@nemesis.test", password: "bob" } },
    },
    async (place, { body: { account, password }, clientAddress }) => {
      const who = await verifySignIn(place, account, password, clientAddress);
      const token = place.sessions.begin(who);
      const view: SessionView = { account: who.account, createdAt: place.world.clock.now() };
      return Response.json(view, { headers: { "set-cookie": cookie(place, token) } });
    },
  ),
  signInRoute(
    { method: "get", path: "/session", summary: "Who is signed in.", answer: sessionViewSchema },
    (place, { request }): SessionView => {
      const { account, createdAt } = requireSession(place, request);
      return { account, createdAt };
    },
  ),
  signInRoute(
    {
      method: "delete",
      path: "/session",
      summary: "Signs out.",
      answer: z.object({ ended: z.literal(true) }),
    },
    (place, { request }) => {
      const token = tokenOf(place, request);
      if (token !== undefined) place.sessions.end(token);
      const gone = `${cookie(place, "")}; Max-Age=0`;
      return Response.json({ ended: true }, { headers: { "set-cookie": gone } });
    },
  ),
];

/** Throws ApiError 401 when nobody is signed in, or the account is gone. */
export function requireSession(
  place: Pick<SignInPlace, "sessions" | "secure" | "hosts">,
  request: Request,
): Session {
  const token = tokenOf(place, request);
  const session = token === undefined ? undefined : place.sessions.find(token);
  if (session === undefined || hostOfAccount(place.hosts, session.account) === undefined)
    throw new ApiError(401, "sign in first");
  return session;
}

/** The account in its own spelling. Throws ApiError 401 or 429. */
export async function verifySignIn(
  { hosts, world }: SignInPlace,
  account: string,
  password: string,
  address: string,
): Promise<Identified> {
  // An unknown account is asked for as well, so that it takes as long.
  const host = hostOfAccount(hosts, account) ?? hosts().find(({ store }) => store.accounts().length > 0);
  if (host === undefined) throw new ApiError(401, "nobody has a mailbox here");
  if (host.misbehaviour.bannedUntil(address) !== undefined)
    throw new ApiError(429, "too many wrong passwords from your address; try again later");
  const client = {
    connection: makeId(world.clock, world.random),
    remote: { address, port: 0 },
    cause: undefined,
    door: "web" as const,
  };
  const who = await host.authenticator.identify(client, account, password);
  if (who === undefined) throw new ApiError(401, "the address or the password is wrong");
  return who;
}

/** `__Host-`: only over TLS, only for this very host (RFC 6265bis §4.1.3). */
function cookieName({ secure }: Pick<SignInPlace, "secure">): string {
  return secure ? "__Host-posthorn" : "posthorn";
}

function cookie(place: Pick<SignInPlace, "secure">, token: string): string {
  const flags = place.secure ? "; Secure" : "";
  return `${cookieName(place)}=${token}; Path=/; HttpOnly; SameSite=Strict${flags}`;
}

function tokenOf(place: Pick<SignInPlace, "secure">, request: Request): string | undefined {
  const name = cookieName(place);
  for (const pair of (request.headers.get("cookie") ?? "").split(";")) {
    const at = pair.indexOf("=");
    if (pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
