import assert from "node:assert/strict";
import { test } from "node:test";
import { PAGE_ROWS, RowPages } from "./row-pages.ts";

type Question = { from: number; count: number; answer(rows: readonly string[]): void; fail(): void };

/** Pages whose questions are answered by hand, and whose frames are drawn by hand. */
function byHand() {
  const questions: Question[] = [];
  const frames: (() => void)[] = [];
  const counted = { changes: 0 };
  const pages = new RowPages<string>({
    load: (from, count) =>
      new Promise((resolve, reject) => {
        questions.push({ from, count, answer: resolve, fail: () => reject(new Error("no")) });
      }),
    onChange: () => (counted.changes += 1),
    schedule: (run) => frames.push(run),
  });
  const draw = (): void => frames.splice(0).forEach((run) => run());
  return { pages, questions, counted, draw, frames };
}

const rows = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `row ${from + index}`);
const arrived = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("pages side by side are asked for in one question, and never twice", () => {
  const { pages, questions } = byHand();
  pages.ask(40, 60);
  pages.ask(10, 120);
  pages.ask(0, 500);
  assert.deepEqual(
    questions.map(({ from, count }) => [from, count]),
    [
      [0, 100],
      [100, 50],
      [150, 200],
      [350, 150],
    ],
  );
});

test("answers of one frame are taken together, and those to older questions dropped", async () => {
  const { pages, questions, counted, draw, frames } = byHand();
  pages.ask(0, 10);
  pages.ask(200, 210);
  questions[0]?.answer(rows(0, 50));
  questions[1]?.answer(rows(200, 50));
  await arrived();
  assert.equal(pages.at(3), undefined, "not before the frame");
  assert.equal(frames.length, 1);
  draw();
  assert.deepEqual([pages.at(3), pages.at(249), counted.changes], ["row 3", "row 249", 1]);

  pages.ask(400, 410);
  questions[2]?.answer(rows(400, 50));
  await arrived();
  pages.refresh(0, 10);
  draw();
  assert.equal(pages.at(400), undefined, "asked before the list changed");
});

test("one who draws a frame already takes what has arrived with it", async () => {
  const { pages, questions, counted, draw } = byHand();
  pages.ask(0, 10);
  questions[0]?.answer(rows(0, 50));
  await arrived();
  pages.settle();
  assert.equal(pages.at(0), "row 0");
  draw();
  assert.equal(counted.changes, 1, "nothing is left for the frame");
});

test("rows that are known are there at once", () => {
  let changes = 0;
  const pages = new RowPages<string>({
    load: rows,
    onChange: () => (changes += 1),
    schedule: () => assert.fail("nothing to wait for"),
  });
  pages.ask(0, 60);
  assert.deepEqual([pages.at(0), pages.at(99), pages.at(100)], ["row 0", "row 99", undefined]);
  pages.replace(500, 510);
  assert.deepEqual([pages.at(0), pages.at(505)], [undefined, "row 505"]);
  assert.ok(changes >= 2);
});

test("a refresh keeps what is on view until its answer comes", async () => {
  const { pages, questions, draw } = byHand();
  pages.ask(0, 60);
  questions[0]?.answer(rows(0, 100));
  await arrived();
  draw();
  pages.refresh(60, 70);
  assert.deepEqual([pages.at(10), pages.at(60)], [undefined, "row 60"]);
  questions[1]?.answer(rows(1_050, 50));
  await arrived();
  draw();
  assert.equal(pages.at(60), "row 1060");
});

test("a page that could not be read is asked for again", async () => {
  const { pages, questions } = byHand();
  pages.ask(0, 10);
  questions[0]?.fail();
  await arrived();
  pages.ask(0, 10);
  assert.equal(questions.length, 2);
});

test("the oldest pages are forgotten, but none that is on view", async () => {
  const late = Promise.withResolvers<string[]>();
  const pages = new RowPages<string>({
    load: (from, count) => (from === 300 * PAGE_ROWS ? late.promise : rows(from, count)),
    onChange: () => undefined,
    schedule: (run) => run(),
  });
  for (let page = 0; page < 200; page++) pages.ask(page * PAGE_ROWS, page * PAGE_ROWS + 1);
  pages.ask(300 * PAGE_ROWS, 300 * PAGE_ROWS + 1);
  pages.ask(0, 1);
  late.resolve(rows(300 * PAGE_ROWS, PAGE_ROWS));
  await arrived();
  const there = [0, 1, 2, 300].map((page) => pages.at(page * PAGE_ROWS));
  assert.deepEqual(there, ["row 0", undefined, "row 100", "row 15000"]);
});
