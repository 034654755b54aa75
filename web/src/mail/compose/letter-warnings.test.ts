import assert from "node:assert/strict";
import { test } from "node:test";
import { letterWarnings } from "./letter-warnings.ts";

test("a missing subject, file or text is asked about, and only one's own words count", () => {
  for (const [subject, text, files, wanted] of [
    ["Hi", "Hello.", 0, []],
    ["", "Hello.", 0, ["It has no subject."]],
    ["Hi", "The plan is attached.", 0, ["It says “attached”, but nothing is attached."]],
    ["Hi", "The plan is attached.", 1, []],
    ["Rechnung im Anhang", "Hallo.", 0, ["It says “im Anhang”, but nothing is attached."]],
    ["Re: Plan", "Thanks.\n> The plan is attached.", 0, []],
    ["Hi", " \n> quoted", 0, ["It has no text."]],
    ["Hi", "", 1, []],
    [
      "Hi",
      "I have no attachments to anybody; unattached.",
      0,
      ["It says “attachments”, but nothing is attached."],
    ],
  ] as const)
    assert.deepEqual(letterWarnings({ subject, text, files }), wanted, `${subject}|${text}`);
});
