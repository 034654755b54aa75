/**
 * Mailpit's search language: words and "phrases", `from:`, `to:`, `subject:`, `is:read`, `has:attachment`, `before:`…,
 * all of which must hold; `-` or `!` in front of one turns it round. What is no filter is looked for in the text.
 */
import type { CaughtMail } from "../all-mail.ts";
import type { Digest, MailpitAddress } from "./digest.ts";

export type Found = { readonly mail: CaughtMail; readonly digest: Digest };
type Test = (found: Found) => boolean;

/** Limit: a query a person would write. */
const QUERY_MAX = 2_000;

export function parseSearch(query: string): Test {
  const tests = termsOf(query.slice(0, QUERY_MAX)).flatMap((term) => {
    const isNot = /^[-!]./.test(term);
    const test = testOf(isNot ? term.slice(1) : term);
    if (test === undefined) return [];
    return [isNot ? (found: Found): boolean => !test(found) : test];
  });
  return (found) => tests.every((test) => test(found));
}

/** Blanks part terms; quotes hold words together and go away: `subject:"two words"`. */
function termsOf(query: string): string[] {
  return [...query.matchAll(/(?:[^\s"]|"[^"]*"?)+/g)].map(([term]) => term.replaceAll('"', ""));
}

/** Undefined: says nothing, as a term without a letter or digit does. */
function testOf(term: string): Test | undefined {
  if (!/[\p{L}\p{N}]/u.test(term)) return undefined;
  const at = term.indexOf(":");
  const name = term.slice(0, at).toLowerCase();
  const value = term.slice(at + 1).trim();
  const filter = at > 0 ? filterOf(name, value) : undefined;
  if (filter !== undefined) return filter;
  const words = term.toLowerCase();
  return ({ digest }) => digest.searchText.includes(words);
}

function filterOf(name: string, value: string): Test | undefined {
  const wanted = value.toLowerCase();
  const holds = (text: string): boolean => text.toLowerCase().includes(wanted);
  const names = (list: readonly MailpitAddress[]): boolean =>
    list.some(({ Name, Address }) => holds(Name) || holds(Address));
  switch (name) {
    case "from":
      return ({ digest: { from } }) => from !== null && names([from]);
    case "to":
      return ({ digest }) => names(digest.to);
    case "cc":
      return ({ digest }) => names(digest.cc);
    case "bcc":
      return ({ digest }) => names(digest.bcc);
    case "reply-to":
      return ({ digest }) => names(digest.replyTo);
    case "addressed":
      return ({ digest: { from, to, cc, bcc, replyTo } }) =>
        names([...(from === null ? [] : [from]), ...to, ...cc, ...bcc, ...replyTo]);
    case "subject":
      return ({ digest }) => holds(digest.subject);
    case "message-id":
      return ({ digest }) => holds(digest.messageId);
    case "tag":
      return ({ digest }) => digest.tags.some((tag) => tag.toLowerCase() === wanted);
    case "is":
      return stateOf(wanted);
    case "has":
      return contentOf(wanted);
    case "before":
    case "after":
      return timeOf(name, value);
    case "larger":
    case "smaller":
      return sizeOf(name, wanted);
    default:
      return undefined;
  }
}

function stateOf(word: string): Test | undefined {
  if (word === "read") return ({ mail }) => mail.isRead;
  if (word === "unread") return ({ mail }) => !mail.isRead;
  if (word === "tagged") return ({ digest }) => digest.tags.length > 0;
  return undefined;
}

function contentOf(word: string): Test | undefined {
  if (/^attachments?$/.test(word)) return ({ digest }) => digest.attachments > 0;
  if (/^inlines?$/.test(word)) return ({ digest }) => digest.inline > 0;
  return undefined;
}

/** A date that is none holds for everything, as there. */
function timeOf(name: "before" | "after", value: string): Test | undefined {
  const time = Date.parse(value);
  if (Number.isNaN(time)) return () => true;
  return ({ mail }) => (name === "before" ? mail.receivedAt <= time : mail.receivedAt >= time);
}

const UNITS: Readonly<Record<string, number>> = { "": 1, k: 1024, kb: 1024, m: 1024 ** 2, mb: 1024 ** 2 };

function sizeOf(name: "larger" | "smaller", value: string): Test | undefined {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)\s?([kmb]{0,2})$/.exec(value) ?? [];
  const bytes = Number(number) * (UNITS[unit] ?? 0);
  if (!(bytes > 0)) return undefined;
  return ({ mail }) => (name === "larger" ? mail.sizeBytes > bytes : mail.sizeBytes < bytes);
}
