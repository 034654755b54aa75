import assert from "node:assert/strict";
import { test } from "node:test";
import type { HostView } from "../../../../src/lab/api/views.ts";
import { callersOf, mailDoors, peopleOf } from "./lab-people.ts";

function host(name: string, domain: string, users: readonly string[]): HostView {
  const door = { host: name, service: "submission", tls: "offer", virtual: "10.66.0.9:587" };
  return {
    name,
    role: "mailbox",
    hostname: `${name}.${domain}`,
    addresses: ["10.66.0.9"],
    domains: [domain],
    doors: [door, { ...door, service: "imap", virtual: "10.66.0.9:143" }],
    users: users.map((one) => ({ name: one, password: "x" })),
    queued: 0,
    down: false,
    faults: [],
    relaysForYou: false,
  };
}
const HOSTS = [
  host("presto", "arch.test", ["ann@arch.test"]),
  host("kerio", "nemesis.test", ["bob@nemesis.test"]),
];

test("only doors that take mail can be called, by their port", () => {
  assert.deepEqual(
    mailDoors(HOSTS).map((door) => [door.host, door.port]),
    [
      ["presto", 587],
      ["kerio", 587],
    ],
  );
});

test("a letter leaves from a host's own people; a stranger at the door writes to them", () => {
  assert.deepEqual(peopleOf(HOSTS, "kerio"), { sender: "bob@nemesis.test", recipient: "ann@arch.test" });
  assert.deepEqual(callersOf(HOSTS, "kerio"), { sender: "ann@arch.test", recipient: "bob@nemesis.test" });
  assert.deepEqual(callersOf([], "kerio"), peopleOf([], "kerio"));
});
