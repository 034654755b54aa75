import assert from "node:assert/strict";
import { test } from "node:test";
import { fromUtf8, utf8 } from "../../base/bytes.ts";
import { Fault } from "../../base/fault.ts";
import type { Files } from "../../base/files.ts";
import type { PickupMessage } from "./pickup-message.ts";
import { readPickup } from "./pickup-message.ts";
import { startPickup } from "./pickup.ts";

type Case = {
  readonly file: string;
  readonly from?: string;
  readonly to?: readonly string[];
  readonly content?: string;
  readonly why?: RegExp;
};

const CASES: readonly Case[] = [
  {
    file: "X-Sender: ann@a.test\r\nX-Receiver: bob@b.test\r\nX-Receiver: <cy@c.test>\r\nFrom: x@a.test\r\nTo: y@y.test\r\n\r\nhi\r\n",
    from: "ann@a.test",
    to: ["bob@b.test", "cy@c.test"],
    content: "From: x@a.test\r\nTo: y@y.test\r\n\r\nhi\r\n",
  },
  {
    file: 'From: "Ann, A." <ann@a.test>\nTo: friends: bob@b.test, "C, D" <cy@[10.66.0.51]>;\nCc: (the boss) dee@d.test\nBcc: eve@e.test,\n bob@b.test\n\nhi\n',
    from: "ann@a.test",
    to: ["bob@b.test", "cy@[10.66.0.51]", "dee@d.test", "eve@e.test"],
    content:
      'From: "Ann, A." <ann@a.test>\r\nTo: friends: bob@b.test, "C, D" <cy@[10.66.0.51]>;\r\nCc: (the boss) dee@d.test\r\n\r\nhi\r\n',
  },
  { file: "X-Sender: <>\r\nFrom: m@a.test\r\nTo: b@b.test\r\n\r\n", from: "", to: ["b@b.test"] },
  { file: "To: b@b.test\r\n\r\n", why: /From/ },
  { file: "From: a@a.test\r\n\r\n", why: /No recipient/ },
  { file: "From: nobody\r\nTo: b@b.test\r\n\r\n", why: /No sender/ },
  { file: "just text\r\n", why: /header/ },
  { file: "", why: /header/ },
];

test("a file's envelope is read as IIS does, and Bcc never leaves", () => {
  for (const { file, from, to, content, why } of CASES) {
    const read = readPickup(fromUtf8(file));
    if (!read.ok) {
      assert.match(read.error, why ?? /^$/, file);
      continue;
    }
    assert.equal(why, undefined, file);
    assert.deepEqual([read.value.reversePath, read.value.recipients], [from, to], file);
    if (content !== undefined) assert.equal(utf8(read.value.content), content);
  }
});

/** Files in memory, and a clock whose timers run when told to. */
function fakeWorld(contents: Map<string, Uint8Array>) {
  const timers: (() => void)[] = [];
  const files: Files = {
    writeAtomically: async (path, bytes) => void contents.set(path, bytes),
    readFile: async (path) => contents.get(path),
    list: async (folder) =>
      [...contents.keys()]
        .filter((path) => path.startsWith(`${folder}/`) && !path.slice(folder.length + 1).includes("/"))
        .map((path) => path.slice(folder.length + 1))
        .sort(),
    remove: async (path) => void contents.delete(path),
    makeFolder: async () => undefined,
    watch: () => ({ close: () => undefined }),
  };
  const clock = {
    now: () => 0,
    after: (_delayMs: number, run: () => void) => {
      timers.push(run);
      return {
        cancel: () => void timers.splice(0, timers.length, ...timers.filter((timer) => timer !== run)),
      };
    },
  };
  return { files, clock, timers, recorder: { record: () => 0 } };
}

const GOOD = "From: a@a.test\r\nTo: b@b.test\r\n\r\nhi\r\n";

test("a file is submitted once it has stopped growing, and removed once it is durable", async () => {
  const contents = new Map([["/p/1.eml", fromUtf8(GOOD.slice(0, 10))]]);
  const taken: PickupMessage[] = [];
  const submit = async (message: PickupMessage): Promise<string> => {
    assert.ok(contents.has("/p/1.eml"), "still there while it is being submitted");
    taken.push(message);
    return "Q1";
  };
  const pickup = await startPickup({ ...fakeWorld(contents), folder: "/p", submit });
  contents.set("/p/1.eml", fromUtf8(GOOD));
  await pickup.scan();
  assert.equal(taken.length, 0, "its size has just changed");
  await pickup.scan();
  assert.equal(taken.length, 1);
  assert.deepEqual([...contents.keys()], []);
  await pickup.close();
});

test("a file that cannot be sent goes to Badmail with the reason", async () => {
  const contents = new Map([["/p/bad.eml", fromUtf8("To: b@b.test\r\n\r\n")]]);
  const submit = () => Promise.reject(new Error("not reached"));
  const pickup = await startPickup({ ...fakeWorld(contents), folder: "/p", submit });
  await pickup.scan();
  assert.deepEqual([...contents.keys()].sort(), ["/p/Badmail/bad.eml", "/p/Badmail/bad.eml.why.txt"]);
  assert.match(
    utf8(contents.get("/p/Badmail/bad.eml.why.txt") ?? new Uint8Array()),
    /'From' header is missing/,
  );
  await pickup.close();
});

test("a queue that is full leaves the file where it is", async () => {
  const contents = new Map([["/p/1.eml", fromUtf8(GOOD)]]);
  const world = fakeWorld(contents);
  const submit = () => Promise.reject(new Fault("overload", "full"));
  const pickup = await startPickup({ ...world, folder: "/p", submit });
  await pickup.scan();
  assert.deepEqual([...contents.keys()], ["/p/1.eml"]);
  assert.equal(world.timers.length, 1, "it will look again");
  await pickup.close();
});
