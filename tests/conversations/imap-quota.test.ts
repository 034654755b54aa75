/** RFC 9208: an administrator changes quotas over IMAP, and nobody else is told that it could. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createImapWorld, type ImapTalk, type ImapWorld } from "./imap-world.ts";

const ACCOUNTS = { "ann@arch.test": undefined, "bob@arch.test": 2_048, "fixed@arch.test": 1_024 };

async function opened(): Promise<ImapWorld & { ann: ImapTalk; bob: ImapTalk }> {
  const world = await createImapWorld({}, { accounts: ACCOUNTS, administrator: "ann@arch.test" });
  return { ...world, ann: await world.login(), bob: await world.login("bob@arch.test") };
}

describe("quotas over imap", () => {
  it("are offered for changing to administrators alone", async () => {
    const { ann, bob } = await opened();
    assert.match((await ann.say("t CAPABILITY")).join(), / QUOTASET /);
    assert.doesNotMatch((await bob.say("t CAPABILITY")).join(), /QUOTASET/);
    assert.match((await bob.say('t SETQUOTA "" (STORAGE 9)')).join(), /^t NO \[NOPERM\]/);
    assert.match((await bob.say('t GETQUOTA "ann@arch.test"')).join(), /^t NO \[NONEXISTENT\]/);
  });

  it("are changed as a whole: what is not named has no limit any more", async () => {
    const { ann, bob, store } = await opened();
    assert.deepEqual(await ann.say("t SETQUOTA bob@arch.test (STORAGE 3 MESSAGE 7)"), [
      '* QUOTA "bob@arch.test" (STORAGE 0 3 MESSAGE 0 7)',
      "t OK SETQUOTA completed",
    ]);
    assert.equal((await bob.say('t GETQUOTA ""'))[0], '* QUOTA "" (STORAGE 0 3 MESSAGE 0 7)');
    assert.equal(store.account("bob@arch.test")?.quotaBytes, 3_072);
    await ann.say("t SETQUOTA bob@arch.test (MESSAGE 1)");
    assert.equal((await bob.say('t GETQUOTA ""'))[0], '* QUOTA "" (MESSAGE 0 1)');
    const letter = "Subject: x\r\n\r\nx\r\n";
    const append = `t APPEND INBOX {${letter.length}+}\r\n${letter}`;
    assert.match((await bob.say(append)).join(), /t OK/);
    assert.match((await bob.say(append)).join(), /t NO \[OVERQUOTA\]/);
  });

  it("are not changed to what nobody counts, for nobody, or against the settings", async () => {
    const { ann } = await opened();
    assert.match((await ann.say("t SETQUOTA bob@arch.test (ANNOTATION-STORAGE 1)")).join(), /^t BAD/);
    assert.match((await ann.say("t SETQUOTA nobody@arch.test (STORAGE 1)")).join(), /^t NO \[NONEXISTENT\]/);
    assert.match((await ann.say("t SETQUOTA fixed@arch.test (STORAGE 1)")).join(), /^t NO \[NOPERM\]/);
  });
});
