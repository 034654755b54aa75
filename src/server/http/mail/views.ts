/**
 * What webmail's API `/mail/v1` takes and gives, all of it: the pages in web/ import these types, the routes check and
 * describe themselves with these schemas. README.md beside lists the routes. Times are ms since 1970 UTC.
 * Long: one contract in one place, so that a page and a route cannot mean different things.
 */
import { z } from "zod";
import { isTimeZone } from "../../../base/time-zone.ts";

// ---- Identifiers

/** Limit: ids and ranges named in one request; ranges make a whole mailbox a few of them. */
export const IDS_MAX = 10_000;
/** Limit: rows of one page. */
export const PAGE_ROWS_MAX = 200;
export const QUERY_CHARACTERS_MAX = 1_000;
/** Limit: recipients of one message, as at the submission door. */
export const RECIPIENTS_MAX = 1_000;

export const messageIdSchema = z
  .string()
  .regex(/^[1-9]\d{0,15}-[1-9]\d{0,9}$/, "an id of a message is `mailbox-uid`")
  .describe(
    "A message where it stands: `mailbox-uid`, such as `3-1041`. Never given again; a move gives a new one.",
  );
export const idRangeSchema = z
  .string()
  .regex(/^[1-9]\d{0,15}-[1-9]\d{0,9}(?::[1-9]\d{0,9})?$/, "an id is `mailbox-uid` or `mailbox-uid:uid`")
  .describe("One message, `3-1041`, or a range of UIDs of one mailbox, `3-1041:1100`, both ends inside.");
export const partNumberSchema = z
  .string()
  .regex(/^[1-9]\d{0,4}(?:\.[1-9]\d{0,4}){0,100}$/, "a part is a number such as 2.1")
  .describe("A part's number as IMAP counts: `2.1`.");
const stateSchema = z
  .string()
  .describe("The account's state: rises with each change. For `/changes` and `/events`.");
const keywordSchema = z
  .string()
  .regex(
    /^(?:\\(?:Seen|Answered|Flagged|Draft|Deleted)|[A-Za-z0-9$_.-]{1,64})$/,
    "a system flag such as \\Seen, or a keyword of letters, digits and $ _ . -",
  )
  .describe(
    "A flag as IMAP writes it: `\\Seen`, `\\Flagged`, `\\Answered`, `\\Draft`, or a keyword: `$Forwarded`, `work`.",
  );

export const stateViewSchema = z.object({ state: stateSchema });

// ---- Mailboxes

export const roleSchema = z.enum([
  "inbox",
  "archive",
  "drafts",
  "sent",
  "trash",
  "junk",
  "all",
  "flagged",
  "important",
]);
export type Role = z.infer<typeof roleSchema>;

export const mailboxViewSchema = z
  .object({
    id: z.number(),
    name: z.string().describe("The whole name, levels parted by `/`; the inbox is `INBOX`."),
    role: roleSchema.nullable(),
    messages: z.number(),
    unread: z.number(),
    sizeBytes: z.number(),
    subscribed: z.boolean(),
    mayRename: z.boolean(),
    mayDelete: z
      .boolean()
      .describe("INBOX and mailboxes with a role stay; so does one that has others below it."),
  })
  .meta({ id: "Mailbox", description: "A mailbox and its counts." });
export type MailboxView = z.infer<typeof mailboxViewSchema>;

export const mailboxListSchema = z
  .object({
    state: stateSchema,
    now: z.number().describe("The server's time, which in a lab may be days away."),
    mailboxes: z.array(mailboxViewSchema).describe("INBOX first, then by name, parents before children."),
    quota: z.object({
      bytesUsed: z.number(),
      bytesMax: z.number().nullable(),
      messagesUsed: z.number(),
      messagesMax: z.number().nullable(),
    }),
  })
  .meta({ id: "MailboxList", description: "All mailboxes, and the quota." });
export type MailboxListView = z.infer<typeof mailboxListSchema>;

export const mailboxCreateSchema = z.strictObject({ name: z.string().min(1).max(1_000) });
export const mailboxChangeSchema = z.strictObject({
  name: z.string().min(1).max(1_000).optional().describe("Renames it, with all below it."),
  subscribed: z.boolean().optional(),
});
export type MailboxChange = z.infer<typeof mailboxChangeSchema>;

// ---- Lists

export const addressViewSchema = z
  .object({
    name: z.string().describe("Decoded; empty when there is none."),
    address: z.string(),
  })
  .meta({ id: "Address", description: "A name and a mail address." });
export type AddressView = z.infer<typeof addressViewSchema>;

export const messageRowSchema = z
  .object({
    id: messageIdSchema,
    mailboxId: z.number(),
    uid: z.number(),
    emailId: z.number().describe("The e-mail itself, shared by its copies."),
    threadId: z.number(),
    from: z.array(addressViewSchema).describe("At most 20, as `to`."),
    to: z.array(addressViewSchema),
    subject: z.string().describe("Decoded; empty when there is none."),
    preview: z.string().describe("Up to 200 characters of its words."),
    receivedAt: z.number(),
    sentAt: z.number().nullable().describe("Of the Date field."),
    sizeBytes: z.number(),
    flags: z.array(z.string()).describe("System flags and keywords as IMAP writes them."),
    unread: z.boolean(),
    flagged: z.boolean(),
    answered: z.boolean(),
    forwarded: z.boolean(),
    draft: z.boolean(),
    hasAttachment: z.boolean(),
    /** Only in a list by threads. */
    thread: z
      .object({
        messages: z
          .number()
          .describe("E-mails of the conversation, in all mailboxes but Trash and Junk, each once."),
        unread: z.number(),
        flagged: z.boolean(),
        hasAttachment: z.boolean(),
        inList: z.number().describe("How many of them this list holds; the row is the newest of these."),
        people: z.array(addressViewSchema).describe("Who wrote, oldest first, each once; at most 10."),
      })
      .optional(),
  })
  .meta({ id: "MessageRow", description: "A message as a row of a list." });
export type MessageRowView = z.infer<typeof messageRowSchema>;

/** Limit: characters; the longest of IANA has some 30. */
const timeZoneSchema = z
  .string()
  .max(64)
  .refine(isTimeZone, "is no time zone such as Europe/Berlin")
  .optional()
  .describe(
    "By whose calendar the days of `before:`, `after:` and `on:` begin: Europe/Berlin. UTC when absent.",
  );

export const messageListQuerySchema = z.strictObject({
  mailbox: z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .describe("A mailbox's id. Absent: every mailbox but Trash and Junk."),
  q: z
    .string()
    .max(QUERY_CHARACTERS_MAX)
    .optional()
    .describe('A search: `from:ann has:attachment -is:read "two words"`.'),
  zone: timeZoneSchema,
  threads: z.enum(["true", "false"]).default("false").describe("true: a row for each conversation."),
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(PAGE_ROWS_MAX).default(50),
});
export const messageListSchema = z
  .object({
    state: stateSchema,
    total: z.number().describe("Rows of the whole list: messages, or conversations."),
    offset: z.number(),
    rows: z.array(messageRowSchema).describe("Newest first by arrival."),
  })
  .meta({ id: "MessageList", description: "A page of a list." });
export type MessageListView = z.infer<typeof messageListSchema>;

export const positionSchema = z.object({
  index: z
    .number()
    .nullable()
    .describe("The row of the list that holds the message, from 0; null when none does."),
  state: stateSchema,
});

export const threadViewSchema = z
  .object({
    state: stateSchema,
    threadId: z.number(),
    subject: z.string(),
    messages: z
      .array(messageRowSchema)
      .describe("Oldest first; copies in several mailboxes once. At most 500, the newest."),
    total: z.number(),
  })
  .meta({ id: "MailThread", description: "A conversation: letters that answer each other." });
export type ThreadView = z.infer<typeof threadViewSchema>;

// ---- Changes and news

export const changesSchema = z
  .object({
    state: stateSchema,
    tooMany: z.boolean().describe("More than fits here, or longer ago than is known: read the list again."),
    mailboxes: z.array(mailboxViewSchema).describe("Those whose numbers or names changed."),
    mailboxesChanged: z
      .boolean()
      .describe("Some came, went or may have been renamed: read `/mailboxes` again."),
    added: z.array(messageRowSchema).describe("Came into a mailbox since, newest first."),
    flags: z.array(z.object({ id: messageIdSchema, flags: z.array(z.string()) })),
    removed: z.array(idRangeSchema),
  })
  .meta({ id: "Changes", description: "What changed since a state." });
export type ChangesView = z.infer<typeof changesSchema>;

/** The `data` of each `change` event of `/events`; its id is the state. After `stale` read everything again. */
export type MailNews = ChangesView;

// ---- One message

export const partViewSchema = z
  .object({
    part: z.string().describe("Its number as IMAP counts: `2.1`."),
    name: z.string().describe("A file name without paths, controls and tricks of direction; never empty."),
    contentType: z.string().describe("As the sender claims."),
    sizeBytes: z.number().describe("Decoded."),
    cid: z.string().nullable().describe("For `cid:` links in the HTML."),
    inline: z.boolean().describe("Used by the HTML, or meant to be shown within."),
    url: z.string().describe("Downloads it, always as a file."),
    imageUrl: z
      .string()
      .nullable()
      .describe("Shows it, for PNG, JPEG, GIF and WebP only; null for all else, as SVG."),
    textUrl: z
      .string()
      .nullable()
      .describe("Shows it as plain text, for text types and messages; null for all else."),
  })
  .meta({ id: "Part", description: "A part of a message." });
export type PartView = z.infer<typeof partViewSchema>;

export const messageViewSchema = messageRowSchema
  .extend({
    mailboxName: z.string(),
    state: stateSchema,
    cc: z.array(addressViewSchema),
    bcc: z.array(addressViewSchema),
    replyTo: z.array(addressViewSchema),
    sender: z.array(addressViewSchema).describe("Only where it is another than the author."),
    messageId: z.string().nullable().describe("With its brackets."),
    inReplyTo: z.array(z.string()),
    references: z.array(z.string()),
    headers: z
      .array(z.object({ name: z.string(), value: z.string() }))
      .describe("All, in order, unfolded and decoded."),
    text: z.string().describe("Plain text, lines ending in LF; of a message that has only HTML, its words."),
    textIsDerived: z.boolean().describe("It was made from the HTML."),
    textTruncated: z.boolean(),
    html: z
      .string()
      .nullable()
      .describe("As it came: hostile until sanitised. Shown only in a sandboxed frame."),
    htmlTruncated: z.boolean(),
    remoteImages: z.boolean().describe("The HTML names images elsewhere."),
    attachments: z
      .array(partViewSchema)
      .describe("All parts that are not the body, those within the HTML too."),
    problems: z.array(z.string()).describe("What is broken in the message, a sentence each."),
    listUnsubscribe: z
      .object({ mail: z.string().nullable(), web: z.string().nullable(), oneClick: z.boolean() })
      .nullable()
      .describe("RFC 2369 and 8058: a mailto and an https address, as the sender claims."),
    sourceUrl: z.string().describe("The raw message as text/plain."),
  })
  .meta({ id: "Message", description: "A message to read." });
export type MessageView = z.infer<typeof messageViewSchema>;

export const originViewSchema = z
  .object({
    envelope: z
      .object({
        reversePath: z.string().describe("Empty: a report, `<>`."),
        recipient: z.string(),
        queueId: z.string(),
        receivedAt: z.number(),
      })
      .nullable()
      .describe("How it was delivered; null when it came otherwise (a draft, a copy, an import)."),
    trace: z
      .object({ id: z.string(), url: z.string().describe("The page of its trace.") })
      .nullable()
      .describe("Where the journal still knows its way."),
    received: z
      .array(
        z.object({
          from: z.string(),
          by: z.string(),
          with: z.string(),
          at: z.number().nullable(),
          raw: z.string(),
        }),
      )
      .describe("The Received fields, first hop first, as the hops claim."),
    returnPath: z.string().nullable(),
    authenticationResults: z
      .array(z.string())
      .describe("As the header says; only the topmost is this server's word."),
  })
  .meta({ id: "Origin", description: "How a message got here." });
export type OriginView = z.infer<typeof originViewSchema>;

// ---- Changing many

const selectionShape = {
  ids: z.array(idRangeSchema).max(IDS_MAX).optional(),
  all: z
    .strictObject({
      mailbox: z.number().int().positive().optional(),
      q: z.string().max(QUERY_CHARACTERS_MAX).optional(),
      zone: timeZoneSchema,
    })
    .optional()
    .describe("Instead of ids: all that such a list holds."),
  wholeThreads: z
    .boolean()
    .default(false)
    .describe("With each message also the others of its conversation in the same mailbox."),
};
export const flagsRequestSchema = z.strictObject({
  ...selectionShape,
  add: z.array(keywordSchema).max(50).default([]),
  remove: z.array(keywordSchema).max(50).default([]).describe('`remove: ["\\\\Seen"]` makes unread.'),
});
export type FlagsRequest = z.input<typeof flagsRequestSchema>;
export const moveRequestSchema = z.strictObject({
  ...selectionShape,
  to: z
    .union([z.number().int().positive(), z.enum(["inbox", "archive", "junk", "trash"])])
    .describe("A mailbox's id, or a role: that mailbox is made when there is none."),
});
export type MoveRequest = z.input<typeof moveRequestSchema>;
export const deleteRequestSchema = z.strictObject({
  ...selectionShape,
  forever: z
    .boolean()
    .default(false)
    .describe("Not to Trash but for good; what is in Trash or Junk always is."),
});
export type DeleteRequest = z.input<typeof deleteRequestSchema>;

const undoStepSchema = z.object({
  path: z.string().describe("Below the prefix, to be POSTed: `/messages/move`."),
  body: z.unknown(),
});
export const changedViewSchema = z
  .object({
    state: stateSchema,
    changed: z.number().describe("How many messages."),
    ids: z.array(idRangeSchema).describe("Where they are now; empty when they are gone."),
    undo: z.array(undoStepSchema).describe("POST these in order to take it back; empty: it cannot be."),
  })
  .meta({ id: "Changed", description: "What a change did, and what takes it back." });
export type ChangedView = z.infer<typeof changedViewSchema>;

// ---- Writing

const composeAddressSchema = z.strictObject({
  name: z.string().max(500).default(""),
  address: z.string().min(1).max(320),
});
const composeAttachmentSchema = z.union([
  z.strictObject({
    upload: z.string().max(100).describe("The id that `/uploads` gave."),
    inline: z.boolean().default(false).describe("For a `cid:` link in the HTML."),
  }),
  z.strictObject({
    message: messageIdSchema,
    part: z
      .string()
      .regex(/^\d+(?:\.\d+){0,60}$/)
      .describe("A part of a message or draft that is here; `0`: the whole message, as message/rfc822."),
    inline: z.boolean().default(false),
  }),
]);
export type ComposeAttachmentRef = z.input<typeof composeAttachmentSchema>;

export const letterSchema = z
  .strictObject({
    identity: z.string().max(320).describe("The id of an identity; one that is not yours is refused."),
    to: z.array(composeAddressSchema).max(RECIPIENTS_MAX).default([]),
    cc: z.array(composeAddressSchema).max(RECIPIENTS_MAX).default([]),
    bcc: z.array(composeAddressSchema).max(RECIPIENTS_MAX).default([]),
    replyTo: z.array(composeAddressSchema).max(20).default([]),
    subject: z.string().max(2_000).default(""),
    text: z.string().max(5_000_000).default("").describe("Plain text, always there."),
    html: z
      .string()
      .max(5_000_000)
      .nullable()
      .default(null)
      .describe("Beside the text; null: a plain letter."),
    inReplyTo: z.string().max(1_000).nullable().default(null),
    references: z.array(z.string().max(1_000)).max(100).default([]),
    attachments: z.array(composeAttachmentSchema).max(100).default([]),
    answers: messageIdSchema
      .nullable()
      .default(null)
      .describe("The message it answers: gets \\Answered when it is sent."),
    forwards: messageIdSchema.nullable().default(null).describe("The message it passes on: gets $Forwarded."),
  })
  .meta({ id: "Letter", description: "A letter as written." });
/** The same, checked. */
export type AskedLetter = z.output<typeof letterSchema>;
/** A letter as written, to be sent to the server. */
export type Letter = z.input<typeof letterSchema>;

export const letterViewSchema = letterSchema
  .extend({
    attachments: z.array(
      z.object({
        ref: composeAttachmentSchema.describe("To be put into `attachments` when it is saved or sent."),
        name: z.string(),
        contentType: z.string(),
        sizeBytes: z.number(),
        cid: z.string().nullable(),
        imageUrl: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: "LetterToEdit", description: "A letter to go on writing." });
/** A letter to go on writing. */
export type LetterView = z.output<typeof letterViewSchema>;

export const draftSchema = z
  .object({
    id: messageIdSchema.describe(
      "Of the draft as it is now: each saving gives a new one, and the old one is gone.",
    ),
    letter: letterViewSchema,
    savedAt: z.number(),
  })
  .meta({ id: "Draft", description: "A letter as it is saved." });
export type DraftView = z.infer<typeof draftSchema>;

export const prepareSchema = z.strictObject({
  kind: z.enum(["new", "reply", "replyAll", "forward", "again"]).describe("again: edit as new."),
  message: messageIdSchema.optional().describe("What is answered or passed on."),
  mailto: z.string().max(10_000).optional().describe("For `new`: a mailto address (RFC 6068) to start from."),
});
export type PrepareRequest = z.input<typeof prepareSchema>;
export type PrepareInput = z.output<typeof prepareSchema>;

export const uploadQuerySchema = z.strictObject({
  name: z.string().min(1).max(1_000),
  type: z.string().max(255).default("application/octet-stream"),
});
export const uploadSchema = z.object({
  id: z.string().describe("Good for an hour, or until it is saved with a draft."),
  name: z.string(),
  contentType: z.string(),
  sizeBytes: z.number(),
  cid: z.string().describe("To show it within the HTML: `cid:` and this, with `inline: true`."),
});
export type UploadView = z.infer<typeof uploadSchema>;

export const sendSchema = z.strictObject({
  letter: letterSchema,
  draft: messageIdSchema.optional().describe("The draft it was: it goes from Drafts."),
  undoSeconds: z
    .number()
    .int()
    .min(0)
    .max(120)
    .optional()
    .describe("Held so long before it leaves; as in the settings when absent."),
});
export type SendRequest = z.input<typeof sendSchema>;
export type SendInput = z.output<typeof sendSchema>;

export const pendingSchema = z
  .object({
    token: z.string().describe("Takes it back: `DELETE /outbox/:token`."),
    queueId: z.string(),
    subject: z.string(),
    to: z.array(z.string()).describe("Every recipient's address."),
    leavesAt: z.number(),
    leavesInMs: z.number().describe("By the server's clock, which in a lab is not the page's."),
  })
  .meta({ id: "Pending", description: "A letter that is held." });
/** A letter that is held: on disk in the queue, so it leaves at its time whatever happens to the page or the server. */
export type PendingView = z.infer<typeof pendingSchema>;

export const sentSchema = z.object({
  state: stateSchema,
  id: messageIdSchema.nullable().describe("The copy in Sent; null when none could be kept."),
  notKept: z
    .string()
    .nullable()
    .describe("Why there is no copy in Sent, for the sender to read; the letter was sent nevertheless."),
  pending: pendingSchema
    .nullable()
    .describe("Null: it left at once, or cannot be taken back for want of a copy."),
});
export type SentView = z.infer<typeof sentSchema>;

// ---- Who one is, whom one knows, how one likes it

export const identitySchema = z.object({
  id: z.string().describe("Its address in lower case."),
  address: z.string(),
  name: z.string(),
  signature: z.string().describe("Plain text."),
  isDefault: z.boolean(),
});
export type IdentityView = z.infer<typeof identitySchema>;

export const contactSchema = z.object({
  name: z.string(),
  address: z.string(),
  times: z.number().describe("How often one wrote to it."),
  lastAt: z.number(),
});
export type ContactView = z.infer<typeof contactSchema>;

const settingsShape = {
  undoSeconds: z.number().int().min(0).max(120),
  remoteImages: z.enum(["ask", "always", "never"]).describe("Always through this server's proxy."),
  trustedSenders: z
    .array(z.string().max(320))
    .max(1_000)
    .describe("Addresses whose images are shown without asking."),
  density: z.enum(["comfortable", "compact"]),
  threads: z.boolean(),
  readingPane: z.enum(["right", "bottom", "off"]),
  composeFormat: z.enum(["rich", "plain"]),
  markReadAfterSeconds: z.number().int().min(-1).max(60).describe("-1: only by hand."),
  defaultIdentity: z.string().max(320).describe("An identity's id; empty: the account itself."),
  identities: z
    .array(
      z.strictObject({
        id: z.string().max(320),
        name: z.string().max(200),
        signature: z.string().max(10_000).default(""),
      }),
    )
    .max(100)
    .describe("Names and signatures by identity."),
};
export const mailSettingsSchema = z
  .object({
    undoSeconds: settingsShape.undoSeconds.default(10),
    remoteImages: settingsShape.remoteImages.default("ask"),
    trustedSenders: settingsShape.trustedSenders.default([]),
    density: settingsShape.density.default("comfortable"),
    threads: settingsShape.threads.default(true),
    readingPane: settingsShape.readingPane.default("right"),
    composeFormat: settingsShape.composeFormat.default("rich"),
    markReadAfterSeconds: settingsShape.markReadAfterSeconds.default(0),
    defaultIdentity: settingsShape.defaultIdentity.default(""),
    identities: settingsShape.identities.default([]),
  })
  .meta({ id: "MailSettings", description: "How a person likes their mail." });
export type MailSettingsView = z.infer<typeof mailSettingsSchema>;
export const mailSettingsChangeSchema = z.strictObject(settingsShape).partial();
export type MailSettingsChange = z.input<typeof mailSettingsChangeSchema>;

export type { SessionView } from "../sign-in.ts";
