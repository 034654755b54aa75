/** Runs once before the next frame is drawn. A hidden page draws none, and must not gather work without end. */

/** Limit: how long a hidden page lets things lie. */
const HIDDEN_MS = 250;

export function onNextFrame(run: () => void): void {
  if (document.hidden) setTimeout(run, HIDDEN_MS);
  else requestAnimationFrame(run);
}
