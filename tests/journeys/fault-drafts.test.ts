import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFault } from "../../src/lab/faults/schema.ts";
import { faultForm } from "../../src/lab/api/fault-form.ts";
import { readLabObject } from "../../src/lab/file/read-lab-file.ts";
import { labGraph } from "../../src/lab/runtime/graph.ts";
import {
  draftAt,
  fitting,
  type FaultDraft,
  mendDraft,
  newDraft,
  SAMPLES,
  FLAGS,
  toEntry,
} from "../../web/src/lab/faults/fault-draft.ts";
import { presetsFor } from "../../web/src/lab/faults/presets.ts";

const read = readLabObject({
  domains: { "arch.test": { mx: ["presto:10"] }, "nemesis.test": { mx: ["edge:10"] } },
  hosts: {
    dc: { role: "dns" },
    presto: { role: "mailbox", accept: ["arch.test"] },
    edge: { role: "relay", relay: { "nemesis.test": "kerio" } },
    kerio: { role: "mailbox", accept: ["nemesis.test"] },
  },
});
assert.ok(read.ok);
const form = faultForm(read.value);

const DRAFTS: readonly (readonly [over: Partial<FaultDraft>, entry: object])[] = [
  [{}, { at: "presto.smtp.RCPT", do: { reply: "450 4.2.1 busy" } }],
  [
    { often: "first", count: "3", id: " busy " },
    { id: "busy", at: "presto.smtp.RCPT", when: { n: [1, 2, 3] }, do: { reply: "450 4.2.1 busy" } },
  ],
  [
    { often: "nth", count: "2, 5", lasting: "10m" },
    { at: "presto.smtp.RCPT", when: { n: [2, 5] }, do: { reply: "450 4.2.1 busy", for: "10m" } },
  ],
  [
    { often: "chance", count: "0.5", when: { to: "a@b.test, c@d.test", from: "" } },
    {
      at: "presto.smtp.RCPT",
      when: { chance: 0.5, to: ["a@b.test", "c@d.test"] },
      do: { reply: "450 4.2.1 busy" },
    },
  ],
  [
    { place: "host", host: "edge", action: "down", value: "x" },
    { at: "edge", do: { down: true } },
  ],
  [
    { place: "link", from: "*", to: "edge", action: "tls", value: "strip", often: "every", count: "2" },
    { at: "*->edge", when: { every: 2 }, do: { tls: "strip" } },
  ],
];

test("a form's text becomes the entry of the lab file, and the lab takes it", () => {
  for (const [over, entry] of DRAFTS) {
    const made = toEntry(newDraft(form, over));
    assert.deepEqual(made, entry);
    assert.equal(parseFault(made).ok, true, JSON.stringify(made));
  }
});

test("every action with its sample is taken at every place that offers it", () => {
  const places: Partial<FaultDraft>[] = [
    ...form.places.smtp.points.map(({ point }) => ({ place: "smtp", point }) as const),
    { place: "dns", host: "dc" },
    { place: "link" },
    { place: "host" },
  ];
  for (const over of places) {
    const draft = newDraft(form, over);
    for (const action of fitting(form, draft).actions) {
      if (action === "for") continue;
      assert.ok(FLAGS.includes(action) || SAMPLES[action] !== undefined, `${action} has no sample`);
      const entry = toEntry({ ...draft, action, value: SAMPLES[action] ?? "" });
      const parsed = parseFault(entry);
      assert.ok(parsed.ok, `${JSON.stringify(entry)}: ${JSON.stringify(parsed)}`);
    }
  }
});

test("a draft that moves to another place keeps what fits there and loses the rest", () => {
  const busy = newDraft(form, { when: { to: "a@b.test" } });
  const moved = mendDraft(form, { ...busy, place: "dns" });
  assert.deepEqual(toEntry(moved), { at: "dc.dns", do: { rcode: "SERVFAIL" } });
  assert.deepEqual(toEntry(mendDraft(form, { ...busy, point: "MAIL" })), {
    at: "presto.smtp.MAIL",
    do: { reply: "450 4.2.1 busy" },
  });
});

test("a fault is placed where one stands", () => {
  const ats = ["kerio", "dc", "edge->kerio"].map((place) => toEntry(draftAt(form, place)));
  assert.deepEqual(
    ats.map(({ at }) => at),
    ["kerio.smtp.RCPT", "dc.dns", "edge->kerio"],
  );
  for (const entry of ats) assert.equal(parseFault(entry).ok, true, JSON.stringify(entry));
});

test("every preset is a fault the lab takes, and a lab without hosts has none", () => {
  assert.ok(read.ok);
  const presets = presetsFor(form, labGraph(read.value));
  assert.equal(presets.length, 6);
  for (const { title, draft } of presets) assert.equal(parseFault(toEntry(draft)).ok, true, title);
  const entries = presets.map(({ draft }) => toEntry(draft));
  assert.deepEqual(entries[0], {
    id: "busy",
    at: "kerio.smtp.RCPT",
    when: { n: [1, 2] },
    do: { reply: "450 4.2.1 busy" },
  });
  assert.deepEqual(entries[2]?.["when"], { query: "nemesis.test MX" });
  assert.deepEqual(presetsFor(faultForm({ hosts: [] }), { nodes: [], edges: [] }), []);
});
