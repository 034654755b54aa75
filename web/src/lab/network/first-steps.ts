/** How far somebody has come who sees a lab for the first time. Kept in this tab: they leave the page at each step. Pure. */

export type FirstSteps = {
  /** The journeys of the first message, and of the one to nobody. */
  readonly sent?: string | undefined;
  readonly lost?: string | undefined;
  readonly read: boolean;
  readonly asked: boolean;
  readonly bounced: boolean;
};

type Storage = Pick<globalThis.Storage, "getItem" | "setItem" | "removeItem">;
const KEY = "posthorn.first-steps";

export const NO_STEPS: FirstSteps = { read: false, asked: false, bounced: false };

/** Undefined when they have not begun, or are closed; also where nothing can be kept. */
export function readSteps(storage: Storage): FirstSteps | undefined {
  try {
    const text = storage.getItem(KEY);
    if (text === null) return undefined;
    const kept = JSON.parse(text) as Partial<Record<keyof FirstSteps, unknown>>;
    const id = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
    return {
      sent: id(kept.sent),
      lost: id(kept.lost),
      read: kept.read === true,
      asked: kept.asked === true,
      bounced: kept.bounced === true,
    };
  } catch {
    return undefined;
  }
}

/** Undefined: they are closed. */
export function keepSteps(storage: Storage, steps: FirstSteps | undefined): void {
  try {
    if (steps === undefined) storage.removeItem(KEY);
    else storage.setItem(KEY, JSON.stringify(steps));
  } catch {
    // No storage: they hold until the page is left.
  }
}
