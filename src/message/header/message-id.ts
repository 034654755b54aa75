/**
 * Message identifiers (RFC 5322 §3.6.4): reading them out of Message-ID, In-Reply-To and References however they are
 * written, and making one. Linear, never throws.
 *
 *     msg-id = [CFWS] "<" id-left "@" id-right ">" [CFWS]
 */

// Limit: References may grow without end; a thread needs its first and its last.
const IDS_MAX = 1_000;
// Limit: an identifier is one token of one line (RFC 5322 §2.1.1).
const ID_CHARACTERS_MAX = 998;

/** Every `<…>` of the value, with its brackets and without inner blanks, in order. */
export function parseMessageIds(value: string): string[] {
  const ids: string[] = [];
  let open = value.indexOf("<");
  while (open >= 0 && ids.length < IDS_MAX) {
    const close = value.indexOf(">", open);
    if (close < 0) break;
    const id = value.slice(value.lastIndexOf("<", close), close + 1).replaceAll(/\s/g, "");
    if (id.length > 2 && id.length <= ID_CHARACTERS_MAX) ids.push(id);
    open = value.indexOf("<", close);
  }
  return ids;
}

/** The one identifier of a Message-ID field. Lenient: without brackets, as some programs write it. */
export function parseMessageId(value: string): string | undefined {
  const [id] = parseMessageIds(value);
  if (id !== undefined) return id;
  const bare = value.trim();
  return /^[^\s<>]{1,996}$/.test(bare) ? `<${bare}>` : undefined;
}

/** `<01JD3K5Q7M4WZ8@presto.arch.test>`; `unique` comes from the caller, who has the world's chance. */
export function formatMessageId(unique: string, domain: string): string {
  const clean = (text: string): string => text.replaceAll(/[^\w.=+:[\]-]/g, "");
  return `<${clean(unique)}@${clean(domain)}>`;
}
