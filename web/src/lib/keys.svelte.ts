/**
 * The shortcuts that are in force now. The shell and each page register theirs for as long as they are shown; the
 * help (?) lists exactly these. Nothing fires while somebody types in a field, or while a dialog is open.
 */
import { untrack } from "svelte";
import { isModifier, keyName, nothingTyped, typeKey } from "./key-sequence.ts";

export type Shortcut = {
  /** "j", "g l", "Ctrl+k", "Escape". */
  readonly keys: string;
  /** What it does, as a short command: "Next message". */
  readonly label: string;
  /** The heading it stands under in the help. */
  readonly group?: string;
  /** Works while typing in a field and over dialogs too (only for Ctrl combinations). */
  readonly everywhere?: boolean;
  readonly run: () => void;
};

class Shortcuts {
  list = $state.raw<readonly Shortcut[]>([]);
  /** What was typed of an unfinished sequence, to be shown: "g". */
  pending = $state("");
}

export const shortcuts = new Shortcuts();

/** Registers shortcuts until the returned function is called. */
export function addShortcuts(added: readonly Shortcut[]): () => void {
  // Untracked, so that an effect that registers does not run again for what it has written itself.
  return untrack(() => {
    shortcuts.list = [...shortcuts.list, ...added];
    return () => {
      shortcuts.list = untrack(() => shortcuts.list).filter((one) => !added.includes(one));
    };
  });
}

/** Registers shortcuts while the calling component is shown. */
export function useShortcuts(added: readonly Shortcut[]): void {
  $effect.pre(() => addShortcuts(added));
}

/** Starts listening; returns how to stop. */
export function startKeys(): () => void {
  let typed = nothingTyped;
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing || isModifier(event.key)) return;
    const restricted = takesText(event.target) || document.querySelector("dialog[open]") !== null;
    const inForce = shortcuts.list.filter((one) => !restricted || one.everywhere === true);
    const step = typeKey(
      typed,
      keyName(event),
      event.timeStamp,
      inForce.map((one) => one.keys),
    );
    typed = step.typed;
    shortcuts.pending = typed.keys.join(" ");
    const shortcut = step.complete === undefined ? undefined : inForce[step.complete];
    if (shortcut === undefined) return;
    event.preventDefault();
    shortcut.run();
  };
  window.addEventListener("keydown", onKey);
  return () => window.removeEventListener("keydown", onKey);
}

function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !/^(?:checkbox|radio|button|submit|range)$/.test(target.type);
}
