/** The pages of Mail, one line each (lib/pages.ts says what a line holds). Their order is that of the navigation. */
import type { Page, PlaceRoutes } from "$lib/pages.ts";
import { enterMail, mail } from "./mail-state.svelte.ts";

/** One view for every list and what is read beside it: it stays while one moves among them. */
const mailbox: Page["load"] = () => import("./mailbox/mailbox.svelte");
const allMail: Page["load"] = () => import("./all/all-mail.svelte");

const pages: readonly Page[] = [
  { path: "/mail", title: "Mailboxes", shown: "nav", fill: true, load: mailbox },
  { path: "/mail/search", title: "Search", shown: "link", under: "/mail", fill: true, load: mailbox },
  { path: "/mail/search/:id", title: "Search", shown: "link", under: "/mail", fill: true, load: mailbox },
  {
    path: "/mail/compose",
    title: "New message",
    shown: "palette",
    under: "/mail",
    fill: true,
    load: mailbox,
  },
  { path: "/mail/:mailbox", title: "Mail", shown: "link", under: "/mail", fill: true, load: mailbox },
  { path: "/mail/:mailbox/:id", title: "Mail", shown: "link", under: "/mail", fill: true, load: mailbox },
  {
    path: "/mail/contacts",
    title: "Contacts",
    shown: "nav",
    load: () => import("./contacts/contacts.svelte"),
  },
  {
    path: "/mail/settings",
    title: "Settings",
    shown: "nav",
    load: () => import("./settings/settings.svelte"),
  },
];

/** Only where everybody may see all mail. */
const labPages: readonly Page[] = [
  { path: "/mail/all", title: "All mail", shown: "nav", fill: true, load: allMail },
  { path: "/mail/all/:id", title: "All mail", shown: "link", under: "/mail/all", fill: true, load: allMail },
];

export const routes: PlaceRoutes = {
  get pages() {
    return mail.lab === undefined ? pages : [...pages.slice(0, -2), ...labPages, ...pages.slice(-2)];
  },
  enter: enterMail,
};
