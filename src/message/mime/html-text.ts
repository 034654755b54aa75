/**
 * The words of an HTML text, for previews, searching and tests. Never for display: this is no sanitiser. One forward
 * scan, no parsing of style; broken HTML gives some text, never an error.
 */

export type HtmlLink = { readonly href: string; readonly text: string };
export type HtmlReading = { readonly text: string; readonly links: readonly HtmlLink[] };

// Limit: links in one message.
export const LINKS_MAX = 1_000;
// Limit: a link's words, for people to recognise it by.
const LINK_TEXT_CHARACTERS_MAX = 500;

/** Elements whose content nobody reads. */
const UNREAD: ReadonlySet<string> = new Set([
  "script",
  "style",
  "title",
  "template",
  "noscript",
  "svg",
  "math",
]);
/** Elements that start and end a line. */
const BLOCKS: ReadonlySet<string> = new Set(
  "address article aside blockquote br center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tbody td tfoot th thead tr ul".split(
    " ",
  ),
);

const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: "\u{a0}",
  copy: "©",
  reg: "®",
  trade: "™",
  euro: "€",
  hellip: "…",
  mdash: "—",
  ndash: "–",
  lsquo: "‘",
  rsquo: "’",
  ldquo: "“",
  rdquo: "”",
  laquo: "«",
  raquo: "»",
  bull: "•",
  middot: "·",
  auml: "ä",
  ouml: "ö",
  uuml: "ü",
  Auml: "Ä",
  Ouml: "Ö",
  Uuml: "Ü",
  szlig: "ß",
  eacute: "é",
  egrave: "è",
  agrave: "à",
  ccedil: "ç",
  zwnj: "",
  zwj: "",
  shy: "",
};

export function readHtml(html: string): HtmlReading {
  const pieces: string[] = [];
  const links: { href: string; from: number }[] = [];
  const done: HtmlLink[] = [];
  const closeLink = (): void => {
    const link = links.pop();
    if (link === undefined || done.length >= LINKS_MAX) return;
    const words = tidy(pieces.slice(link.from).join("")).replaceAll(/\s+/g, " ");
    done.push({ href: link.href, text: words.slice(0, LINK_TEXT_CHARACTERS_MAX) });
  };
  for (let at = 0; at < html.length;) {
    const open = html.indexOf("<", at);
    pieces.push(
      decodeEntities(html.slice(at, open < 0 ? html.length : open)).replaceAll(/[\s\u{a0}]+/gu, " "),
    );
    if (open < 0) break;
    const tag = readTag(html, open);
    at = tag.end;
    if (tag.name === "") {
      if (tag.end === open + 1) pieces.push("<");
      continue;
    }
    if (BLOCKS.has(tag.name)) pieces.push("\n");
    if (tag.name === "a") {
      closeLink();
      const href = tag.closes ? undefined : attribute(tag.body, "href");
      if (href !== undefined && href !== "") links.push({ href, from: pieces.length });
    }
    if (!tag.closes && UNREAD.has(tag.name)) at = endOfElement(html, at, tag.name);
  }
  closeLink();
  return { text: tidy(pieces.join("")), links: done };
}

export function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replaceAll(
    /&(?:#(\d{1,7})|#[xX]([0-9A-Fa-f]{1,6})|([A-Za-z]{2,8}));?/g,
    (whole, decimal, hex, name) => {
      if (name !== undefined) return ENTITIES[name as string] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex as string, 16) : Number(decimal);
      return code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)
        ? "\u{fffd}"
        : String.fromCodePoint(code);
    },
  );
}

type Tag = { readonly name: string; readonly closes: boolean; readonly body: string; readonly end: number };

/** Reads from `<` to after its `>`; a comment or declaration has no name, and neither has a `<` that is text. */
function readTag(html: string, open: number): Tag {
  const none = (end: number): Tag => ({ name: "", closes: false, body: "", end });
  if (html.startsWith("<!--", open)) {
    const close = html.indexOf("-->", open + 4);
    return none(close < 0 ? html.length : close + 3);
  }
  const closes = html.charAt(open + 1) === "/";
  const start = open + (closes ? 2 : 1);
  if (!/[A-Za-z!?]/.test(html.charAt(start))) return none(open + 1);
  let quote = "";
  let end = start;
  for (; end < html.length; end++) {
    const character = html.charAt(end);
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if ((character === '"' || character === "'") && html.charAt(end - 1) === "=") quote = character;
    else if (character === ">") break;
  }
  const body = html.slice(start, end);
  const name = /^[A-Za-z][A-Za-z0-9]{0,20}/.exec(body)?.[0].toLowerCase() ?? "";
  return { name, closes, body: body.slice(name.length), end: Math.min(end + 1, html.length) };
}

/** The value of an attribute, however it is quoted. */
function attribute(body: string, name: string): string | undefined {
  const pattern = /([^\s=/"'>]{1,60})(?:\s{0,20}=\s{0,20}(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g;
  for (const found of body.slice(0, 10_000).matchAll(pattern)) {
    if (found[1]?.toLowerCase() === name)
      return decodeEntities(found[2] ?? found[3] ?? found[4] ?? "").trim();
  }
  return undefined;
}

function endOfElement(html: string, from: number, name: string): number {
  const close = new RegExp(`</${name}[\\s>/]`, "gi");
  close.lastIndex = from;
  return close.exec(html)?.index ?? html.length;
}

/** No blanks at line ends, no more than one empty line. */
function tidy(text: string): string {
  const lines = text.split("\n").map((line) => line.replaceAll(/ {2,}/g, " ").trim());
  return lines
    .join("\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim();
}
