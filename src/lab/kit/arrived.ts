/**
 * What arrived at an account: whatever was delivered, in whichever mailbox it stands by now, and what came into INBOX
 * another way. Own copies in Sent and Drafts never arrived. A message that stands in several mailboxes arrived once.
 */
import type { AccountMail, DeliveredAs, Mailbox } from "../../store/account-mail.ts";
import type { MessageTable } from "../../store/message-table.ts";

/** Where an arrived message stands: `mailbox` is open while `withArrived` runs. */
export type ArrivedPlace = {
  readonly mail: AccountMail;
  readonly mailbox: Mailbox;
  readonly table: MessageTable;
  readonly row: number;
};

/** One message, and every place it stands in; INBOX is the first. */
export type ArrivedPlaces = readonly [ArrivedPlace, ...ArrivedPlace[]];

const INBOX = "INBOX";

/** Calls `use` with all that arrived at these accounts, in the order of the ids that each account gave. */
export async function withArrived<T>(
  mails: readonly AccountMail[],
  use: (arrived: readonly ArrivedPlaces[]) => T | Promise<T>,
): Promise<T> {
  const opened: { readonly mail: AccountMail; readonly id: number }[] = [];
  try {
    const arrived: ArrivedPlaces[] = [];
    for (const mail of mails) {
      const byEmail = new Map<number, [ArrivedPlace, ...ArrivedPlace[]]>();
      for (const mailbox of mail.mailboxes()) {
        const table = await mail.open(mailbox.id);
        if (table === undefined) continue;
        opened.push({ mail, id: mailbox.id });
        addPlaces(byEmail, mail, mailbox, table);
      }
      arrived.push(...[...byEmail].sort(([a], [b]) => a - b).map(([, places]) => places));
    }
    return await use(arrived);
  } finally {
    for (const { mail, id } of opened) mail.close(id);
  }
}

function addPlaces(
  byEmail: Map<number, [ArrivedPlace, ...ArrivedPlace[]]>,
  mail: AccountMail,
  mailbox: Mailbox,
  table: MessageTable,
): void {
  for (let row = 0; row < table.length; row++) {
    const emailId = table.emailIds[row] as number;
    const places = byEmail.get(emailId);
    const place = { mail, mailbox, table, row };
    if (places !== undefined) places.push(place);
    else if (mailbox.name === INBOX || mail.delivery(emailId) !== undefined) byEmail.set(emailId, [place]);
  }
}

/** The name of an arrived message for good, also when it is moved: `bob@nemesis.test:3`. */
export function arrivedId({ mail, table, row }: ArrivedPlace): string {
  return `${mail.name}:${table.emailIds[row]}`;
}

export type ArrivedFacts = DeliveredAs & {
  readonly account: string;
  readonly mailbox: string;
  readonly uid: number;
  readonly emailId: number;
  readonly receivedAt: number;
  readonly sizeBytes: number;
};

const NOT_DELIVERED: DeliveredAs = { reversePath: "", recipient: "", queueId: "" };

export function arrivedFacts({ mail, mailbox, table, row }: ArrivedPlace): ArrivedFacts {
  const { uid, emailId, receivedAt, sizeBytes } = table.row(row);
  const delivered = mail.delivery(emailId) ?? NOT_DELIVERED;
  const { reversePath, recipient, queueId } = delivered;
  const place = { account: mail.name, mailbox: mailbox.name, uid, emailId };
  return { ...place, receivedAt, sizeBytes, reversePath, recipient, queueId };
}
