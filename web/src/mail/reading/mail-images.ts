/** Images that a mail names: those it brought, those elsewhere, and those that are no images. Pure. */

export type ImageSources = {
  /** Where the part with this Content-ID is shown. */
  readonly partOf: (cid: string) => string | undefined;
  /** Whether images elsewhere may be asked for, through the server's proxy alone. */
  readonly remote: boolean;
};

export type ImageSource =
  | { readonly kind: "shown"; readonly url: string }
  | { readonly kind: "blocked" }
  | { readonly kind: "none" };

/** Limit: an image inside the HTML that is larger only slows the page down. */
const DATA_CHARACTERS_MAX = 3_000_000;
const NONE: ImageSource = { kind: "none" };

export function sourceOf(src: string, { partOf, remote }: ImageSources): ImageSource {
  const text = src.trim();
  if (/^cid:/i.test(text)) {
    const url = partOf(decoded(text.slice(4)));
    return url === undefined ? NONE : { kind: "shown", url };
  }
  if (/^data:/i.test(text)) {
    const isPicture = /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*$/i.test(text);
    return isPicture && text.length <= DATA_CHARACTERS_MAX ? { kind: "shown", url: text } : NONE;
  }
  if (!/^(?:https?:)?\/\//i.test(text)) return NONE;
  if (!remote) return { kind: "blocked" };
  return { kind: "shown", url: proxied(text.startsWith("//") ? `https:${text}` : text) };
}

/** Where a remote image is got from: never from there itself. */
export function proxied(url: string): string {
  return `/mail/v1/image?url=${encodeURIComponent(url)}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
