/** Administration in the browser: a domain and an account are added, and mail for them arrives. */
import assert from "node:assert/strict";
import { type Check, expectNoTrouble } from "./harness.ts";

export const serverChecks: readonly Check[] = [
  {
    name: "server: a domain and an account are added, and mail for them arrives",
    async run(stage) {
      const visit = await stage.visit("/server/kerio/domains");
      const { page } = visit;
      await page.getByRole("button", { name: "Add a domain" }).first().click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Domain").fill("olymp.test");
      await dialog.getByRole("button", { name: "Add the domain" }).click();
      await dialog.waitFor({ state: "hidden" });
      await page.getByText("olymp.test").first().waitFor();
      await stage.picture(page, "server-1-domain");

      await page.goto(`${stage.url}/server/kerio/accounts`);
      await page.getByRole("button", { name: "Add an account" }).first().click();
      await dialog.getByLabel("Address").fill("zeus@olymp.test");
      await dialog.getByRole("button", { name: "Add the account" }).click();
      await page.getByText("It is shown now and never again").waitFor();
      await page.getByRole("button", { name: "I have it" }).click();
      await page.getByText("zeus@olymp.test").first().waitFor();
      await stage.picture(page, "server-2-account");

      const { lab } = stage;
      const sent = await lab.send({
        from: "bob@nemesis.test",
        to: ["zeus@olymp.test"],
        subject: "Welcome",
        text: "Hello",
        server: "kerio",
      });
      assert.equal(sent.ok, true, JSON.stringify(sent.results));
      const mail = await lab.inbox("zeus@olymp.test").wait({ subject: "Welcome" }, { timeoutMs: 20_000 });
      assert.equal(mail.host, "kerio");
      expectNoTrouble(visit);
    },
  },
];
