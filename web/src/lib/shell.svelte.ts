/** What a place shows in the shell around it: its clock, its connection, the title of the page. */
import type { LiveState } from "./live.svelte.ts";

export type ShellClock = {
  /** The time in the place's world; read it often, it moves. */
  readonly now: () => number;
  readonly state: "running" | "paused";
  /** "virtual", "× 60": what kind of clock it is. */
  readonly note: string;
  /** The page on which it can be moved. */
  readonly href?: string;
};

class Shell {
  /** Set on entering a place that has a clock of its own, and undefined on leaving. */
  clock = $state.raw<ShellClock | undefined>(undefined);
  /** The place's live connection; undefined while it has none. */
  connection = $state<LiveState | undefined>(undefined);
  /** A page may name what it shows: "Trace 4kf2". Reset on each move. */
  title = $state<string | undefined>(undefined);
  paletteOpen = $state(false);
  helpOpen = $state(false);
}

export const shell = new Shell();
