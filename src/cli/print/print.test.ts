import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { bounceJourney } from "../../journal/testing/sample-journal.ts";
import { traceOf } from "../../journal/trace.ts";
import { printEvents } from "./events.ts";
import { mermaidGraph, printGraph } from "./graph.ts";
import { clip, createStyle, printable, styleFor } from "./style.ts";
import { printTable, progressBar } from "./table.ts";
import { printTrace } from "./trace.ts";

const plain = createStyle(false);

/** Compares with the file; POSTHORN_SNAPSHOTS=write makes it anew, to be looked at before it is committed. */
function snapshot(name: string, text: string): void {
  const file = fileURLToPath(new URL(`snapshots/${name}.txt`, import.meta.url));
  if (process.env.POSTHORN_SNAPSHOTS === "write") writeFileSync(file, text);
  assert.equal(text, readFileSync(file, "utf8"));
}

test("a journey is one page, with both conversations, verdicts and the report", () => {
  const { events } = bounceJourney();
  const trace = traceOf(events, "E1");
  const report = traceOf(events, "E2");
  assert.ok(trace && report);
  snapshot("bounce", printTrace(trace));
  snapshot("bounce-explained", printTrace(trace, { explain: true, realDurationMs: 3 }));
  snapshot("bounce-report", printTrace(report));
});

test("the live list has one line for each event, no wider than the terminal", () => {
  const { events } = bounceJourney();
  snapshot("events", printEvents(events, plain));
  const narrow = printEvents(events, createStyle(false, 50)).split("\n");
  assert.equal(narrow.length, events.length + 1);
  for (const line of narrow) assert.ok(line.length <= 50, line);
});

test("colour comes to a terminal only, and never against NO_COLOR", () => {
  const terminal = { isTTY: true, columns: 80 };
  assert.notEqual(styleFor(terminal, {}).bold("x"), "x");
  assert.equal(styleFor(terminal, { NO_COLOR: "1" }).bold("x"), "x");
  assert.notEqual(styleFor(terminal, { NO_COLOR: "" }).bold("x"), "x");
  assert.equal(styleFor({}, {}).bold("x"), "x");
  assert.equal(styleFor({ columns: 3 }, {}).width, 40);
});

test("nothing off the wire commands the terminal", () => {
  assert.equal(printable("a\u001b[2Jb\u009bc"), "a␛[2Jb\ufffdc");
  assert.equal(clip("abcdef", 4), "abc…");
});

test("a table lines its columns up and cuts the last", () => {
  const rows = [
    { id: "E1", size: "812", to: "bob@nemesis.test" },
    { id: "E22", size: "9", to: "a-very-long-local-part-indeed@nemesis.test" },
  ];
  const columns = [
    { title: "id", text: (row: (typeof rows)[number]) => row.id },
    { title: "bytes", text: (row: (typeof rows)[number]) => row.size, right: true },
    { title: "to", text: (row: (typeof rows)[number]) => row.to },
  ];
  assert.equal(
    printTable(rows, columns, createStyle(false, 40)),
    ["id   bytes  to", "E1     812  bob@nemesis.test", "E22      9  a-very-long-local-part-inde…", ""].join(
      "\n",
    ),
  );
  assert.equal(printTable([], columns, plain, "the queue is empty"), "the queue is empty\n");
});

test("a bar stays within its bounds", () => {
  assert.equal(progressBar(0.5, "up", createStyle(false, 40)), "[##############..............]  50 % up");
  assert.match(progressBar(7, "up", plain), /100 % up$/);
});

const GRAPH = {
  nodes: [
    { name: "edge", role: "relay", address: "10.66.0.21", domains: ["nemesis.test"] },
    { name: "kerio", role: "mailbox", address: "10.66.0.31", domains: [] },
  ],
  edges: [
    { from: "edge", to: "kerio", label: 'relay "all"' },
    { from: "edge", to: "nowhere", label: "lost" },
  ],
};

test("the network is drawn as text and for Mermaid", () => {
  assert.equal(
    printGraph(GRAPH, plain),
    'edge   relay    10.66.0.21  nemesis.test\n       ├─▶ kerio  relay "all"\n       └─▶ nowhere  lost\nkerio  mailbox  10.66.0.31\n',
  );
  assert.equal(
    mermaidGraph(GRAPH),
    'flowchart LR\n  n0["<b>edge</b><br/>relay<br/>10.66.0.21<br/>nemesis.test"]\n  n1["<b>kerio</b><br/>mailbox<br/>10.66.0.31"]\n  n0 -->|"relay #34;all#34;"| n1\n',
  );
});
