/**
 * File names that came with mail, made harmless: no path, no controls, nothing that turns the direction of writing or
 * means a device. And the header that tells a browser to save under such a name (RFC 6266, RFC 8187).
 */

/** Limit: of a name, in characters; file systems have 255 octets. */
const NAME_CHARACTERS_MAX = 120;
/** An ending is kept when a name is cut. */
const ENDING = /\.[\p{L}\p{N}]{1,10}$/u;

/** C0, C1, soft hyphen, marks and overrides of direction, invisible joiners, line separators, BOM, tags, private use. */
const INVISIBLE =
  // oxlint-disable-next-line no-control-regex, no-misleading-character-class -- they are what is taken out
  /[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;

const ENDINGS: Readonly<Record<string, string>> = {
  "text/plain": ".txt",
  "text/html": ".html",
  "text/calendar": ".ics",
  "text/csv": ".csv",
  "text/vcard": ".vcf",
  "image/png": ".png",
  "image/jpeg": ".jpg",
  "image/gif": ".gif",
  "image/webp": ".webp",
  "application/pdf": ".pdf",
  "message/rfc822": ".eml",
};

/** Of parts that have no name of their own, when their type says what they are: those of a report (RFC 3464). */
const NAMES: Readonly<Record<string, string>> = {
  "message/delivery-status": "delivery-status.txt",
  "message/disposition-notification": "disposition.txt",
  "text/rfc822-headers": "headers.txt",
};

/** Never empty. */
export function safeFileName(name: string | undefined, contentType: string): string {
  const last =
    (name ?? "").toWellFormed().normalize("NFC").replaceAll(INVISIBLE, "").split(/[/\\]/).at(-1) ?? "";
  let safe = last
    .replaceAll(/[<>:"|?*\ufffd]/g, "_")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/^[. ]+|[. ]+$/g, "");
  if (safe === "") safe = NAMES[contentType] ?? `attachment${ENDINGS[contentType] ?? ""}`;
  if (DEVICE.test(safe)) safe = `_${safe}`;
  const characters = Array.from(safe);
  if (characters.length <= NAME_CHARACTERS_MAX) return safe;
  const ending = ENDING.exec(safe)?.[0] ?? "";
  return `${characters
    .slice(0, NAME_CHARACTERS_MAX - ending.length)
    .join("")
    .trimEnd()}${ending}`;
}

/** `attachment; filename="naive.txt"; filename*=UTF-8''…`. The name is one that safeFileName gave. */
export function contentDisposition(kind: "attachment" | "inline", name: string): string {
  // A percent sign in the plain form is taken for an escape by some browsers (RFC 6266 appendix D).
  const plain = name.normalize("NFKD").replaceAll(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${kind}; filename="${plain}"${plain === name ? "" : `; filename*=UTF-8''${encoded}`}`;
}
