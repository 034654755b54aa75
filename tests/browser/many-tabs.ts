/** Live pages in several tabs of one browser: each holds one connection, so that six of them do not lock a person out. */
import assert from "node:assert/strict";
import { type Check, expectNoTrouble } from "./harness.ts";

/** One less than a browser opens to one server over HTTP/1.1. */
const TABS = 5;

export const manyTabsChecks: readonly Check[] = [
  {
    name: `live: ${TABS} tabs of the network hold one connection each, and all of them hear`,
    async run(stage) {
      const visit = await stage.visit("/lab");
      const tabs = [visit.page];
      while (tabs.length < TABS) {
        const tab = await visit.page.context().newPage();
        await tab.goto(`${stage.url}/lab`);
        tabs.push(tab);
      }
      for (const tab of tabs) await tab.getByText("Live", { exact: true }).waitFor();
      await stage.lab.send({
        from: "ann@arch.test",
        to: ["bob@nemesis.test"],
        subject: "For every tab",
        server: "presto",
      });
      for (const tab of tabs) await tab.getByText("For every tab").first().waitFor();
      const streams = tabs.map(async (tab) =>
        Number(
          await tab.evaluate(
            "performance.getEntriesByType('resource').filter(({ name }) => name.includes('-live') || /v1\\/events/.test(name.split('?')[0])).length",
          ),
        ),
      );
      assert.deepEqual(
        await Promise.all(streams),
        tabs.map(() => 0),
        "no stream has a connection of its own",
      );
      expectNoTrouble(visit);
    },
  },
];
