/**
 * All mail that arrived, over every host and account, as rows of one list: newest first, a page at a time, out of columns
 * and digests, so that nothing of a message is read for it. One whole is `/messages/:id` with the same id.
 */
import { z } from "zod";
import type { AccountMail, Mailbox } from "../../store/account-mail.ts";
import type { MessageTable } from "../../store/message-table.ts";
import { messageRow } from "../../server/http/mail/message-rows.ts";
import { addressViewSchema } from "../../server/http/mail/views.ts";
import type { Lab } from "../lab.ts";
import { labRoute } from "./lab-place.ts";

/** Limit: rows of one page. */
const PAGE_ROWS_MAX = 200;

export const arrivedMailSchema = z.object({
  id: z.string().describe("As `/messages/:id` takes it: bob@nemesis.test:3."),
  host: z.string(),
  account: z.string(),
  envelope: z
    .object({ from: z.string(), to: z.string() })
    .nullable()
    .describe("What SMTP said; null for what came otherwise."),
  from: z.array(addressViewSchema),
  to: z.array(addressViewSchema),
  subject: z.string(),
  preview: z.string(),
  receivedAt: z.number(),
  sizeBytes: z.number(),
  unread: z.boolean(),
  hasAttachment: z.boolean(),
});
export type ArrivedMail = z.infer<typeof arrivedMailSchema>;
export const arrivedPageSchema = z.object({
  total: z.number(),
  offset: z.number(),
  rows: z.array(arrivedMailSchema),
});
export type ArrivedPage = z.infer<typeof arrivedPageSchema>;

type Inbox = {
  readonly host: string;
  readonly mail: AccountMail;
  readonly mailbox: Mailbox;
  readonly table: MessageTable;
};
type Place = { readonly inbox: Inbox; readonly row: number; readonly at: number };

export const allMailRoutes = [
  labRoute(
    {
      method: "get",
      path: "/arrived",
      summary: "Mail of every account on every host as rows of a list, newest first, a page at a time.",
      query: z.strictObject({
        q: z
          .string()
          .max(200)
          .optional()
          .describe(
            "Words that must all stand in the addresses, the subject or the first words of the text.",
          ),
        account: z.string().optional().describe("Only this mailbox."),
        offset: z.coerce.number().int().min(0).default(0),
        limit: z.coerce.number().int().min(1).max(PAGE_ROWS_MAX).default(50),
      }),
      answer: arrivedPageSchema,
      example: { path: "/arrived?q=hello&limit=20" },
    },
    async ({ lab }, { query: { q = "", account, offset, limit } }): Promise<ArrivedPage> => {
      const inboxes = await openInboxes(lab, account);
      try {
        const words = q.toLowerCase().split(/\s+/).filter(Boolean);
        const all = inNewestOrder(inboxes);
        const found = words.length === 0 ? all : all.filter((place) => holds(arrived(place), words));
        const rows = found.slice(offset, offset + limit).map(arrived);
        return { total: found.length, offset, rows };
      } finally {
        for (const { mail, mailbox } of inboxes) mail.close(mailbox.id);
      }
    },
  ),
];

async function openInboxes(lab: Lab, account: string | undefined): Promise<Inbox[]> {
  const inboxes: Inbox[] = [];
  for (const { plan, host } of lab.hosts.values()) {
    for (const { name } of host?.store.accounts() ?? []) {
      if (account !== undefined && name.toLowerCase() !== account.toLowerCase()) continue;
      const mail = host?.store.mail(name);
      const mailbox = mail?.find("INBOX");
      const table = mailbox === undefined ? undefined : await mail?.open(mailbox.id);
      if (mail !== undefined && mailbox !== undefined && table !== undefined)
        inboxes.push({ host: plan.name, mail, mailbox, table });
    }
  }
  return inboxes;
}

function inNewestOrder(inboxes: readonly Inbox[]): Place[] {
  const places = inboxes.flatMap((inbox) =>
    Array.from({ length: inbox.table.length }, (_, row): Place => ({
      inbox,
      row,
      at: inbox.table.receivedAts[row] as number,
    })),
  );
  return places.sort((a, b) => b.at - a.at || b.row - a.row);
}

function arrived({ inbox: { host, mail, mailbox, table }, row }: Place): ArrivedMail {
  const { uid, emailId, from, to, subject, preview, receivedAt, sizeBytes, unread, hasAttachment } =
    messageRow(mail, mailbox.id, table, row);
  const delivered = mail.delivery(emailId);
  return {
    id: `${mail.name}:${uid}`,
    host,
    account: mail.name,
    envelope: delivered === undefined ? null : { from: delivered.reversePath, to: delivered.recipient },
    from,
    to,
    subject,
    preview,
    receivedAt,
    sizeBytes,
    unread,
    hasAttachment,
  };
}

function holds(
  { account, envelope, from, to, subject, preview }: ArrivedMail,
  words: readonly string[],
): boolean {
  const people = [...from, ...to].flatMap(({ name, address }) => [name, address]);
  const text = [account, envelope?.from, envelope?.to, ...people, subject, preview].join("\n").toLowerCase();
  return words.every((word) => text.includes(word));
}
