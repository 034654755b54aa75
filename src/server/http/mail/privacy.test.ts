import assert from "node:assert/strict";
import { test } from "node:test";
import { letter, withMail } from "../../../lab/testing/mail-bench.ts";
import { mailRoutes } from "./mail-api.ts";
import type { DraftView, SentView, UploadView } from "./views.ts";

const SECRET = "the secret of Ann";
/** Words of Ann's that must be in no answer to Bob. */
const HERS = /secret of Ann|private place|hidden@far\.test|Anna Secret/;

type Ids = {
  readonly message: string;
  readonly mailbox: number;
  readonly thread: number;
  readonly draft: string;
  readonly upload: string;
  readonly token: string;
};

/** How each route is asked for what is Ann's; every route of the API stands here. */
const ASKED: Readonly<Record<string, (ids: Ids) => { path?: string; body?: unknown }>> = {
  "get /mailboxes": () => ({}),
  "post /mailboxes": () => ({ body: { name: "Bob's own" } }),
  "patch /mailboxes/:id": ({ mailbox }) => ({ path: `/mailboxes/${mailbox}`, body: { name: "Stolen" } }),
  "delete /mailboxes/:id": ({ mailbox }) => ({ path: `/mailboxes/${mailbox}` }),
  "post /mailboxes/:id/empty": ({ mailbox }) => ({ path: `/mailboxes/${mailbox}/empty` }),
  "get /messages": ({ mailbox }) => ({ path: `/messages?mailbox=${mailbox}` }),
  "get /messages/position": ({ message }) => ({ path: `/messages/position?id=${message}` }),
  "get /threads/:threadId": ({ thread }) => ({ path: `/threads/${thread}` }),
  "get /changes": () => ({ path: "/changes?since=0" }),
  "get /events": () => ({ path: "/events?after=0" }),
  "get /messages/:id": ({ message }) => ({ path: `/messages/${message}` }),
  "get /messages/:id/source": ({ message }) => ({ path: `/messages/${message}/source` }),
  "get /messages/:id/origin": ({ message }) => ({ path: `/messages/${message}/origin` }),
  "get /messages/:id/parts/:part": ({ message }) => ({ path: `/messages/${message}/parts/1` }),
  "get /messages/:id/images/:part": ({ message }) => ({ path: `/messages/${message}/images/1` }),
  "get /messages/:id/texts/:part": ({ message }) => ({ path: `/messages/${message}/texts/1` }),
  "post /messages/flags": ({ message }) => ({ body: { ids: [message], add: ["\\Flagged"] } }),
  "post /messages/move": ({ message, mailbox }) => ({ body: { ids: [message], to: mailbox } }),
  "post /messages/copy": ({ message }) => ({ body: { ids: [message], to: "inbox" } }),
  "post /messages/delete": ({ message }) => ({ body: { ids: [message], forever: true } }),
  "post /compose/prepare": ({ message }) => ({ body: { kind: "forward", message } }),
  "post /uploads": () => ({ path: "/uploads?name=a.txt" }),
  "post /drafts": ({ upload }) => ({ body: { identity: "bob@arch.test", attachments: [{ upload }] } }),
  "get /drafts/:id": ({ draft }) => ({ path: `/drafts/${draft}` }),
  "put /drafts/:id": ({ draft }) => ({ path: `/drafts/${draft}`, body: { identity: "bob@arch.test" } }),
  "delete /drafts/:id": ({ draft }) => ({ path: `/drafts/${draft}` }),
  "post /send": ({ message }) => ({
    body: {
      letter: {
        identity: "bob@arch.test",
        to: [{ address: "bob@arch.test" }],
        attachments: [{ message, part: "0" }],
      },
    },
  }),
  "get /outbox": () => ({}),
  "delete /outbox/:token": ({ token }) => ({ path: `/outbox/${token}` }),
  "get /identities": () => ({}),
  "get /contacts": () => ({}),
  "delete /contacts/:address": () => ({ path: "/contacts/hidden@far.test" }),
  "get /settings": () => ({}),
  "patch /settings": () => ({ body: { density: "compact" } }),
  "get /image": () => ({ path: "/image?url=http://p.test/a.png" }),
};

test("every route is asked for what is another's, and none gives it or changes it", async () => {
  await withMail(async ({ ann, bob, host }) => {
    // Ids are small numbers in every account: hers go beyond those that Bob has.
    for (let count = 0; count < 5; count++) await ann.mail.create(`Filler ${count}`);
    const place = await ann.mail.create("Private place");
    assert.ok(place.kind === "done");
    let message = "";
    for (let count = 0; count < 5; count++)
      message = await ann.put(letter({ subject: SECRET, text: SECRET }), { mailbox: "Private place" });
    const hers = {
      identity: "ann@arch.test",
      to: [{ name: "Anna Secret", address: "hidden@far.test" }],
      subject: SECRET,
    };
    const draft = (await ann.post<DraftView>("/drafts", hers)).body.id;
    const file = await ann.fetch("/uploads?name=secret.txt", { method: "POST", body: SECRET });
    const { id: upload } = (await file.json()) as UploadView;
    const sent = await ann.post<SentView>("/send", { letter: hers, undoSeconds: 60 });
    await ann.ask("PATCH", "/settings", { trustedSenders: ["hidden@far.test"] });
    const table = await ann.mail.open(place.mailbox.id);
    const thread = table?.threadIds[0] ?? 0;
    const token = sent.body.pending?.token ?? "";
    const ids = { message, mailbox: place.mailbox.id, thread, draft, upload, token };
    const before = ann.mail.highestModseq;

    const keys = mailRoutes.map(({ spec }) => `${spec.method} ${spec.path}`);
    assert.deepEqual(keys.toSorted(), Object.keys(ASKED).toSorted(), "a new route needs its line here");
    for (const key of keys) {
      const [method = "", plain = ""] = key.split(" ");
      const { path = plain, body } = ASKED[key]?.(ids) ?? {};
      const ended = new AbortController();
      const given = body === undefined ? {} : { body: JSON.stringify(body) };
      const response = await bob.fetch(path, {
        method: method.toUpperCase(),
        signal: ended.signal,
        ...given,
      });
      const answer = await textOf(response, ended);
      assert.doesNotMatch(answer, HERS, key);
      assert.ok(response.status !== 500, `${key}: ${answer}`);
      if (/:id|:threadId|:token/.test(plain))
        assert.ok([404, 409].includes(response.status), `${key} ${response.status}`);

      const nobody = await bob.fetch(path, {
        method: method.toUpperCase(),
        headers: { cookie: "" },
        ...given,
      });
      assert.equal(nobody.status, 401, `${key} without a session`);
    }
    assert.equal(ann.mail.highestModseq, before, "nothing of hers changed");
    assert.equal(
      host.queue.list().filter(({ envelope }) => envelope.reversePath === "ann@arch.test").length,
      1,
    );
  });
});

/** What an endless stream says at first is enough. */
async function textOf(response: Response, ended: AbortController): Promise<string> {
  if (response.headers.get("content-type") !== "text/event-stream") return response.text();
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let text = "";
  for (let count = 0; count < 2; count++) text += Buffer.from((await reader.read()).value ?? []).toString();
  ended.abort();
  return text;
}
