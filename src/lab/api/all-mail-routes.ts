/**
 * All mail that arrived, over every host, account and mailbox, as rows of one list: newest first, a page at a time, out of
 * columns and digests, so that nothing of a message is read for it. One whole is `/messages/:id` with the same id.
 */
import { z } from "zod";
import type { AccountMail } from "../../store/account-mail.ts";
import { messageRow } from "../../server/http/mail/message-rows.ts";
import { addressViewSchema } from "../../server/http/mail/views.ts";
import { arrivedId, type ArrivedPlace, type ArrivedPlaces, withArrived } from "../kit/arrived.ts";
import type { Lab } from "../lab.ts";
import { type LabAccount, labAccounts } from "../runtime/accounts.ts";
import { labRoute } from "./lab-place.ts";

/** Limit: rows of one page. */
const PAGE_ROWS_MAX = 200;

export const arrivedMailSchema = z.object({
  id: z.string().describe("As `/messages/:id` takes it, for good: bob@nemesis.test:3."),
  host: z.string(),
  account: z.string(),
  mailbox: z.string().describe("Where it stands now: INBOX, Junk."),
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

type Arrived = { readonly host: string; readonly place: ArrivedPlace; readonly at: number };

export const allMailRoutes = [
  labRoute(
    {
      method: "get",
      path: "/arrived",
      summary:
        "Mail that arrived at any account of any host, wherever it stands now, as rows of a list, newest first, a page at a time.",
      query: z.strictObject({
        q: z
          .string()
          .max(200)
          .optional()
          .describe(
            "Words that must all stand in the addresses, the subject or the first words of the text.",
          ),
        account: z.string().optional().describe("Only this account."),
        offset: z.coerce.number().int().min(0).default(0),
        limit: z.coerce.number().int().min(1).max(PAGE_ROWS_MAX).default(50),
      }),
      answer: arrivedPageSchema,
      example: { path: "/arrived?q=hello&limit=20" },
    },
    async ({ lab }, { query: { q = "", account, offset, limit } }): Promise<ArrivedPage> => {
      const mails = accountsOf(lab, account);
      const hosts = new Map(mails.map(({ host, mail }) => [mail, host]));
      const words = q.toLowerCase().split(/\s+/).filter(Boolean);
      return withArrived([...hosts.keys()], (arrived) => {
        const all = inNewestOrder(arrived, hosts);
        const found = words.length === 0 ? all : all.filter((one) => holds(rowOf(one), words));
        return { total: found.length, offset, rows: found.slice(offset, offset + limit).map(rowOf) };
      });
    },
  ),
];

function accountsOf(lab: Lab, account: string | undefined): LabAccount[] {
  const isAsked = ({ mail }: LabAccount): boolean =>
    account === undefined || mail.name.toLowerCase() === account.toLowerCase();
  return labAccounts(lab).filter(isAsked);
}

function inNewestOrder(
  arrived: readonly ArrivedPlaces[],
  hosts: ReadonlyMap<AccountMail, string>,
): Arrived[] {
  const all = arrived.map(([place]): Arrived => {
    const { mail, table, row } = place;
    return { host: hosts.get(mail) ?? "", place, at: table.receivedAts[row] as number };
  });
  return all.sort((a, b) => b.at - a.at || emailIdOf(b.place) - emailIdOf(a.place));
}

function emailIdOf({ table, row }: ArrivedPlace): number {
  return table.emailIds[row] as number;
}

function rowOf({ host, place }: Arrived): ArrivedMail {
  const { mail, mailbox, table, row } = place;
  const { emailId, from, to, subject, preview, receivedAt, sizeBytes, unread, hasAttachment } = messageRow(
    mail,
    mailbox.id,
    table,
    row,
  );
  const delivered = mail.delivery(emailId);
  return {
    id: arrivedId(place),
    host,
    account: mail.name,
    mailbox: mailbox.name,
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
