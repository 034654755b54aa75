/** A bar of progress that rewrites its line on a terminal, and is silent where nobody looks. */
import { formatDuration } from "../../base/duration.ts";
import { styleFor } from "./style.ts";
import { progressBar } from "./table.ts";

export type Progress = {
  /** `done` of `total` so far; `total` 0 when it is not known. */
  show(done: number, total: number, label: string): void;
  /** Takes the bar away, before other lines are printed. */
  clear(): void;
};

/** Drawn no more often than this. */
const INTERVAL_MS = 100;
const CLEAR_LINE = "\r\u001b[K";

export function createProgress(stream: NodeJS.WriteStream = process.stderr): Progress {
  if (!stream.isTTY) return { show() {}, clear() {} };
  const startedAt = performance.now();
  let drawnAt = -Infinity;
  return {
    show(done, total, label) {
      const now = performance.now();
      if (now - drawnAt < INTERVAL_MS && done < total) return;
      drawnAt = now;
      const share = total === 0 ? 0 : done / total;
      const leftMs = share > 0.01 ? ((now - startedAt) / share) * (1 - share) : undefined;
      const left =
        leftMs === undefined || share >= 1
          ? ""
          : `, ${formatDuration(Math.ceil(leftMs / 1_000) * 1_000)} left`;
      stream.write(`${CLEAR_LINE}${progressBar(share, `${label}${left}`, styleFor(stream, process.env))}`);
    },
    clear: () => void stream.write(CLEAR_LINE),
  };
}
