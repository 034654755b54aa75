/**
 * Where everything of the network stands: bands for zones, boxes for hosts, pills for domains, curves for routes. The
 * ranks and the order are dagre's; the curves are ours, so that each leaves and enters a box at its side. Pure.
 */
import { Graph, layout } from "@dagrejs/dagre";
import type { LabGraph } from "../../../../src/lab/api/views.ts";

export type Point = { readonly x: number; readonly y: number };
export type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
export type PlacedNode = LabGraph["nodes"][number] & { readonly box: Box };
export type PlacedEdge = LabGraph["edges"][number] & {
  /** `presto->smart`. */
  readonly id: string;
  /** SVG path, from the sender to the receiver. */
  readonly path: string;
  /** Where its label stands. */
  readonly middle: Point;
};
export type Topology = {
  readonly width: number;
  readonly height: number;
  readonly bands: readonly { readonly zone: string; readonly box: Box }[];
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
};

export const HOST_WIDTH = 156;
export const HOST_HEIGHT = 60;
const PILL_HEIGHT = 28;
const PILL_LETTER = 7.2;
/** Room for the name of a band above its boxes. */
const BAND_HEAD = 26;
const BAND_SIDE = 16;
const MARGIN = 12;
const BAND = "band:";
/** From a line to the foot of its label. */
const LABEL_ABOVE = 6;
const LABEL_BELOW = 16;

export function edgeId(from: string, to: string): string {
  return `${from}->${to}`;
}

export function placeTopology(graph: LabGraph): Topology {
  const plan = new Graph({ compound: true, multigraph: true });
  plan.setGraph({ rankdir: "LR", nodesep: 20, ranksep: 76, edgesep: 14, marginx: 30, marginy: 44 });
  plan.setDefaultEdgeLabel(() => ({}));
  const zones = [...new Set(graph.nodes.map(({ zone }) => zone))].filter((zone) => zone !== "");
  for (const zone of zones) plan.setNode(BAND + zone, {});
  for (const node of graph.nodes) {
    plan.setNode(node.name, sizeOf(node));
    if (node.zone !== "") plan.setParent(node.name, BAND + node.zone);
  }
  const edges = withoutDoubles(graph.edges).filter(({ from, to }) => from !== to);
  // Mail for a domain and what its exchangers relay should run straight; who may submit comes last.
  for (const edge of edges)
    plan.setEdge(edge.from, edge.to, { weight: edge.kind === "submit" ? 1 : 3 }, edgeId(edge.from, edge.to));
  layout(plan);

  const boxOf = (name: string): Box => {
    const { x = 0, y = 0, width = 0, height = 0 } = plan.node(name) as Partial<Box>;
    return { x: x - width / 2, y: y - height / 2, width, height };
  };
  const nodes = graph.nodes.map((node) => ({ ...node, box: boxOf(node.name) }));
  const bands = zones.map((zone) => ({ zone, box: around(nodes.filter((node) => node.zone === zone)) }));
  const boxes = new Map(nodes.map(({ name, box }) => [name, box]));
  const placed = edges.flatMap((edge) => {
    const [from, to] = [boxes.get(edge.from), boxes.get(edge.to)];
    if (from === undefined || to === undefined) return [];
    const id = edgeId(edge.from, edge.to);
    const { points = [] } = plan.edge(edge.from, edge.to, id) as { points?: Point[] };
    const between = points.slice(1, -1);
    return [
      { ...edge, id, path: curveThrough(from, to, between), middle: middleOf(edge.kind, from, to, between) },
    ];
  });
  const all = [...nodes.map(({ box }) => box), ...bands.map(({ box }) => box)];
  const width = Math.max(0, ...all.map(({ x, width: wide }) => x + wide)) + MARGIN;
  const height = Math.max(0, ...all.map(({ y, height: high }) => y + high)) + MARGIN;
  return { width, height, bands, nodes, edges: placed };
}

/** A curve between two boxes that no route of the plan joins: what a message that went by MX flies along. */
export function curveBetween(from: Box, to: Box): string {
  return curveThrough(from, to, []);
}

function sizeOf({ role, name }: LabGraph["nodes"][number]): { width: number; height: number } {
  if (role === "domain")
    return { width: Math.round((name.length + 1) * PILL_LETTER) + 26, height: PILL_HEIGHT };
  return { width: HOST_WIDTH, height: HOST_HEIGHT };
}

/** Two routes between the same two are one line with both labels. */
function withoutDoubles(edges: LabGraph["edges"]): LabGraph["edges"] {
  const joined = new Map<string, LabGraph["edges"][number]>();
  for (const edge of edges) {
    const id = edgeId(edge.from, edge.to);
    const known = joined.get(id);
    joined.set(id, known === undefined ? edge : { ...known, label: `${known.label}, ${edge.label}` });
  }
  return [...joined.values()];
}

function around(nodes: readonly PlacedNode[]): Box {
  const x = Math.min(...nodes.map(({ box }) => box.x)) - BAND_SIDE;
  const y = Math.min(...nodes.map(({ box }) => box.y)) - BAND_HEAD;
  const right = Math.max(...nodes.map(({ box }) => box.x + box.width)) + BAND_SIDE;
  const bottom = Math.max(...nodes.map(({ box }) => box.y + box.height)) + BAND_SIDE - 2;
  return { x, y, width: right - x, height: bottom - y };
}

/** Leaves on the side that looks towards the other; level at both ends and at each point between. */
function curveThrough(from: Box, to: Box, between: readonly Point[]): string {
  const forward = to.x >= from.x + from.width / 2;
  const start = side(from, forward);
  const sameColumn = Math.abs(to.x - from.x) < Math.min(from.width, to.width) / 2;
  const end = side(to, sameColumn ? forward : !forward);
  const points = [start, ...(forward ? between : []), end];
  const parts = [`M${round(start.x)} ${round(start.y)}`];
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1] as Point, points[i] as Point];
    const reach = Math.max(18, Math.abs(b.x - a.x) / 2);
    const [out, back] = [
      forward ? reach : -reach,
      sameColumn ? (forward ? reach : -reach) : forward ? -reach : reach,
    ];
    parts.push(
      `C${round(a.x + out)} ${round(a.y)} ${round(b.x + back)} ${round(b.y)} ${round(b.x)} ${round(b.y)}`,
    );
  }
  return parts.join("");
}

/**
 * In the middle of its middle curve, above; those of one domain in the middle of their first, each on the side that it
 * turns to, so that they do not meet. The curves are level at each point: halfway between two is halfway along.
 */
function middleOf(kind: string, from: Box, to: Box, between: readonly Point[]): Point {
  const forward = to.x >= from.x + from.width / 2;
  const points = [side(from, forward), ...(forward ? between : []), side(to, !forward)];
  const at = kind === "mx" ? 1 : Math.floor(points.length / 2);
  const [a, b] = [points[at - 1] as Point, points[at] as Point];
  const below = kind === "mx" && b.y > a.y + 2;
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 + (below ? LABEL_BELOW : -LABEL_ABOVE) };
}

function side({ x, y, width, height }: Box, right: boolean): Point {
  return { x: right ? x + width : x, y: y + height / 2 };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
