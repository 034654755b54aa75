/** What the command palette (Ctrl-K) offers: the shell's commands, those of the place, and those of the page shown. */
import { untrack } from "svelte";
import type { IconName } from "./ui/icon-paths.ts";

export type Command = {
  readonly title: string;
  /** What it belongs to: "Go to", "Trace", "Theme". */
  readonly group: string;
  readonly icon?: IconName;
  readonly keys?: string;
  /** More words it is found by. */
  readonly words?: string;
  readonly run: () => void;
};

class Commands {
  list = $state.raw<readonly Command[]>([]);
}

export const commands = new Commands();

/** Offers commands until the returned function is called. */
export function addCommands(added: readonly Command[]): () => void {
  // Untracked, so that an effect that registers does not run again for what it has written itself.
  return untrack(() => {
    // The nearest first: those of the page before those of the place and the shell.
    commands.list = [...added, ...commands.list];
    return () => {
      commands.list = untrack(() => commands.list).filter((one) => !added.includes(one));
    };
  });
}

/** Offers commands while the calling component is shown. */
export function useCommands(added: readonly Command[]): void {
  $effect.pre(() => addCommands(added));
}
