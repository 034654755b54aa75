/** Another's words in one's own letter: quoted for an answer, whole for a forwarding, plain and as HTML. */
import { escapeHtml } from "./message-view.ts";
import type { AddressView, MessageView } from "./views.ts";

export type Words = { readonly text: string; readonly html: string | null };

type Original = Pick<
  MessageView,
  "from" | "to" | "cc" | "subject" | "sentAt" | "receivedAt" | "text" | "html"
>;

/** One's own words so far, and the signature below them. */
export function signed(text: string, isRich: boolean, signature: string): Words {
  const below = signature === "" ? "" : `\n\n-- \n${signature}`;
  return { text: `${text}${below}`, html: isRich ? `${paragraphs(text)}${signatureHtml(signature)}` : null };
}

export function quoteReply(original: Original, isRich: boolean, signature: string): Words {
  const [author] = original.from;
  const who = author === undefined ? "Somebody" : author.name === "" ? author.address : author.name;
  const line = `On ${dateOf(original)}, ${who} wrote:`;
  const own = signed("", isRich, signature);
  const quoted = original.text
    .trimEnd()
    .replaceAll(/^/gm, "> ")
    .replaceAll(/^> (?=>)/gm, ">");
  const markup = `<p>${escapeHtml(line)}</p><blockquote type="cite">${htmlOf(original)}</blockquote>`;
  return {
    text: `${own.text}\n\n${line}\n${quoted}\n`,
    html: own.html === null ? null : `${own.html}${markup}`,
  };
}

export function quoteForward(original: Original, isRich: boolean, signature: string): Words {
  const facts: [string, string][] = [
    ["From", list(original.from)],
    ["Date", dateOf(original)],
    ["Subject", original.subject],
    ["To", list(original.to)],
    ["Cc", list(original.cc)],
  ];
  const told = facts.filter(([, value]) => value !== "");
  const lines = told.map(([name, value]) => `${name}: ${value}`).join("\n");
  const title = "---------- Forwarded message ----------";
  const own = signed("", isRich, signature);
  const rows = told.map(([name, value]) => `${name}: ${escapeHtml(value)}`).join("<br>");
  return {
    text: `${own.text}\n\n${title}\n${lines}\n\n${original.text}`,
    html: own.html === null ? null : `${own.html}<p>${title}<br>${rows}</p><div>${htmlOf(original)}</div>`,
  };
}

function htmlOf({ html, text }: Original): string {
  return html ?? paragraphs(text.trimEnd());
}

function paragraphs(text: string): string {
  if (text === "") return "<p></p>";
  const one = (paragraph: string): string => `<p>${escapeHtml(paragraph).replaceAll("\n", "<br>")}</p>`;
  return text
    .split(/\n{2,}/)
    .map(one)
    .join("");
}

function signatureHtml(signature: string): string {
  return signature === "" ? "" : `<p>-- <br>${escapeHtml(signature).replaceAll("\n", "<br>")}</p>`;
}

/** In UTC, as a server knows no other: `Thu, 1 Jan 2026 10:00 UTC`. */
function dateOf({ sentAt, receivedAt }: Original): string {
  const text = new Date(sentAt ?? receivedAt).toUTCString();
  return `${text.replace(/ 0(\d )/, " $1").replace(/:\d\d GMT$/, "")} UTC`;
}

function list(addresses: readonly AddressView[]): string {
  return addresses.map(({ name, address }) => (name === "" ? address : `${name} <${address}>`)).join(", ");
}
