/**
 * CSS that came with a mail, made harmless: nothing is fetched (url, @import, fonts), nothing is laid over our page or
 * measured for somebody else. Escapes are undone first, so that a name cannot hide. Pure; the frame's policy stands behind it.
 */

/** Limit: longer style sheets than this are not mail. */
export const CSS_CHARACTERS_MAX = 200_000;

/** Functions that only reckon, paint or select, and words that stand before brackets; what any other names is left out. */
const FUNCTIONS_KEPT: ReadonlySet<string> = new Set(
  (
    "rgb rgba hsl hsla hwb lab lch oklab oklch color-mix light-dark calc min max clamp linear-gradient radial-gradient " +
    "conic-gradient repeating-linear-gradient repeating-radial-gradient translate translatex translatey rotate scale " +
    "matrix skew cubic-bezier steps repeat minmax fit-content not is where has nth-child nth-last-child nth-of-type " +
    "lang media supports and or only"
  ).split(" "),
);
const BRACKET = /([\w-]*)\s*\(/g;
/** At-rules that may stay; all others go with what they hold. */
const RULES_KEPT = /^@(?:media|supports|layer)\b/i;
/** The frame is as high as what it holds: a height by the frame's would grow without end. */
const BY_FRAME_HEIGHT = /[\d.]+[sld]?v(?:h|b|min|max)\b/gi;
/** Declarations that reach out of the frame, run things, or come from elsewhere. */
const DECLARATIONS_GONE =
  /(?:^|[;{\s])(?:behavior|-moz-binding|cursor|content-visibility|position)\s*:[^;}]*/gi;

export function cleanCss(css: string): string {
  const plain = withoutEscapes(withoutComments(css.slice(0, CSS_CHARACTERS_MAX))).replaceAll(
    /[<>]|-->/g,
    " ",
  );
  return withoutFetching(withoutRules(plain))
    .replaceAll(DECLARATIONS_GONE, (found) => (/^[;{\s]/.test(found) ? found.charAt(0) : ""))
    .replaceAll(BY_FRAME_HEIGHT, "auto");
}

function withoutComments(css: string): string {
  let out = "";
  let at = 0;
  for (;;) {
    const open = css.indexOf("/*", at);
    if (open < 0) return out + css.slice(at);
    out += `${css.slice(at, open)} `;
    const close = css.indexOf("*/", open + 2);
    if (close < 0) return out;
    at = close + 2;
  }
}

/** `\75 rl(` is `url(` to a browser (CSS Syntax §4.3.7). An escape in a selector loses its meaning, which harms nobody. */
function withoutEscapes(css: string): string {
  return css.replaceAll(
    /\\(?:([0-9a-f]{1,6})\s?|(\r?\n)|([\s\S]))/gi,
    (_, hex?: string, _newline?: string, other?: string) => {
      if (hex !== undefined) {
        const code = Number.parseInt(hex, 16);
        const character = code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : "";
        // What would end a string or a block must not come back by its escape.
        return /[\w-]/.test(character) ? character : " ";
      }
      return other !== undefined && /[\w-]/.test(other) ? other : " ";
    },
  );
}

/** @import, @font-face, @charset and what we do not know: up to the semicolon, or with the block. */
function withoutRules(css: string): string {
  let out = "";
  for (let at = 0; at < css.length;) {
    const rule = css.indexOf("@", at);
    if (rule < 0) return out + css.slice(at);
    out += css.slice(at, rule);
    if (RULES_KEPT.test(css.slice(rule, rule + 12))) {
      out += "@";
      at = rule + 1;
    } else at = endOfRule(css, rule);
  }
  return out;
}

function endOfRule(css: string, from: number): number {
  let depth = 0;
  for (let at = from; at < css.length; at++) {
    const character = css.charAt(at);
    if (character === ";" && depth === 0) return at + 1;
    if (character === "{") depth++;
    if (character === "}" && --depth <= 0) return depth < 0 ? at : at + 1;
  }
  return css.length;
}

/** `url(…)` and all else that is not known become `none`; an unclosed one takes the rest with it, as it does for a browser. */
function withoutFetching(css: string): string {
  let out = "";
  let at = 0;
  for (const match of css.matchAll(BRACKET)) {
    const [whole, name = ""] = match;
    if (match.index < at || name === "" || FUNCTIONS_KEPT.has(name.toLowerCase())) continue;
    out += `${css.slice(at, match.index)}none`;
    at = endOfBrackets(css, match.index + whole.length);
  }
  return out + css.slice(at);
}

function endOfBrackets(css: string, from: number): number {
  let depth = 1;
  let quote = "";
  for (let at = from; at < css.length; at++) {
    const character = css.charAt(at);
    if (quote !== "") {
      if (character === quote || character === "\n") quote = "";
    } else if (character === '"' || character === "'") quote = character;
    else if (character === "(") depth++;
    else if (character === ")" && --depth === 0) return at + 1;
  }
  return css.length;
}
