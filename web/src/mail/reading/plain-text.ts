/** Plain text as blocks: what is new, what is quoted, the signature; each as runs of words and links. Pure, never HTML. */

export type Run = { readonly text: string; readonly href?: string };
export type Block = {
  readonly kind: "text" | "quote" | "signature";
  readonly lines: readonly (readonly Run[])[];
  /** A quote that ends the message: folded until asked for. */
  readonly folds: boolean;
};

/** Limit: lines shown; what is longer is read as a file. */
export const LINES_MAX = 5_000;
/** Limit: a quote this short is read faster than opened. */
const QUOTE_SHOWN_LINES = 3;

export function readPlainText(text: string): readonly Block[] {
  const lines = text.replaceAll("\r\n", "\n").replace(/\n+$/, "").split("\n").slice(0, LINES_MAX);
  const groups: { kind: Block["kind"]; lines: string[] }[] = [];
  let signed = false;
  for (const line of lines) {
    signed ||= line === "-- ";
    const kind = signed ? "signature" : line.startsWith(">") ? "quote" : "text";
    const last = groups.at(-1);
    if (last?.kind === kind) last.lines.push(line);
    else groups.push({ kind, lines: [line] });
  }
  return groups.map(({ kind, lines: own }, index) => {
    const isLast = groups
      .slice(index + 1)
      .every((other) => other.kind !== "text" || other.lines.every((line) => line.trim() === ""));
    const folds = kind === "quote" && index > 0 && isLast && own.length > QUOTE_SHOWN_LINES;
    return { kind, folds, lines: own.map(readRuns) };
  });
}

const LINK =
  /\b(?:https?:\/\/|mailto:|www\.)[^\s<>"'`\u{200e}\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}]{2,2000}|[\w.+-]{1,64}@(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}\b/giu;

export function readRuns(line: string): readonly Run[] {
  const runs: Run[] = [];
  let at = 0;
  for (const match of line.matchAll(LINK)) {
    const text = withoutEnd(match[0]);
    const href = /^www\./i.test(text)
      ? `https://${text}`
      : /^(?:https?|mailto):/i.test(text)
        ? text
        : `mailto:${text}`;
    if (!URL.canParse(href)) continue;
    if (match.index > at) runs.push({ text: line.slice(at, match.index) });
    runs.push({ text, href });
    at = match.index + text.length;
  }
  if (at < line.length || runs.length === 0) runs.push({ text: line.slice(at) });
  return runs;
}

/** A sentence's full stop is not of the link; nor is a bracket that was opened before it. */
function withoutEnd(link: string): string {
  let text = link;
  for (;;) {
    const last = text.at(-1) ?? "";
    const opens = { ")": "(", "]": "[", "}": "{" }[last];
    if (!/[.,;:!?*_~]/.test(last) && (opens === undefined || count(text, opens) >= count(text, last)))
      return text;
    text = text.slice(0, -1);
  }
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}
