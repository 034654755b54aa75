/**
 * What the lab's lists promise, in a real browser: 100,000 journeys scroll, and 500 events a second do not freeze the
 * page. `node tests/browser/traces-scroll.ts` (after `npm run web`) prints the figures and ends with 1 when a frame took
 * longer than it may, by the clock: run it alone, for what else the machine does counts too. The longest task in processor
 * time, told beside it, is what the page itself can answer for.
 */
import { chromium, type Browser, type Page } from "playwright-core";
import { serveLab } from "../../src/lab/api/serve-lab.ts";
import { startLab } from "../../src/lab/open-lab.ts";
import { readFrames, startFrames, watchFrames, type Frames } from "./frames.ts";
import { journalFiller, type Filler } from "./traces-journal.ts";

export const JOURNEYS = 100_000;
export const EVENTS_A_SECOND = 500;
/** A frame may take no longer. */
export const FRAME_MS_MAX = 50;
const LIVE_MS = 6_000;
const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const NETWORK = {
  domains: { "nemesis.test": { mx: ["kerio:10"] } },
  hosts: { kerio: { role: "mailbox" as const, accept: ["nemesis.test"] } },
};

export type Figures = {
  readonly what: string;
  readonly frames: number;
  /** Between two frames, in milliseconds. */
  readonly gapMedian: number;
  readonly gapWorst: number;
  /** The longest work of one frame by the clock; 0 when none was over 50 ms. */
  readonly workWorst: number;
  /** The longest task of the page in processor time. */
  readonly taskWorst: number;
  readonly ok: boolean;
  readonly note?: string;
};

/** Runs everything; the figures of each part, in order. */
export async function measureTraces(journeys = JOURNEYS): Promise<Figures[]> {
  const lab = await startLab(NETWORK, { mode: "simulated", journeysMax: journeys + 10_000 });
  const filler = journalFiller(lab.journal);
  for (let count = 0; count < journeys; count++) filler.journey();
  const api = await serveLab(lab, 0, () => undefined);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.addInitScript(watchFrames);
    const traced = async (part: () => Promise<Part>): Promise<Figures> => {
      await browser.startTracing(page, { categories: ["toplevel", "blink.user_timing", "__metadata"] });
      const measured = await part();
      return figuresOf(measured, longestTask(await stopped(browser)));
    };
    return [
      await traced(() => scrollTraces(page, api.url, journeys)),
      await traced(() => liveTraces(page, api.url, filler)),
      await traced(() => liveActivity(page, api.url, filler)),
    ];
  } finally {
    await browser.close();
    await api.close();
    await lab.down();
  }
}

async function openList(page: Page, url: string, label: string): Promise<void> {
  await page.goto(url);
  await page.locator(`[aria-label="${label}"] [aria-busy]`).first().waitFor({ state: "detached" });
  await page.locator(`[aria-label="${label}"] [id$="-0"] .row`).waitFor();
}

/** Wheel by wheel, then in leaps over the whole length, then to both ends. */
async function scrollTraces(page: Page, url: string, journeys: number): Promise<Part> {
  await openList(page, `${url}/lab/traces`, "Traces");
  await page.evaluate(startFrames);
  for (const [stepPx, frames] of [
    [120, 120],
    [700, 120],
    [30_000, 150],
    [-30_000, 150],
  ] as const)
    await page.evaluate(scrollBy, { label: "Traces", stepPx, frames });
  await page.locator('[aria-label="Traces"]').press("End");
  await page.locator(`[aria-label="Traces"] [id$="-${journeys - 1}"] .row`).waitFor();
  await page.locator('[aria-label="Traces"]').press("Home");
  return { what: `${journeys} journeys scroll`, frames: await page.evaluate(readFrames), ok: true, note: "" };
}

/** The list scrolled to its middle: new journeys come on top, and what one reads stays where it is. */
async function liveTraces(page: Page, url: string, filler: Filler): Promise<Part> {
  await openList(page, `${url}/lab/traces`, "Traces");
  await page.evaluate(scrollBy, { label: "Traces", stepPx: 4_600, frames: 20 });
  await page.waitForTimeout(500);
  const before = await page.evaluate(firstRow, "Traces");
  await page.evaluate(startFrames);
  await feed(filler, LIVE_MS);
  await page.waitForTimeout(800);
  const frames = await page.evaluate(readFrames);
  const after = await page.evaluate(firstRow, "Traces");
  const stayed = before.text === after.text && Math.abs(before.top - after.top) <= 1;
  const note = stayed
    ? "the row in view stayed"
    : `"${before.text}" at ${before.top} became "${after.text}" at ${after.top}`;
  return { what: `traces at ${EVENTS_A_SECOND} events a second`, frames, ok: stayed, note };
}

/** The live list at its top, while a button is pressed again and again. */
async function liveActivity(page: Page, url: string, filler: Filler): Promise<Part> {
  await openList(page, `${url}/lab/activity`, "Activity");
  await page.evaluate(startFrames);
  const feeding = feed(filler, LIVE_MS);
  let slowest = 0;
  for (let press = 0; press < 8; press++) {
    slowest = Math.max(slowest, await page.evaluate(pressPause));
    await page.waitForTimeout(LIVE_MS / 10);
  }
  await feeding;
  const note = `a button answered within ${Math.round(slowest)} ms`;
  const frames = await page.evaluate(readFrames);
  return { what: `activity at ${EVENTS_A_SECOND} events a second`, frames, ok: true, note };
}

async function feed(filler: Filler, ms: number): Promise<void> {
  const started = performance.now();
  let events = 0;
  while (performance.now() - started < ms) {
    const due = ((performance.now() - started) / 1_000) * EVENTS_A_SECOND;
    while (events < due) events += filler.journey();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

type Part = { readonly what: string; readonly frames: Frames; readonly ok: boolean; readonly note: string };

function figuresOf({ what, frames: { gaps, long }, ok, note }: Part, taskWorst: number): Figures {
  const sorted = gaps.toSorted((a, b) => a - b);
  const workWorst = Math.round(Math.max(0, ...long));
  return {
    what,
    frames: gaps.length,
    gapMedian: Math.round(sorted[sorted.length >> 1] ?? 0),
    gapWorst: Math.round(sorted.at(-1) ?? 0),
    workWorst,
    taskWorst,
    ok: ok && Math.max(taskWorst, workWorst) <= FRAME_MS_MAX,
    note,
  };
}

type TraceEvent = {
  name: string;
  ph: string;
  ts?: number;
  pid: number;
  tid: number;
  tdur?: number;
  args?: { name?: string };
};

async function stopped(browser: Browser): Promise<readonly TraceEvent[]> {
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[];
  };
  return traceEvents;
}

/** Of the pages' main threads since the measure began, in milliseconds of processor time; Chromium writes microseconds. */
function longestTask(events: readonly TraceEvent[]): number {
  const mains = new Set(
    events.flatMap(({ name, pid, tid, args }) =>
      name === "thread_name" && args?.name === "CrRendererMain" ? [`${pid} ${tid}`] : [],
    ),
  );
  const since = events.findLast(({ name }) => name === "measure")?.ts;
  if (since === undefined) throw new Error("the measure did not begin");
  let longest = 0;
  for (const { ph, pid, tid, ts = 0, tdur = 0 } of events)
    if (ph === "X" && ts >= since && mains.has(`${pid} ${tid}`)) longest = Math.max(longest, tdur);
  return Math.round(longest / 1_000);
}

// What follows runs in the page; it may use nothing of this file.

type Box = {
  scrollTop: number;
  getBoundingClientRect(): { top: number };
  querySelectorAll(what: string): Iterable<Box>;
  textContent: string;
  click(): void;
};
type Dom = {
  document: { querySelector(what: string): Box | null };
  requestAnimationFrame(call: () => void): void;
};

async function scrollBy({
  label,
  stepPx,
  frames,
}: {
  label: string;
  stepPx: number;
  frames: number;
}): Promise<void> {
  const page = globalThis as unknown as Dom;
  const box = page.document.querySelector(`[aria-label="${label}"]`);
  if (box === null) throw new Error("no list");
  for (let frame = 0; frame < frames; frame++) {
    box.scrollTop += stepPx;
    await new Promise<void>((resolve) => page.requestAnimationFrame(() => resolve()));
  }
}

function firstRow(label: string): { text: string; top: number } {
  const page = globalThis as unknown as Dom;
  const box = page.document.querySelector(`[aria-label="${label}"]`);
  if (box === null) throw new Error("no list");
  const { top } = box.getBoundingClientRect();
  for (const row of box.querySelectorAll("[role=row], [role=option]")) {
    const at = row.getBoundingClientRect().top - top;
    // The age of a row goes on; its subject does not.
    if (at >= 0)
      return { text: [...row.querySelectorAll(".subject")][0]?.textContent ?? "", top: Math.round(at) };
  }
  return { text: "", top: 0 };
}

/** How long until a press shows: the button changes its word. */
async function pressPause(): Promise<number> {
  const page = globalThis as unknown as Dom;
  const button = page.document.querySelector("button[aria-pressed]");
  if (button === null) throw new Error("no button");
  const started = performance.now();
  button.click();
  await new Promise<void>((resolve) => page.requestAnimationFrame(() => page.requestAnimationFrame(resolve)));
  return performance.now() - started;
}

if (import.meta.main) {
  const figures = await measureTraces(Number(process.argv[2] ?? JOURNEYS));
  for (const { what, frames, gapMedian, gapWorst, workWorst, taskWorst, ok, note } of figures) {
    const work = workWorst === 0 ? "no frame over 50 ms" : `longest frame ${workWorst} ms by the clock`;
    console.log(`${ok ? "ok  " : "FAIL"} ${what}: longest task ${taskWorst} ms of processor time, ${work}`);
    console.log(`     ${frames} frames, ${gapMedian} ms apart, ${gapWorst} ms at worst. ${note}`);
  }
  process.exitCode = figures.every(({ ok }) => ok) ? 0 : 1;
}
