/**
 * Keys as text, and sequences of them: "j", "Ctrl+k", "?", "g l". Pure: given what was typed so far and the next key,
 * says what to run and what to wait for. Knows nothing of who registered what.
 */

/** What of a KeyboardEvent is read. */
export type KeyPress = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

/** Limit: longer than this between two keys of a sequence and the second starts anew. */
export const SEQUENCE_GAP_MS = 1_200;

/** "Ctrl+k" for ⌘K as for Ctrl-K. Shift is named only where it does not change the character: "Shift+Enter". */
export function keyName({ key, ctrlKey, metaKey, altKey, shiftKey }: KeyPress): string {
  const isCharacter = [...key].length === 1;
  const base = isCharacter ? (ctrlKey || metaKey ? key.toLowerCase() : key) : key;
  const modifiers = [
    ctrlKey || metaKey ? "Ctrl+" : "",
    altKey ? "Alt+" : "",
    shiftKey && (!isCharacter || ctrlKey || metaKey) ? "Shift+" : "",
  ];
  return modifiers.join("") + (base === " " ? "Space" : base);
}

/** Keys that only change the meaning of others. */
export function isModifier(key: string): boolean {
  return key === "Shift" || key === "Control" || key === "Alt" || key === "Meta" || key === "AltGraph";
}

export type Typed = { readonly keys: readonly string[]; readonly at: number };
export const nothingTyped: Typed = { keys: [], at: 0 };

/**
 * The next state, and the index of the sequence that is complete. Of equal sequences the last registered wins, so
 * that a page may take a key over from the shell. A key that fits nothing after "g" is tried on its own.
 */
export function typeKey(
  typed: Typed,
  key: string,
  at: number,
  sequences: readonly string[],
): { typed: Typed; complete: number | undefined } {
  const before = at - typed.at > SEQUENCE_GAP_MS ? [] : typed.keys;
  for (const keys of before.length === 0 ? [[key]] : [[...before, key], [key]]) {
    const text = keys.join(" ");
    const complete = sequences.lastIndexOf(text);
    if (complete !== -1) return { typed: nothingTyped, complete };
    if (sequences.some((sequence) => sequence.startsWith(`${text} `)))
      return { typed: { keys, at }, complete: undefined };
  }
  return { typed: nothingTyped, complete: undefined };
}
