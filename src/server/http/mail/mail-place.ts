/** Where webmail's requests are answered from: the mailbox of whoever is signed in, and of nobody else. */
import type { World } from "../../../base/world.ts";
import type { AccountMail } from "../../../store/account-mail.ts";
import type { Host } from "../../host/host.ts";
import { ApiError } from "../api-error.ts";
import { routeOf } from "../route.ts";
import { requireSession, type SignInPlace } from "../sign-in.ts";
import { hostOfAccount } from "../web-host.ts";
import { type AccountCount, createAccountCount } from "./account-count.ts";
import { type AccountTurns, createAccountTurns } from "./account-turns.ts";
import { createImageProxy, type ImageProxy } from "./image-proxy.ts";
import { createListings, type Listings } from "./listings.ts";
import { createUploads, type Uploads } from "./uploads.ts";

/** Limit: a person's tabs and devices; more is a loop in some program. Each costs a listener and a socket. */
const STREAMS_MAX = 30;
/** Limit: what a person types while an answer is on its way. */
const SEARCHES_MAX = 8;

/** What all who are signed in share; each part keeps accounts apart by itself. */
export type MailShared = {
  readonly listings: Listings;
  readonly uploads: Uploads;
  readonly images: ImageProxy;
  readonly streams: AccountCount;
  readonly searches: AccountCount;
  readonly turns: AccountTurns;
};

export type MailPlace = {
  /** The account's own spelling. */
  readonly account: string;
  readonly mail: AccountMail;
  readonly host: Host;
  /** The web's own time and chance: a lab's clock may stand still. */
  readonly world: Pick<World, "clock" | "random">;
  readonly shared: MailShared;
  /** The page of a message's journey, by queue id; only where whoever has the page may see all mail (a lab). */
  readonly traceUrl: ((queueId: string) => string) | undefined;
  /** Whether the session still is. */
  readonly isSignedIn: () => boolean;
};

export const mailRoute = routeOf<MailPlace>();

export function createMailShared({ world, fetchImage, scratch }: SignInPlace): MailShared {
  return {
    listings: createListings(),
    uploads: createUploads(world, scratch),
    images: createImageProxy(world, fetchImage),
    streams: createAccountCount(STREAMS_MAX),
    searches: createAccountCount(SEARCHES_MAX),
    turns: createAccountTurns(),
  };
}

/** Throws ApiError 401 when nobody is signed in. */
export function mailPlaceOf(place: SignInPlace, shared: MailShared, request: Request): MailPlace {
  const { account } = requireSession(place, request);
  // Whoever comes next frees what others left behind.
  shared.uploads.sweep();
  const host = hostOfAccount(place.hosts, account);
  const mail = host?.store.mail(account);
  if (host === undefined || mail === undefined) throw new ApiError(401, "sign in first");
  const isSignedIn = (): boolean => {
    try {
      return requireSession(place, request).account === account;
    } catch {
      return false;
    }
  };
  return { account, mail, host, world: place.world, shared, traceUrl: place.traceUrl, isSignedIn };
}
