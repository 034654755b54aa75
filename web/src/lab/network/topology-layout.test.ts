import assert from "node:assert/strict";
import { test } from "node:test";
import type { LabGraph } from "../../../../src/lab/api/views.ts";
import { type Box, curveBetween, placeTopology } from "./topology-layout.ts";

const host = (name: string, zone: string, role = "mailbox") => ({
  name,
  role,
  zone,
  address: "",
  domains: [],
});
const GRAPH: LabGraph = {
  nodes: [
    host("you", "", "you"),
    host("nemesis.test", "nemesis.test", "domain"),
    host("edge", "nemesis.test", "relay"),
    host("kerio", "nemesis.test"),
    host("presto", "arch.test"),
    host("dc", "lab.test", "dns"),
  ],
  edges: [
    { from: "you", to: "presto", label: "submit", kind: "submit" },
    { from: "nemesis.test", to: "edge", label: "MX 10", kind: "mx" },
    { from: "edge", to: "kerio", label: "relay nemesis.test", kind: "relay" },
    { from: "edge", to: "kerio", label: "*@x.test via", kind: "connector" },
    { from: "kerio", to: "edge", label: "smarthost", kind: "smarthost" },
    { from: "edge", to: "nowhere", label: "?", kind: "relay" },
  ],
};

const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

test("no two boxes overlap, nor two bands, and each box stands in its own band", () => {
  const { nodes, bands, width, height } = placeTopology(GRAPH);
  assert.equal(nodes.length, GRAPH.nodes.length);
  for (const [i, a] of nodes.entries())
    for (const b of nodes.slice(i + 1)) assert.equal(overlap(a.box, b.box), false, `${a.name}, ${b.name}`);
  for (const [i, a] of bands.entries())
    for (const b of bands.slice(i + 1)) assert.equal(overlap(a.box, b.box), false, `${a.zone}, ${b.zone}`);
  for (const { zone, box } of bands)
    for (const node of nodes)
      assert.equal(overlap(box, node.box), node.zone === zone, `${node.name} in ${zone}`);
  for (const { box } of [...nodes, ...bands]) {
    assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height);
  }
});

test("two routes between the same two are one line, each way has its own, and one to nowhere is left out", () => {
  const { edges } = placeTopology(GRAPH);
  assert.deepEqual(edges.map(({ id, label }) => `${id} ${label}`).sort(), [
    "edge->kerio relay nemesis.test, *@x.test via",
    "kerio->edge smarthost",
    "nemesis.test->edge MX 10",
    "you->presto submit",
  ]);
  for (const { path } of edges) assert.match(path, /^M[\d.-]+ [\d.-]+(C[\d. -]+)+$/);
});

test("a network without routes, and one without hosts, have a place too", () => {
  assert.equal(placeTopology({ nodes: GRAPH.nodes.slice(4), edges: [] }).nodes.length, 2);
  assert.deepEqual(placeTopology({ nodes: [], edges: [] }).bands, []);
});

test("a curve leaves at the side that looks to the other", () => {
  const left = { x: 0, y: 0, width: 100, height: 40 };
  const right = { x: 300, y: 100, width: 100, height: 40 };
  assert.match(curveBetween(left, right), /^M100 20C.* 300 120$/);
  assert.match(curveBetween(right, left), /^M300 120C.* 100 20$/);
  assert.match(curveBetween(left, { ...left, y: 100 }), /^M0 20C.* 0 120$/, "both at the same side");
});
