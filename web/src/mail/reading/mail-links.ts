/** Links that came with a mail: which may lead out, and what about them is to be told. Pure. */

/** The address of a link, whole, or undefined when it may not lead there. */
export function linkOf(href: string): string | undefined {
  const text = href.trim();
  if (text.startsWith("#")) return undefined;
  try {
    // Relative links would lead into our own pages: they need a base to be valid, and get none.
    const url = new URL(text.startsWith("//") ? `https:${text}` : text);
    return /^(?:https?|mailto|tel):$/.test(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** The host a link truly leads to, when its words name another one. */
export function hostShown(words: string, href: string): string | undefined {
  const shown = /^\s*(?:https?:\/\/)?((?:[\p{L}\p{N}-]+\.)+\p{L}{2,})(?:[/:?#]\S*)?\s*$/iu.exec(words)?.[1];
  if (shown === undefined || !/^https?:/.test(href)) return undefined;
  const bare = (host: string): string => host.toLowerCase().replace(/^www\./, "");
  try {
    const there = new URL(href).hostname;
    const named = new URL(`https://${shown}`).hostname;
    return bare(there) === bare(named) ? undefined : there;
  } catch {
    return undefined;
  }
}
