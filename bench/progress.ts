/** How far a bench is, on stderr: a bar on a terminal, a line a step elsewhere. stdout holds results alone. */

const BAR_WIDTH = 24;

export type Progress = { step(what: string): void; done(): void };

export function startProgress(steps: number): Progress {
  const bar = process.stderr.isTTY;
  let taken = 0;
  return {
    step(what) {
      taken = Math.min(taken + 1, steps);
      if (!bar) return void process.stderr.write(`[${taken}/${steps}] ${what}\n`);
      const filled = Math.round((BAR_WIDTH * taken) / steps);
      process.stderr.write(
        `\r\u001b[K[${"#".repeat(filled)}${" ".repeat(BAR_WIDTH - filled)}] ${taken}/${steps} ${what}`,
      );
    },
    done() {
      if (bar) process.stderr.write("\r\u001b[K");
    },
  };
}
