/**
 * HTML that came with a mail, made into what may be shown in the sandboxed frame. Loaded late: DOMPurify is only needed by
 * who reads HTML. Nothing of a mail runs, asks for anything by itself, or looks like our own page; links say where they
 * lead. The frame's policy (frame-document.ts) stands behind every rule here.
 */
import createDomPurify, { type Config } from "dompurify";
import { cleanCss } from "./clean-css.ts";
import { hostShown, linkOf } from "./mail-links.ts";
import { sourceOf, type ImageSources } from "./mail-images.ts";

export type CleanHtml = {
  readonly html: string;
  /** Images elsewhere that were left out. */
  readonly blocked: number;
  /** It brings no colours of its own: it may be shown in ours. */
  readonly isPlain: boolean;
};

const CONFIG: Config = {
  USE_PROFILES: { html: true },
  // Style sheets often stand in the head: without this they would be dropped.
  FORCE_BODY: true,
  FORBID_TAGS: (
    "form input button select option optgroup datalist textarea fieldset legend label output progress meter " +
    "video audio source track picture dialog map area marquee blink"
  ).split(" "),
  FORBID_ATTR: (
    "srcset sizes background ping autofocus contenteditable draggable popover popovertarget popovertargetaction " +
    "tabindex accesskey name download action formaction target usemap ismap loading decoding poster inert"
  ).split(" "),
  ALLOW_DATA_ATTR: false,
  ALLOW_UNKNOWN_PROTOCOLS: false,
  // Asked of every attribute, so that what has no scheme passes: addresses are looked at one by one below.
  ALLOWED_URI_REGEXP: /^(?:(?:https?|mailto|tel|cid|data):|[^a-z]|[a-z+.-]+(?:[^a-z+.\-:]|$))/i,
  SANITIZE_DOM: true,
  SANITIZE_NAMED_PROPS: true,
  RETURN_DOM: true,
};

export function cleanHtml(html: string, images: ImageSources): CleanHtml {
  const body = createDomPurify(window).sanitize(html, {
    ...CONFIG,
    RETURN_DOM: true,
  }) as unknown as HTMLElement;
  let blocked = 0;
  for (const style of body.querySelectorAll("style")) style.textContent = cleanCss(style.textContent);
  for (const element of body.querySelectorAll<HTMLElement>("[style]"))
    element.setAttribute("style", cleanCss(element.getAttribute("style") ?? ""));
  for (const image of body.querySelectorAll("img")) if (!showImage(image, images)) blocked += 1;
  for (const link of body.querySelectorAll("a")) mendLink(link);
  const isPlain = !hasColours(body);
  foldQuote(body);
  return { html: body.innerHTML, blocked, isPlain };
}

/** False when it is one from elsewhere that may not be asked for. */
function showImage(image: HTMLImageElement, images: ImageSources): boolean {
  const source = sourceOf(image.getAttribute("src") ?? "", images);
  image.removeAttribute("src");
  if (source.kind === "shown") image.setAttribute("src", source.url);
  else image.classList.add("ph-absent");
  return source.kind !== "blocked";
}

function mendLink(link: HTMLAnchorElement): void {
  const to = linkOf(link.getAttribute("href") ?? "");
  if (to === undefined) return link.removeAttribute("href");
  link.setAttribute("href", to);
  link.setAttribute("target", "_blank");
  link.setAttribute("rel", "noopener noreferrer nofollow");
  link.setAttribute("title", to);
  const host = hostShown(link.textContent, to);
  if (host === undefined) return;
  const note = link.ownerDocument.createElement("span");
  note.className = "ph-leads";
  note.textContent = ` → ${host}`;
  link.after(note);
}

function hasColours(body: HTMLElement): boolean {
  if (body.querySelector("[bgcolor], [color], font") !== null) return true;
  const styles = [...body.querySelectorAll("style, [style]")];
  return styles.some((one) => /color|background/i.test(one.getAttribute("style") ?? one.textContent));
}

/** What is quoted from before, when something new stands above it, opens on a click; without a script. */
function foldQuote(body: HTMLElement): void {
  const quote = body.querySelector('.gmail_quote, blockquote[type="cite"], .moz-cite-prefix + blockquote');
  if (quote === null) return;
  const range = body.ownerDocument.createRange();
  range.setStart(body, 0);
  range.setEndBefore(quote);
  if (range.toString().trim() === "") return;
  const details = body.ownerDocument.createElement("details");
  details.className = "ph-quote";
  const summary = body.ownerDocument.createElement("summary");
  summary.textContent = "Quoted text";
  quote.replaceWith(details);
  details.append(summary, quote);
}
