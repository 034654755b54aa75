/** What is broken in a message, in sentences, so that a reader knows why it looks as it does. Bounded; never throws. */
import { scanHeader } from "../../../message/compliance.ts";
import { DEPTH_MAX, PARTS_MAX } from "../../../message/mime/parse-mime.ts";
import { type Part, walkParts } from "../../../message/mime/part.ts";

/** Limit: sentences; a message that is broken everywhere needs no more. */
const PROBLEMS_MAX = 20;

const ENCODINGS: ReadonlySet<string> = new Set(["7bit", "8bit", "binary", "base64", "quoted-printable"]);

export function messageProblems(content: Uint8Array, root: Part): string[] {
  const problems = new Set<string>();
  for (const { text } of scanHeader(content, { smtputf8: true }).problems) problems.add(text);
  let parts = 0;
  for (const part of walkParts(root)) {
    parts++;
    for (const problem of partProblems(part)) if (problems.size < PROBLEMS_MAX) problems.add(problem);
  }
  if (parts >= PARTS_MAX) problems.add(`It has more than ${PARTS_MAX} parts; the rest is not taken apart.`);
  if (depthOf(root) >= DEPTH_MAX)
    problems.add(`Its parts are nested ${DEPTH_MAX} deep; what is deeper is not taken apart.`);
  return [...problems].slice(0, PROBLEMS_MAX);
}

function* partProblems(part: Part): Generator<string> {
  const { contentType, children, parameters, transferEncoding, charset } = part;
  if (contentType.startsWith("multipart/") && children.length === 0) {
    const boundary = parameters.get("boundary");
    yield boundary === undefined
      ? `A ${contentType} part names no boundary: its parts cannot be found.`
      : `A ${contentType} part holds no part: its boundary never comes.`;
  }
  if (!ENCODINGS.has(transferEncoding))
    yield `The encoding "${transferEncoding.slice(0, 40)}" of a part is unknown: it is shown as it is.`;
  if (charset !== undefined && contentType.startsWith("text/") && !isKnownCharset(charset))
    yield `The character set "${charset.slice(0, 40)}" of a part is unknown: letters may be wrong.`;
  if (part.header.strayLines.length > 0) yield "Lines among the header fields are no fields.";
}

function isKnownCharset(charset: string): boolean {
  try {
    return new TextDecoder(charset.trim()).encoding !== "";
  } catch {
    return false;
  }
}

function depthOf(root: Part): number {
  let depth = 0;
  for (let level: readonly Part[] = [root]; level.length > 0; depth++)
    level = level.flatMap(({ children }) => children);
  return depth;
}
