/** What is being dragged from a list to a mailbox. The browser's own drag data would leave the window with it. */
import type { Target } from "./actions.svelte.ts";

class Dragged {
  target = $state.raw<Target | undefined>(undefined);
}
export const dragged = new Dragged();
