/** What runs while one is in the lab: its live events and its clock. Returns what ends it. */
import { startLabClock } from "../clock/lab-clock.svelte.ts";
import { openLabEvents } from "./lab-events.svelte.ts";

export function enterLab(): () => void {
  const closeEvents = openLabEvents();
  const stopClock = startLabClock();
  return () => {
    stopClock();
    closeEvents();
  };
}
