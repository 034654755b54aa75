/** Real curl: every example of docs/api.md, typed into a shell as it stands there, in the order of the page. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runWell, type Check } from "./harness.ts";

const PAGE = fileURLToPath(new URL("../../docs/api.md", import.meta.url));
const LAB = "http://127.0.0.1:8066/lab/v1";
/** A status of 400 or above is an error, and its body is shown. */
const STRICT = `curl() { command curl --fail-with-body --show-error --max-time 20 "$@"; }`;

export const curlChecks: readonly Check[] = [
  {
    name: "curl: every example of docs/api.md works as it stands on the page",
    async run({ folder }) {
      const blocks = [...readFileSync(PAGE, "utf8").matchAll(/^```sh\n([\s\S]*?)^```$/gm)];
      assert.ok(blocks.length > 20, `only ${blocks.length} examples were found`);
      // The doors greet a moment before the API does.
      await runWell("curl", ["-sf", "--retry", "10", "--retry-connrefused", "--retry-delay", "1", LAB]);
      for (const [, block = ""] of blocks) {
        // Examples keep their cookies in the folder they are typed in.
        const said = await runWell("bash", ["-ec", `cd ${folder}\n${STRICT}\n${block}`]);
        assert.match(said, /\S/, `nothing was answered:\n${block}`);
      }
    },
  },
  {
    name: "curl: the OpenAPI document is served, and a page of another site does not get it",
    async run() {
      const url = "http://127.0.0.1:8066/api/openapi.json";
      assert.match(await runWell("curl", ["-sf", url]), /"openapi":"3\.1\.0"/);
      const status = ["-s", "-o", "/dev/null", "-w", "%{http_code}"];
      assert.equal(await runWell("curl", [...status, "-H", "origin: http://evil.test", url]), "403");
      assert.equal(await runWell("curl", [...status, "-H", "host: evil.test", url]), "403");
    },
  },
];
