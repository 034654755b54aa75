/** What somebody has typed and not applied yet, kept in this window: leaving the page, or reloading it, loses nothing. */

const KEY = "posthorn.lab-file.draft";

export function readDraft(path: string): string | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as { path?: string; text?: string } | null;
    return kept?.path === path ? kept.text : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined forgets it. */
export function keepDraft(path: string, text: string | undefined): void {
  try {
    if (text === undefined) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify({ path, text }));
  } catch {
    // No storage: it is kept until the page is left.
  }
}
