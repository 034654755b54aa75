import assert from "node:assert/strict";
import { test } from "node:test";
import { type ImapState, misplaced, VERB_PLACES } from "./command-states.ts";
import type { ImapVerb } from "./command.ts";

/** RFC 9051 §6 and the extensions, as their section titles have it. `-`: BAD. */
const CELLS = `
  verb            notAuthenticated authenticated selected
  capability      ok ok ok
  noop            ok ok ok
  logout          ok ok ok
  id              ok ok ok
  starttls        ok -  -
  authenticate    ok -  -
  login           ok -  -
  enable          -  ok ok
  select          -  ok ok
  examine         -  ok ok
  create          -  ok ok
  delete          -  ok ok
  rename          -  ok ok
  subscribe       -  ok ok
  unsubscribe     -  ok ok
  list            -  ok ok
  lsub            -  ok ok
  namespace       -  ok ok
  status          -  ok ok
  append          -  ok ok
  idle            -  ok ok
  compress        -  ok ok
  unauthenticate  -  ok ok
  notify          -  ok ok
  uidbatches      -  -  ok
  esearch         -  ok ok
  getquota        -  ok ok
  getquotaroot    -  ok ok
  setquota        -  ok ok
  getacl          -  ok ok
  setacl          -  ok ok
  deleteacl       -  ok ok
  listrights      -  ok ok
  myrights        -  ok ok
  getmetadata     -  ok ok
  setmetadata     -  ok ok
  check           -  -  ok
  close           -  -  ok
  unselect        -  -  ok
  expunge         -  -  ok
  search          -  -  ok
  fetch           -  -  ok
  store           -  -  ok
  copy            -  -  ok
  move            -  -  ok
  sort            -  -  ok
  thread          -  -  ok
  replace         -  -  ok
  cancelupdate    -  -  ok`;

test("every verb is taken in the states of its section, and in no other", () => {
  const [head = [], ...rows] = CELLS.trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  const states = head.slice(1) as ImapState[];
  assert.deepEqual(rows.map(([verb]) => verb).sort(), Object.keys(VERB_PLACES).sort());
  for (const [verb, ...cells] of rows) {
    states.forEach((state, at) => {
      const why = misplaced(verb as ImapVerb, state);
      assert.equal(why === undefined ? "ok" : "-", cells[at], `${verb} when ${state}`);
    });
  }
});

test("a verb out of place is told where its place is", () => {
  assert.equal(misplaced("fetch", "notAuthenticated"), "FETCH is for after the login");
  assert.equal(misplaced("fetch", "authenticated"), "FETCH needs a selected mailbox");
  assert.equal(misplaced("login", "selected"), "LOGIN is for before the login");
});
