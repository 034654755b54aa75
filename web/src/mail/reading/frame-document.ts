/**
 * The document inside the sandboxed frame that shows a mail's HTML. Its policy lets nothing run and nothing be fetched but
 * images of this mail and, when asked, of the proxy: also if the cleaning before had missed something. Pure.
 */

export type FrameLook = {
  /** In our own colours, because the mail brings none. */
  readonly plain: boolean;
  readonly dark: boolean;
  readonly remote: boolean;
  /** Of the page: addresses in the policy must be whole. */
  readonly origin: string;
};

export function frameDocument(html: string, look: FrameLook): string {
  return `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policyOf(look)}"><meta name="referrer" content="no-referrer"><style>${styleOf(look)}</style></head><body dir="auto">${html}</body></html>`;
}

export function policyOf({ remote, origin }: Pick<FrameLook, "remote" | "origin">): string {
  const images = [`${origin}/mail/v1/messages/`, ...(remote ? [`${origin}/mail/v1/image`] : []), "data:"];
  return `default-src 'none'; img-src ${images.join(" ")}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'`;
}

/** Of its own ground, the surface of theme.css: browsers do not let every frame be seen through. */
function styleOf({ plain, dark }: FrameLook): string {
  const [ink, ground, link, line, soft] =
    !plain || !dark
      ? ["#1f1d1a", "#ffffff", "#84590f", "#d3cfc5", "#57534c"]
      : ["#ebe8e2", "#191c22", "#e4b55f", "#373d47", "#b0b2b7"];
  return [
    `html{color-scheme:${plain && dark ? "dark" : "light"};overflow:auto}`,
    `body{margin:0;padding:${plain ? "1px 0" : "14px"};color:${ink};background:${ground};font:14px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif;overflow-wrap:anywhere;unicode-bidi:isolate}`,
    "img{max-width:100%;height:auto}",
    `img.ph-absent{min-width:18px;min-height:18px;outline:1px dashed ${line};outline-offset:-1px}`,
    `a{color:${link}}`,
    `.ph-leads{color:${soft};font-size:.85em;unicode-bidi:isolate}`,
    `details.ph-quote>summary{width:fit-content;margin:6px 0;padding:1px 10px;border:1px solid ${line};border-radius:5px;color:${soft};font-size:12px;cursor:pointer}`,
    `blockquote{margin:8px 0 8px 2px;padding-left:12px;border-left:2px solid ${line}}`,
    'pre{white-space:pre-wrap;font-family:ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;font-size:.93em}',
    "p:first-child{margin-top:0}p:last-child{margin-bottom:0}",
  ].join("");
}
