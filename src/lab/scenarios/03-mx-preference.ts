/** Scenario 3: the order in which mail exchangers are tried, and what happens when the best are down. */
import type { Lab } from "../lab.ts";
import { letter } from "./evidence.ts";
import type { Scenario } from "./scenario.ts";

export const mxPreference: Scenario = {
  number: 3,
  name: "mx-preference",
  title: "MX preference: equal ones shuffled, the next one when the first is down",
  rfcs: ["RFC 5321 §5.1", "RFC 974"],
  narration: [
    "nemesis.test has three mail exchangers: two of preference 10 and a reserve of preference 20. The lowest number is tried first; among equal ones the sender must choose at random, so that the load is spread (RFC 5321 §5.1).",
    "The reserve is only for bad days: with one of the first two down mail goes to the other, and with both down to the reserve. All of that is one attempt; the queue does not have to wait in between.",
    "An unreachable exchanger is passed over, a refusing one is not: a 550 from any of them is the answer of the domain.",
  ],
  lab: `
lab: preference
domains:
  arch.test:    { mx: [presto:10] }
  nemesis.test: { mx: [one:10, two:10, reserve:20] }
hosts:
  presto:  { ip: 10.66.0.11, role: mailbox, accept: [arch.test], allow: [you] }
  one:     { ip: 10.66.0.21, role: relay, relay: { nemesis.test: kerio } }
  two:     { ip: 10.66.0.22, role: relay, relay: { nemesis.test: kerio } }
  reserve: { ip: 10.66.0.23, role: relay, relay: { nemesis.test: kerio } }
  kerio:   { ip: 10.66.0.31, role: mailbox, accept: [nemesis.test] }
accounts:
  ann@arch.test:    { password: ann }
  bob@nemesis.test: { password: bob }
`,
  async play({ lab, check, note, withSeed }) {
    note("The same message in eight worlds that differ in nothing but chance.");
    const taken: string[] = [];
    for (let seed = 1; seed <= 8; seed++) taken.push((await wayOf(await withSeed(seed))).exchanger);
    const counts = ["one", "two", "reserve"].map((name) => taken.filter((one) => one === name).length);
    check("each of the equal exchangers was first in some of them", counts.slice(0, 2).every(Boolean), taken);
    check("the reserve was never needed", counts[2] === 0, taken);

    note("The first exchanger goes down.");
    const down = lab.fault.at("one").down();
    const second = await wayOf(lab);
    check("with one down, mail goes by two", second.exchanger === "two", second);

    note("The other one too.");
    lab.fault.at("two").down();
    const third = await wayOf(lab);
    check("with both down, mail goes by the reserve", third.exchanger === "reserve", third);
    check(
      "both were tried before it, within one attempt",
      third.attempts === 1 && [...third.failures].sort().join() === "10.66.0.21,10.66.0.22",
      third,
    );

    note("One comes back.");
    lab.fault.remove(down);
    const fourth = await wayOf(lab);
    check("once one is up again, the reserve rests", fourth.exchanger === "one", fourth);
  },
};

type Way = {
  readonly exchanger: string;
  readonly attempts: number | undefined;
  readonly failures: readonly string[];
};

/** By then connections kept for the next message are closed, and addresses that were dead are tried again. */
const PAUSE = "15m";

/** Sends a message and says which exchanger took it. */
async function wayOf(lab: Lab): Promise<Way> {
  await lab.clock.advance(PAUSE);
  const raw = letter("ann@arch.test", "bob@nemesis.test", "Which way?");
  const sent = await lab.send({ from: "ann@arch.test", to: ["bob@nemesis.test"], server: "presto", raw });
  const inbox = await lab.inbox("bob@nemesis.test");
  await lab.clock.advance("1m");
  // Each message is looked for by its own journey: they are otherwise alike.
  const mail = (await inbox.list()).find(({ trace }) => trace?.id === sent.queueId);
  const attempts = mail?.trace?.journey.hops[0]?.attempts;
  return {
    exchanger: mail?.trace?.path[1] ?? "nobody",
    attempts: attempts?.length,
    failures:
      attempts?.flatMap(({ failures }) => failures.map(({ to }) => /\[(.*)\]/.exec(to)?.[1] ?? to)) ?? [],
  };
}
