/**
 * Which verb is for which state (RFC 9051 §3, §6): the one table, which the door acts upon and the tests go through
 * cell by cell. A verb in the wrong state is answered BAD, with words that say what is missing.
 */
import type { ImapVerb } from "./command.ts";

export type ImapState = "notAuthenticated" | "authenticated" | "selected";

/** Where a verb may be used: `authenticated` ones also with a mailbox selected. */
export type VerbPlace = "any" | "notAuthenticated" | "authenticated" | "selected";

export const VERB_PLACES: Readonly<Record<ImapVerb, VerbPlace>> = {
  capability: "any",
  noop: "any",
  logout: "any",
  id: "any", // RFC 2971

  starttls: "notAuthenticated",
  authenticate: "notAuthenticated",
  login: "notAuthenticated",

  enable: "authenticated",
  select: "authenticated",
  examine: "authenticated",
  create: "authenticated",
  delete: "authenticated",
  rename: "authenticated",
  subscribe: "authenticated",
  unsubscribe: "authenticated",
  list: "authenticated",
  lsub: "authenticated",
  namespace: "authenticated",
  status: "authenticated",
  append: "authenticated",
  idle: "authenticated",
  compress: "authenticated", // RFC 4978
  unauthenticate: "authenticated", // RFC 8437
  notify: "authenticated", // RFC 5465
  esearch: "authenticated", // RFC 7377
  getquota: "authenticated", // RFC 9208
  getquotaroot: "authenticated",
  setquota: "authenticated",
  getacl: "authenticated", // RFC 4314
  setacl: "authenticated",
  deleteacl: "authenticated",
  listrights: "authenticated",
  myrights: "authenticated",
  getmetadata: "authenticated", // RFC 5464
  setmetadata: "authenticated",

  check: "selected", // RFC 3501
  close: "selected",
  unselect: "selected",
  expunge: "selected",
  search: "selected",
  fetch: "selected",
  store: "selected",
  copy: "selected",
  move: "selected",
  sort: "selected", // RFC 5256
  thread: "selected",
  replace: "selected", // RFC 8508
  cancelupdate: "selected", // RFC 5267
  uidbatches: "selected", // RFC 10022
};

/** Why this verb is out of place; undefined when it is not. */
export function misplaced(verb: ImapVerb, state: ImapState): string | undefined {
  const place = VERB_PLACES[verb];
  const word = verb.toUpperCase();
  switch (place) {
    case "any":
      return undefined;
    case "notAuthenticated":
      return state === "notAuthenticated" ? undefined : `${word} is for before the login`;
    case "authenticated":
    case "selected":
      if (state === "notAuthenticated") return `${word} is for after the login`;
      return place === "selected" && state !== "selected" ? `${word} needs a selected mailbox` : undefined;
  }
}
