/**
 * Which parts of a message are its words and which hang on it: the algorithm of RFC 8621 §4.1.4, over numbered parts. A
 * message inside is one part; what it holds is not looked into. Any bytes give some answer.
 */
import type { Part } from "../../../message/mime/part.ts";

export type NumberedPart = {
  /** As IMAP counts (RFC 9051 §6.4.5.1): `2.1`. */
  readonly number: string;
  readonly part: Part;
};

export type BodyParts = {
  /** What to show as plain text: text/plain, and text/html where there is nothing else. */
  readonly text: readonly NumberedPart[];
  /** What to show as HTML: text/html, and text/plain where there is nothing else. */
  readonly html: readonly NumberedPart[];
  /** Pictures shown between the words count here too. */
  readonly attachments: readonly NumberedPart[];
};

export function bodyPartsOf(root: Part): BodyParts {
  const sorted = { text: [], html: [], attachments: [] };
  // What the whole is says how its parts are read: an alternative at the top is one too.
  sort([{ number: isMultipart(root) ? "" : "1", part: root }], "mixed", false, sorted);
  return sorted;
}

/** Undefined when there is none of that number. */
export function findPart(root: Part, number: string): NumberedPart | undefined {
  const { text, html, attachments } = bodyPartsOf(root);
  return [...attachments, ...text, ...html].find((one) => one.number === number);
}

/** Null: below here nothing more is wanted for it. */
type Sorted = { text: NumberedPart[] | null; html: NumberedPart[] | null; attachments: NumberedPart[] };

function childrenOf(part: Part, prefix: string): NumberedPart[] {
  return part.children.map((child, index) => ({
    number: prefix === "" ? `${index + 1}` : `${prefix}.${index + 1}`,
    part: child,
  }));
}

function sort(
  parts: readonly NumberedPart[],
  subtype: string,
  inAlternative: boolean,
  { text: intoText, html: intoHtml, attachments }: Sorted,
): void {
  let [text, html] = [intoText, intoHtml];
  const before = { text: text?.length ?? -1, html: html?.length ?? -1 };
  parts.forEach((one, index) => {
    const { part, number } = one;
    const { contentType } = part;
    if (isMultipart(part)) {
      const inner = contentType.slice("multipart/".length);
      const children = childrenOf(part, number);
      sort(children, inner, inAlternative || inner === "alternative", { text, html, attachments });
    } else if (!isInline(part, index, subtype)) attachments.push(one);
    else if (subtype === "alternative") {
      if (contentType === "text/plain") text?.push(one);
      else if (contentType === "text/html") html?.push(one);
      else attachments.push(one);
    } else {
      // One form of the words has begun here: what follows belongs to it alone.
      if (inAlternative && contentType === "text/plain") html = null;
      if (inAlternative && contentType === "text/html") text = null;
      if (contentType.startsWith("text/")) {
        text?.push(one);
        html?.push(one);
      } else attachments.push(one);
    }
  });
  if (subtype !== "alternative" || text === null || html === null) return;
  // Only one of the two was offered: it serves for both.
  if (text.length === before.text && html.length !== before.html) text.push(...html.slice(before.html));
  else if (html.length === before.html && text.length !== before.text) html.push(...text.slice(before.text));
}

function isInline({ contentType, disposition, filename }: Part, index: number, subtype: string): boolean {
  if (disposition === "attachment") return false;
  const isMedia = /^(?:image|audio|video)\//.test(contentType);
  if (contentType !== "text/plain" && contentType !== "text/html" && !isMedia) return false;
  return index === 0 || (subtype !== "related" && (isMedia || filename === undefined));
}

function isMultipart({ contentType }: Part): boolean {
  return contentType.startsWith("multipart/");
}
