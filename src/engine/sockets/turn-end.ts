/**
 * The end of a turn of the event loop: what connections have to say leaves then, back to back. A peer that serves many
 * connections is woken once a turn and not once a reply: on loopback its waking costs us more than the write. Never fails.
 */

export type TurnEnd = {
  /** Runs `run` when everything that has arrived by now has been read. */
  after(run: () => void): void;
};

export function createTurnEnd(): TurnEnd {
  let waiting: (() => void)[] = [];

  function runAll(): void {
    const due = waiting;
    waiting = [];
    for (const run of due) run();
  }

  return {
    after(run) {
      if (waiting.push(run) === 1) setImmediate(runAll);
    },
  };
}
