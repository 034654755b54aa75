/**
 * The two threadings of RFC 5256 §3: ORDEREDSUBJECT by base subject and date, REFERENCES by who answers whom, with its
 * six steps. No recursion over what a hostile header can make deep.
 */
import { baseSubject, isReply } from "../../message/digest/base-subject.ts";
import { decodeRawWords, type Envelope } from "../../message/digest/read-envelope.ts";
import { headerValues, parseHeader } from "../../message/header/fields.ts";
import { parseMessageId, parseMessageIds } from "../../message/header/message-id.ts";
import type { SearchParts } from "./evaluate.ts";
import { readEnvelopes, sentAt } from "./sort.ts";

/** A message with its answers; `row` is undefined where only its id is known. */
export type ThreadNode = { row: number | undefined; children: ThreadNode[] };

type Facts = {
  readonly row: number;
  readonly at: number;
  readonly base: string;
  readonly isReply: boolean;
  readonly envelope: Envelope | undefined;
};

const CONTENTS_A_SLICE = 128;

export async function orderedSubject(rows: readonly number[], parts: SearchParts): Promise<ThreadNode[]> {
  const facts = await factsOf(rows, parts);
  const bySubject = Map.groupBy(facts, ({ base }) => base);
  const threads = [...bySubject.values()].map((thread) => thread.sort(byDate));
  threads.sort((a, b) => byDate(a[0] as Facts, b[0] as Facts));
  return threads.map(([first, ...rest]) => {
    return { row: first?.row, children: rest.map(({ row }) => ({ row, children: [] })) };
  });
}

type Container = { facts: Facts | undefined; parent: Container | undefined; children: Container[] };

export async function references(rows: readonly number[], parts: SearchParts): Promise<ThreadNode[]> {
  const facts = await factsOf(rows, parts);
  const containers = linkAll(facts, await ancestorsOf(rows, parts));
  const roots = prune(containers.filter(({ parent }) => parent === undefined));
  sortTree(roots);
  const grouped = groupBySubject(roots);
  sortTree(grouped);
  return grouped.map(toNode);
}

async function factsOf(rows: readonly number[], parts: SearchParts): Promise<Facts[]> {
  const envelopes = await readEnvelopes(rows, parts);
  return rows.map((row) => {
    const envelope = envelopes.get(row);
    const subject = envelope?.subject === undefined ? "" : decodeRawWords(envelope.subject);
    const at = sentAt(envelope, parts.table.receivedAts[row] as number);
    return { row, at, base: baseSubject(subject), isReply: isReply(subject), envelope };
  });
}

/** Step 1 wants References, which no envelope has: else the first id of In-Reply-To. */
async function ancestorsOf(
  rows: readonly number[],
  { mail, table, pause }: SearchParts,
): Promise<Map<number, string[]>> {
  const wanted = new Set(rows);
  const ancestors = new Map<number, string[]>();
  const last = rows.at(-1) ?? -1;
  for (let from = rows[0] ?? 0; from <= last; from += CONTENTS_A_SLICE) {
    mail.contents(table, from, Math.min(last + 1, from + CONTENTS_A_SLICE), (row, content) => {
      if (!wanted.has(row) || content === undefined) return;
      const header = parseHeader(content);
      const named = headerValues(header, "references").flatMap(parseMessageIds);
      const answered = headerValues(header, "in-reply-to").flatMap(parseMessageIds).slice(0, 1);
      ancestors.set(row, named.length > 0 ? named : answered);
    });
    await pause();
  }
  return ancestors;
}

/** Step 1: every message in the place its references give it. A second message of one id is one of its own. */
function linkAll(all: readonly Facts[], ancestors: ReadonlyMap<number, readonly string[]>): Container[] {
  const byId = new Map<string, Container>();
  const containers: Container[] = [];
  const make = (facts: Facts | undefined): Container => {
    const container = { facts, parent: undefined, children: [] };
    containers.push(container);
    return container;
  };
  const known = (id: string): Container => {
    let container = byId.get(id);
    if (container === undefined) byId.set(id, (container = make(undefined)));
    return container;
  };
  for (const facts of all) {
    const id = facts.envelope?.messageId === undefined ? undefined : parseMessageId(facts.envelope.messageId);
    let container = id === undefined ? make(facts) : known(id);
    if (container.facts !== undefined && container.facts !== facts) container = make(facts);
    container.facts = facts;
    let parent: Container | undefined;
    for (const ancestor of ancestors.get(facts.row) ?? []) {
      const next = known(ancestor);
      if (parent !== undefined && next.parent === undefined) adopt(parent, next);
      parent = next;
    }
    if (parent === undefined || parent === container) continue;
    if (container.parent !== undefined) leave(container);
    adopt(parent, container);
  }
  return containers;
}

/** No loop is ever made. */
function adopt(parent: Container, child: Container): void {
  for (let above: Container | undefined = parent; above !== undefined; above = above.parent) {
    if (above === child) return;
  }
  child.parent = parent;
  parent.children.push(child);
}

function leave(child: Container): void {
  const siblings = child.parent?.children ?? [];
  siblings.splice(siblings.indexOf(child), 1);
  child.parent = undefined;
}

/** Step 3: ids that nobody sent go; their answers move up, at the top only where there is just one. */
function prune(roots: readonly Container[]): Container[] {
  const order: Container[] = [];
  const waiting = [...roots];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    order.push(next);
    waiting.push(...next.children);
  }
  for (const container of order.reverse()) {
    container.children = container.children.flatMap((child) => {
      if (child.facts !== undefined) return [child];
      for (const grandchild of child.children) grandchild.parent = container;
      return child.children;
    });
  }
  return roots.flatMap((root) => {
    if (root.facts !== undefined) return [root];
    if (root.children.length > 1) return [root];
    for (const child of root.children) child.parent = undefined;
    return root.children;
  });
}

/** Step 5: threads of one base subject become one. */
function groupBySubject(roots: readonly Container[]): Container[] {
  const bySubject = new Map<string, Container>();
  for (const root of roots) {
    const base = subjectOf(root);
    if (base === "") continue;
    const known = bySubject.get(base);
    const isBetter =
      known === undefined ||
      (known.facts !== undefined && root.facts === undefined) ||
      (known.facts?.isReply === true && root.facts?.isReply === false);
    if (isBetter) bySubject.set(base, root);
  }
  const gone = new Set<Container>();
  const fresh: Container[] = [];
  for (const root of roots) {
    const base = subjectOf(root);
    const other = base === "" ? undefined : bySubject.get(base);
    if (other === undefined || other === root) continue;
    gone.add(root);
    if (other.facts === undefined && root.facts === undefined)
      for (const child of root.children) adopt(other, child);
    else if (other.facts === undefined) adopt(other, root);
    else if (root.facts?.isReply === true && !other.facts.isReply) adopt(other, root);
    else {
      const both: Container = { facts: undefined, parent: undefined, children: [other, root] };
      gone.add(other);
      fresh.push(both);
      bySubject.set(base, both);
    }
  }
  return [...roots, ...fresh].filter((root) => !gone.has(root));
}

function subjectOf(root: Container): string {
  return (root.facts ?? root.children[0]?.facts)?.base ?? "";
}

/** Steps 4 and 6: by date, a missing message by its first answer. Deepest first, so that one pass will do. */
function sortTree(roots: Container[]): void {
  const order: Container[] = [];
  const waiting = [...roots];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    order.push(next);
    waiting.push(...next.children);
  }
  for (const container of order.reverse()) container.children.sort(byFirst);
  roots.sort(byFirst);
}

function byFirst(a: Container, b: Container): number {
  const x = a.facts ?? a.children[0]?.facts;
  const y = b.facts ?? b.children[0]?.facts;
  return x === undefined || y === undefined ? 0 : byDate(x, y);
}

function byDate(a: Facts, b: Facts): number {
  return a.at - b.at || a.row - b.row;
}

function toNode(root: Container): ThreadNode {
  const node: ThreadNode = { row: root.facts?.row, children: [] };
  const waiting: [Container, ThreadNode][] = [[root, node]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [container, made] = next;
    for (const child of container.children) {
      const below: ThreadNode = { row: child.facts?.row, children: [] };
      made.children.push(below);
      waiting.push([child, below]);
    }
  }
  return node;
}
