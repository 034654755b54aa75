/** Webmail's API, `/mail/v1`: signing in, and the mailboxes of whoever has. README.md lists the routes, views.ts the shapes. */
import { type MountOptions, mountRoutes } from "../mount-routes.ts";
import type { Api, Route } from "../route.ts";
import { signInRoutes, type SignInPlace } from "../sign-in.ts";
import type { MountedApi } from "../web-app.ts";
import { changeRoutes } from "./change-routes.ts";
import { composeRoutes } from "./compose-routes.ts";
import { imageRoutes } from "./image-routes.ts";
import { listRoutes } from "./list-routes.ts";
import { mailboxRoutes } from "./mailbox-routes.ts";
import { createMailShared, type MailPlace, mailPlaceOf } from "./mail-place.ts";
import { MAIL_PREFIX } from "./mail-prefix.ts";
import { newsRoutes } from "./news-routes.ts";
import { personRoutes } from "./person-routes.ts";
import { readRoutes } from "./read-routes.ts";

export { MAIL_PREFIX };

/** In the order they are tried: a path that is a word comes before one that is any id. */
export const mailRoutes: readonly Route<MailPlace>[] = [
  ...mailboxRoutes,
  ...listRoutes,
  ...newsRoutes,
  ...readRoutes,
  ...changeRoutes,
  ...composeRoutes,
  ...personRoutes,
  ...imageRoutes,
];

/** For the documentation. */
export const MAIL_API: Api = {
  prefix: MAIL_PREFIX,
  title: "Mail of whoever is signed in",
  signedIn: true,
  routes: [...signInRoutes, ...mailRoutes],
};

export function mailApi(place: SignInPlace, options: MountOptions = {}): MountedApi {
  const shared = createMailShared(place);
  return {
    prefix: MAIL_PREFIX,
    add(app) {
      mountRoutes(app, signInRoutes, () => place, options);
      mountRoutes(app, mailRoutes, (context) => mailPlaceOf(place, shared, context.req.raw), options);
    },
  };
}
