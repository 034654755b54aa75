/** Webmail's API, `/mail/v1`: signing in, and the mailboxes of whoever has. */
import { z } from "zod";
import { type MountOptions, mountRoutes } from "../mount-routes.ts";
import type { Api, Route } from "../route.ts";
import { signInRoutes, type SignInPlace } from "../sign-in.ts";
import type { MountedApi } from "../web-app.ts";
import { type MailPlace, mailPlaceOf, mailRoute } from "./mail-place.ts";

export const MAIL_PREFIX = "/mail/v1";

const mailboxSchema = z.object({
  id: z.number(),
  name: z.string(),
  role: z.string().optional(),
  messages: z.number(),
  unseen: z.number(),
});

const mailboxRoutes = [
  mailRoute(
    {
      method: "get",
      path: "/mailboxes",
      summary: "All mailboxes, INBOX first.",
      answer: z.array(mailboxSchema),
    },
    ({ mail }) =>
      mail.mailboxes().map(({ id, name, role, messages, unseen }) => ({ id, name, role, messages, unseen })),
  ),
];

export const mailRoutes: readonly Route<MailPlace>[] = [...mailboxRoutes];

/** For the documentation. */
export const MAIL_API: Api = {
  prefix: MAIL_PREFIX,
  title: "Mail of whoever is signed in",
  signedIn: true,
  routes: [...signInRoutes, ...mailRoutes],
};

export function mailApi(place: SignInPlace, options: MountOptions = {}): MountedApi {
  return {
    prefix: MAIL_PREFIX,
    add(app) {
      mountRoutes(app, signInRoutes, () => place, options);
      mountRoutes(app, mailRoutes, (context) => mailPlaceOf(place, context.req.raw), options);
    },
  };
}
