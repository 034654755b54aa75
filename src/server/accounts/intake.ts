/**
 * Mail that an administrator brings into an account from elsewhere: as questions and answers, like Administration. Each
 * message has a name for good, so that bringing it twice stores it once, whatever was interrupted. A "no" is a sentence.
 */
import { z } from "zod";
import { err, ok, type Result } from "../../base/result.ts";
import type { MailboxRole } from "../../store/account-mail.ts";
import type { MailStore } from "../../store/mail-store.ts";

type Answer<T> = Promise<Result<T, string>>;

const ROLES = ["all", "archive", "drafts", "flagged", "important", "junk", "sent", "trash"] as const;

/** Octets as they are, or as base64 when the question came as JSON. */
const octets = z
  .union([z.instanceof(Uint8Array), z.base64()])
  .transform((given): Uint8Array => (typeof given === "string" ? Buffer.from(given, "base64") : given));

/** Limit: messages of one question; so many share a sync. */
export const INTAKE_MESSAGES_MAX = 500;

const account = z.string().min(1);
const mailbox = z.string().min(1);

export const INTAKE_REQUESTS = {
  mailboxes: z.strictObject({ account }),
  makeMailbox: z.strictObject({ account, mailbox, role: z.enum(ROLES).optional(), subscribe: z.boolean() }),
  delivered: z.strictObject({ account, ids: z.array(z.string()).max(INTAKE_MESSAGES_MAX) }),
  deliver: z.strictObject({
    account,
    mailbox,
    messages: z
      .array(
        z.strictObject({
          id: z.string().min(1).max(200).describe("Names it for good."),
          content: octets.describe("RFC 5322 with CRLF."),
          flags: z.array(z.string()),
          receivedAt: z.int().nonnegative().describe("ms since 1970 UTC."),
        }),
      )
      .max(INTAKE_MESSAGES_MAX),
  }),
};

export type IntakeMessage = z.output<typeof INTAKE_REQUESTS.deliver>["messages"][number];
export type IntakeMailbox = { readonly name: string; readonly role: MailboxRole | null };
/** What became of a message; a refusal says why, and the ones after it may fit still. */
export type Intook = "stored" | "again" | { readonly refused: string };

export type Intake = {
  /** A no when there is no such account. */
  mailboxes(asked: z.output<typeof INTAKE_REQUESTS.mailboxes>): Answer<readonly IntakeMailbox[]>;
  /** With those above it; also when it is there already. The name as it is kept. */
  makeMailbox(asked: z.output<typeof INTAKE_REQUESTS.makeMailbox>): Answer<string>;
  /** Which of these were brought before, in their order. */
  delivered(asked: z.output<typeof INTAKE_REQUESTS.delivered>): Answer<readonly boolean[]>;
  /** Durable when it answers; in the order given. */
  deliver(asked: z.output<typeof INTAKE_REQUESTS.deliver>): Answer<readonly Intook[]>;
};

export function createIntake(store: MailStore): Intake {
  const unknown = (name: string): Result<never, string> => {
    return err(`there is no account ${name}; "posthorn account add ${name}" makes it`);
  };

  return {
    async mailboxes({ account: name }) {
      const mail = store.mail(name);
      if (mail === undefined) return unknown(name);
      return ok(mail.mailboxes().map((one) => ({ name: one.name, role: one.role ?? null })));
    },

    async makeMailbox({ account: name, mailbox: wanted, role, subscribe }) {
      const mail = store.mail(name);
      if (mail === undefined) return unknown(name);
      const known = mail.find(wanted);
      const isTaken = role !== undefined && mail.mailboxes().some((one) => one.role === role);
      const made = known === undefined ? await mail.create(wanted, isTaken ? undefined : role) : undefined;
      if (made !== undefined && made.kind !== "done" && made.kind !== "exists")
        return err(`the mailbox ${wanted} cannot be made: ${"why" in made ? made.why : made.kind}`);
      const kept = mail.find(wanted)?.name ?? wanted;
      if (subscribe) await mail.subscribe(kept, true);
      return ok(kept);
    },

    async delivered({ account: name, ids }) {
      if (store.account(name) === undefined) return unknown(name);
      return ok(await store.delivered(name, ids));
    },

    async deliver({ account: name, mailbox: into, messages }) {
      const mail = store.mail(name);
      if (mail === undefined) return unknown(name);
      // Without its mailbox a delivery would go to INBOX.
      if (mail.find(into) === undefined) return err(`${name} has no mailbox ${into}`);
      const from = { reversePath: "", recipient: name, queueId: "import" };
      // Given in one turn they keep their order, and share a sync.
      const given = messages.map(({ id, ...message }) =>
        store.deliver({ account: name, mailbox: into, deliveryId: id, ...from, ...message }),
      );
      const answers = await Promise.all(given);
      return ok(
        answers.map((answer): Intook => {
          if (answer.kind === "stored") return answer.again ? "again" : "stored";
          if (answer.kind === "noAccount") return { refused: "the account is gone" };
          return { refused: `over quota: ${answer.used} of ${answer.max} ${answer.what} are used` };
        }),
      );
    },
  };
}
