/** Puts the pictures that an HTML part shows by Content-ID (RFC 2392) into it, so that it needs no second request. */
import { parseMime } from "../../../message/mime/parse-mime.ts";
import { partContent } from "../../../message/mime/part.ts";
import { partsOf } from "./digest.ts";

/** What a browser shows and cannot run. */
const PICTURES: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);
/** Limit: base64 makes it a third more, once for every place that shows it. */
const PICTURE_BYTES_MAX = 2 * 1024 * 1024;

export function withInlineImages(html: string, bytes: Uint8Array): string {
  const pictures = new Map<string, string>();
  for (const { part } of partsOf(parseMime(bytes)).inline) {
    if (part.contentId === undefined || !PICTURES.has(part.contentType)) continue;
    const content = partContent(part);
    if (content.length > PICTURE_BYTES_MAX) continue;
    const base64 = Buffer.from(content).toString("base64");
    pictures.set(part.contentId, `data:${part.contentType};base64,${base64}`);
  }
  return html.replaceAll(/\bcid:([^\s"'<>)]{1,500})/gi, (cid, id: string) => pictures.get(id) ?? cid);
}
