/** Short messages at the edge of the window, read out by screen readers; one may carry an undo. */
import { untrack } from "svelte";
import { ApiError } from "./api.ts";

export type Toast = {
  readonly id: number;
  readonly text: string;
  readonly tone: "ok" | "info" | "wait" | "fail";
  readonly action?: { readonly label: string; readonly run: () => void };
  /** When it goes by itself. */
  readonly durationMs: number;
  /** Shows the seconds that are left, and does not wait for whoever reads it: something happens at the end. */
  readonly countsDown?: boolean;
};

/** Limit: more than this at once cover the page; the oldest goes. */
const TOASTS_MAX = 4;
const READ_MS = 5_000;
/** An error stays long enough to be read twice. */
const ERROR_MS = 12_000;

class Toasts {
  list = $state.raw<readonly Toast[]>([]);
}

export const toasts = new Toasts();
let lastId = 0;

export function toast(text: string, options: Partial<Omit<Toast, "id" | "text">> = {}): () => void {
  const id = (lastId += 1);
  const tone = options.tone ?? "info";
  const durationMs = options.durationMs ?? (tone === "fail" ? ERROR_MS : READ_MS);
  toasts.list = [...untrack(() => toasts.list), { ...options, id, text, tone, durationMs }].slice(
    -TOASTS_MAX,
  );
  return () => dismiss(id);
}

/** "Moved to Archive" with an Undo button. */
export function toastWithUndo(text: string, undo: () => void, durationMs = 8_000): () => void {
  return toast(text, { tone: "ok", action: { label: "Undo", run: undo }, durationMs });
}

/** Shows what went wrong with a request; anything else is a bug and goes to the console too. */
export function showError(error: unknown): void {
  if (error instanceof DOMException && error.name === "AbortError") return;
  if (!(error instanceof ApiError)) console.error(error);
  toast(error instanceof Error ? error.message : String(error), { tone: "fail" });
}

export function dismiss(id: number): void {
  toasts.list = untrack(() => toasts.list).filter((one) => one.id !== id);
}
