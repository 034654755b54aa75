/** Writing: begin, save, attach, send, take back. */
import { z } from "zod";
import { formatSize } from "../../../base/size.ts";
import { ApiError } from "../api-error.ts";
import { discardDraft, readDraft, saveDraft } from "./drafts.ts";
import { safeFileName } from "./file-name.ts";
import { mailRoute } from "./mail-place.ts";
import { stateOf } from "./mailboxes.ts";
import { pendingView, readPending, takeBack } from "./outbox.ts";
import { prepareLetter } from "./prepare-letter.ts";
import { sendLetter } from "./send-letter.ts";
import {
  draftSchema,
  letterSchema,
  letterViewSchema,
  messageIdSchema,
  pendingSchema,
  prepareSchema,
  sendSchema,
  sentSchema,
  stateViewSchema,
  uploadQuerySchema,
  uploadSchema,
} from "./views.ts";

const params = z.strictObject({ id: messageIdSchema });

const draftRoutes = [
  mailRoute(
    {
      method: "post",
      path: "/drafts",
      summary: "Saves a letter as a draft.",
      body: letterSchema,
      answer: draftSchema,
      example: {
        path: "/drafts",
        body: { identity: "bob@nemesis.test", subject: "Hello", text: "Dear Ann," },
      },
    },
    (place, { body }) => saveDraft(place, body),
  ),
  mailRoute(
    {
      method: "get",
      path: "/drafts/:id",
      summary: "A draft, to go on writing; also one that another program saved.",
      params,
      answer: draftSchema,
    },
    (place, { params: { id } }) => readDraft(place, id),
  ),
  mailRoute(
    {
      method: "put",
      path: "/drafts/:id",
      summary: "Saves a draft anew: it gets a new id, and the old one is gone.",
      params,
      body: letterSchema,
      answer: draftSchema,
    },
    (place, { params: { id }, body }) => saveDraft(place, body, id),
  ),
  mailRoute(
    {
      method: "delete",
      path: "/drafts/:id",
      summary: "Discards a draft, for good.",
      params,
      answer: stateViewSchema,
    },
    async (place, { params: { id } }) => {
      await discardDraft(place, id);
      return { state: stateOf(place.mail) };
    },
  ),
];

const outboxRoutes = [
  mailRoute(
    {
      method: "post",
      path: "/send",
      summary: "Sends a letter; held for a while, it can be taken back.",
      notes:
        "It is on disk in the queue when this is answered, held or not, and leaves at its time even if the page is closed or the server starts anew. 422: the submission checks refuse it; 409: that draft was sent already.",
      body: sendSchema,
      answer: sentSchema,
      example: {
        path: "/send",
        body: {
          letter: {
            identity: "bob@nemesis.test",
            to: [{ address: "ann@arch.test" }],
            subject: "Hi",
            text: "Hello.",
          },
        },
      },
    },
    (place, { body }) => sendLetter(place, body),
  ),
  mailRoute(
    {
      method: "get",
      path: "/outbox",
      summary: "Letters that are held and can be taken back.",
      answer: z.array(pendingSchema),
    },
    (place) => readPending(place).map((one) => pendingView(one, place.host.world.clock.now())),
  ),
  mailRoute(
    {
      method: "delete",
      path: "/outbox/:token",
      summary: "Takes a letter back: it is a draft again. 409 when it has left.",
      params: z.strictObject({ token: z.string().max(100) }),
      answer: draftSchema,
    },
    (place, { params: { token } }) => takeBack(place, token),
  ),
];

export const composeRoutes = [
  mailRoute(
    {
      method: "post",
      path: "/compose/prepare",
      summary: "What a new letter, an answer or a forwarding begins with.",
      notes: "The HTML quotes the other's as it came: hostile until sanitised.",
      body: prepareSchema,
      answer: letterViewSchema,
      example: {
        path: "/compose/prepare",
        body: { kind: "new", mailto: "mailto:ann@arch.test?subject=Hello" },
      },
    },
    (place, { body }) => prepareLetter(place, body),
  ),
  mailRoute(
    {
      method: "post",
      path: "/uploads",
      summary: "Takes a file for a letter; the request's body is the file.",
      query: uploadQuerySchema,
      answer: uploadSchema,
    },
    async ({ mail, host, shared }, { query: { name, type }, request }) => {
      const max = host.settings.limits.message;
      const content = new Uint8Array(await request.arrayBuffer());
      if (content.length > max) throw new ApiError(413, `a file may have ${formatSize(max)}`);
      const file = { name: safeFileName(name, type), contentType: type, content };
      return shared.uploads.add(mail.name, file);
    },
  ),
  ...draftRoutes,
  ...outboxRoutes,
];
