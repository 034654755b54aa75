/** Who somebody is, whom they know, and how they like it. */
import { z } from "zod";
import { findContacts, forgetContact } from "./contacts.ts";
import { identityViews } from "./identities.ts";
import { mailRoute } from "./mail-place.ts";
import { changeSettings, readSettings } from "./mail-settings.ts";
import { contactSchema, identitySchema, mailSettingsChangeSchema, mailSettingsSchema } from "./views.ts";

export const personRoutes = [
  mailRoute(
    {
      method: "get",
      path: "/identities",
      summary: "As whom one may write: the account and the aliases that lead to it.",
      answer: z.array(identitySchema),
    },
    (place) => identityViews(place),
  ),
  mailRoute(
    {
      method: "get",
      path: "/contacts",
      summary: "People one has written to, best first.",
      query: z.strictObject({
        q: z.string().max(200).default("").describe("The beginning of a word of the name or address."),
        limit: z.coerce.number().int().min(1).max(100).default(10),
      }),
      answer: z.array(contactSchema),
      example: { path: "/contacts?q=bo" },
    },
    ({ mail, host }, { query: { q, limit } }) => findContacts(mail, q, host.world.clock.now(), limit),
  ),
  mailRoute(
    {
      method: "delete",
      path: "/contacts/:address",
      summary: "Forgets somebody, until one writes to them again.",
      params: z.strictObject({ address: z.string().max(320) }),
      answer: z.object({ removed: z.boolean() }),
    },
    async ({ mail }, { params: { address } }) => ({ removed: await forgetContact(mail, address) }),
  ),
  mailRoute(
    {
      method: "get",
      path: "/settings",
      summary: "How the person likes their mail.",
      answer: mailSettingsSchema,
    },
    ({ mail }) => readSettings(mail),
  ),
  mailRoute(
    {
      method: "patch",
      path: "/settings",
      summary: "Changes what is named; kept with the account.",
      body: mailSettingsChangeSchema,
      answer: mailSettingsSchema,
      example: { path: "/settings", body: { undoSeconds: 20, density: "compact" } },
    },
    ({ mail }, { body }) => changeSettings(mail, body),
  ),
];
