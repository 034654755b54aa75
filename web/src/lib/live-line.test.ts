import assert from "node:assert/strict";
import { test } from "node:test";
import { type Hearing, LiveLine, type LiveState, type Strand } from "./live-line.ts";

/** A browser whose time passes by hand. */
function fakeBrowser() {
  let timers: { readonly at: number; readonly run: () => void }[] = [];
  let now = 0;
  const opened: string[][] = [];
  let open: Hearing | undefined;
  const line = new LiveLine({
    after(ms, run) {
      const timer = { at: now + ms, run };
      timers.push(timer);
      return () => void (timers = timers.filter((one) => one !== timer));
    },
    open(url, hear) {
      opened.push(new URL(url, "http://here.test").searchParams.getAll("s"));
      open = hear;
      return () => {
        if (open === hear) open = undefined;
      };
    },
  });
  const pass = (ms: number): void => {
    now += ms;
    const due = timers.filter(({ at }) => at <= now);
    timers = timers.filter(({ at }) => at > now);
    for (const { run } of due) run();
  };
  const server = (): Hearing => {
    if (open === undefined) throw new Error("no connection is open");
    return open;
  };
  return { line, opened, pass, server, isOpen: () => open !== undefined };
}

function strand(url: string, lastId = "") {
  const events: string[] = [];
  const states: LiveState[] = [];
  const made: Strand & { events: string[]; states: LiveState[] } = {
    url,
    lastId,
    events,
    states,
    take: ({ id, kind, data }) => void events.push(`${id} ${kind} ${data}`),
    tell: (state) => void states.push(state),
  };
  return made;
}

test("streams of one moment share one connection, and each hears its own", () => {
  const { line, opened, pass, server } = fakeBrowser();
  const [a, b] = [strand("/a?q=x&y"), strand("/b", "7")];
  line.add(a);
  line.add(b);
  pass(20);
  assert.deepEqual(opened, [["/a?q=x&y", "7,/b"]]);
  server().opened();
  server().message("0 12");
  server().message('1 8 row {"n": "a b"}');
  assert.deepEqual([a.states, a.events, b.events], [["live"], [], ['8 row {"n": "a b"}']]);
});

test("when a stream comes, those that are there go on where they were, and do not blink", () => {
  const { line, opened, pass, server } = fakeBrowser();
  const [a, b] = [strand("/a"), strand("/b")];
  line.add(a);
  pass(20);
  server().message("0 12");
  const end = line.add(b);
  pass(20);
  end();
  pass(20);
  assert.deepEqual(opened, [["/a"], ["12,/a", "/b"], ["12,/a"]]);
  assert.deepEqual(a.states, ["live"]);
});

test("the last stream takes the connection with it", () => {
  const { line, pass, isOpen } = fakeBrowser();
  const end = line.add(strand("/a"));
  pass(20);
  assert.equal(isOpen(), true);
  end();
  end();
  pass(20);
  assert.equal(isOpen(), false);
});

test("a lost connection comes back after pauses that grow", () => {
  const { line, opened, pass, server } = fakeBrowser();
  const a = strand("/a");
  line.add(a);
  pass(20);
  server().opened();
  server().message("0 3 row {}");
  server().failed();
  pass(499);
  assert.equal(opened.length, 1);
  pass(1);
  assert.deepEqual(opened.at(-1), ["3,/a"]);
  server().failed();
  pass(500);
  assert.equal(opened.length, 2, "the second pause is longer");
  pass(500);
  assert.equal(opened.length, 3);
  assert.deepEqual(a.states, ["connecting", "lost"]);
});

test("a stream that is refused is asked for again later, while the others go on", () => {
  const { line, opened, pass, server } = fakeBrowser();
  const [a, b] = [strand("/a"), strand("/b")];
  line.add(a);
  line.add(b);
  pass(20);
  server().message("0 1");
  server().ended("1 401");
  server().message("0 2 row {}");
  assert.deepEqual([a.states, b.states, a.events], [["live"], ["connecting"], ["2 row {}"]]);
  pass(500);
  pass(20);
  assert.deepEqual(opened.at(-1), ["2,/a", "/b"]);
  server().ended("1 401");
  assert.deepEqual(b.states, ["connecting", "lost"]);
});

test("while nobody looks there is no connection", () => {
  const { line, opened, pass, isOpen } = fakeBrowser();
  line.add(strand("/a"));
  pass(20);
  line.pause();
  line.add(strand("/b"));
  pass(20);
  assert.equal(isOpen(), false);
  line.resume();
  assert.deepEqual(opened.at(-1), ["/a", "/b"]);
});
