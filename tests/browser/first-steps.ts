/** Somebody who sees a lab for the first time: a message, its journey, the names that were asked, and one that comes back. */
import { type Check, expectNoTrouble } from "./harness.ts";

export const firstStepsChecks: readonly Check[] = [
  {
    name: "lab: the first steps lead from a message to its journey, its MX and a report",
    async run(stage) {
      const visit = await stage.visit("/");
      const { page } = visit;
      const steps = page.getByRole("region", { name: "First steps" });
      await steps.getByRole("button", { name: "Send it" }).click();
      await steps.getByRole("link", { name: "Its journey" }).click();
      await page.getByRole("heading", { name: "Hello from the lab", level: 1 }).waitFor();
      await page.goto(`${stage.url}/lab`);
      await stage.picture(page, "lab-first-steps");
      await steps.getByRole("link", { name: "Its questions" }).click();
      await page.getByRole("cell", { name: /MX 10 edge\.nemesis\.test/ }).waitFor();
      await page.goto(`${stage.url}/lab`);
      await steps.getByRole("button", { name: "Send to nobody" }).click();
      await steps.getByRole("link", { name: "What became of it" }).click();
      await page.getByRole("heading", { name: "Is anybody there?", level: 1 }).waitFor();
      await page.getByText("A delivery report was sent").waitFor();
      await page.goto(`${stage.url}/lab`);
      await steps.getByRole("button", { name: "Close the first steps" }).click();
      await steps.waitFor({ state: "detached" });
      expectNoTrouble(visit);
    },
  },
];
