/** What the IMAP bench measures on one mailbox: its rows, how each is taken, and the goals issue 3 sets. */
import type { Answer } from "./client-jobs.ts";
import { COMMON_WORD, RARE_WORD, SENDER } from "./corpus.ts";

export const COPIES = 1_000;
const COPY_MAILBOX = "Copies";

/** `less`: milliseconds, less is better. `more`: so many in a second. */
export type Unit = { readonly name: "ms" | "MB/s" | "/s" | "kB" | "MB"; readonly better: "less" | "more" };
export const MS: Unit = { name: "ms", better: "less" };
const MB_PER_SECOND: Unit = { name: "MB/s", better: "more" };
export const PER_SECOND: Unit = { name: "/s", better: "more" };

export type Row = {
  readonly title: string;
  readonly unit: Unit;
  /** In times Dovecot's best format. */
  readonly goal?: number;
  /** In the row's own unit, whatever others do. */
  readonly limit?: number;
};

/** Figures of each round, by contestant. */
export type RowResult = Row & {
  /** In the mailbox, where that matters. */
  readonly messages?: number;
  readonly figures: Record<string, readonly number[]>;
};

/** What a case may do with the server it measures. */
export type Hands = {
  readonly mailbox: string;
  /** A command; anything but OK is an error. */
  say(command: string): Promise<Answer>;
  append(mailbox: string, count: number): Promise<Answer>;
};

/** One fresh, logged-in session; takes one figure for each of its rows. */
export type Case = {
  readonly rows: readonly Row[];
  /** The mailbox is not yet selected: the case does that itself. */
  readonly unselected?: boolean;
  /** Hits the server finds, which must be the same everywhere. */
  readonly search?: string;
  measure(hands: Hands): Promise<number[]>;
};

function timed(title: string, command: string, goal?: number): Case {
  return {
    rows: [{ title, unit: MS, ...(goal === undefined ? {} : { goal }) }],
    measure: async (hands) => [(await hands.say(command)).ms],
  };
}

function search(keys: string, goal: number): Case {
  return { ...timed(`SEARCH ${keys}`, `SEARCH ${keys}`, goal), search: `SEARCH ${keys}` };
}

const READING: readonly Case[] = [
  {
    rows: [{ title: "SELECT", unit: MS, goal: 1 }],
    unselected: true,
    measure: async (hands) => [(await hands.say(`SELECT ${hands.mailbox}`)).ms],
  },
  timed("FETCH 1:* (UID FLAGS)", "FETCH 1:* (UID FLAGS)", 1),
  timed(
    "FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE)",
    "FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE)",
    1,
  ),
  timed("FETCH 1:* (ENVELOPE BODYSTRUCTURE)", "FETCH 1:* (ENVELOPE BODYSTRUCTURE)", 1),
  {
    rows: [{ title: "FETCH 1:* BODY.PEEK[]", unit: MB_PER_SECOND, goal: 1 }],
    async measure(hands) {
      const { ms, octets } = await hands.say("FETCH 1:* BODY.PEEK[]");
      return [octets / 1e6 / (ms / 1000)];
    },
  },
];

const SEARCHING: readonly Case[] = [
  search(`FROM ${SENDER}`, 1),
  search("UNSEEN", 1),
  search(`BODY ${RARE_WORD}`, 5),
  search(`BODY ${COMMON_WORD}`, 5),
  search(`TEXT ${RARE_WORD}`, 5),
  search(`TEXT ${COMMON_WORD}`, 5),
];

const WRITING: readonly Case[] = [
  {
    rows: [
      { title: "STORE 1:* +FLAGS", unit: MS, goal: 1 },
      { title: "STORE 1:* -FLAGS.SILENT", unit: MS, goal: 1 },
    ],
    async measure(hands) {
      const add = await hands.say("STORE 1:* +FLAGS (\\Flagged)");
      const remove = await hands.say("STORE 1:* -FLAGS.SILENT (\\Flagged)");
      return [add.ms, remove.ms];
    },
  },
  {
    rows: [
      { title: `COPY 1:${COPIES}`, unit: MS, goal: 1 },
      { title: "APPEND, one by one, synced", unit: PER_SECOND, goal: 2 },
    ],
    async measure(hands) {
      await hands.say(`CREATE ${COPY_MAILBOX}`);
      const copy = await hands.say(`COPY 1:${COPIES} ${COPY_MAILBOX}`);
      const append = await hands.append(COPY_MAILBOX, COPIES);
      await hands.say(`DELETE ${COPY_MAILBOX}`);
      return [copy.ms, COPIES / (append.ms / 1000)];
    },
  },
];

const CASES: readonly Case[] = [...READING, ...SEARCHING, ...WRITING];

/** Whether any of them has the letters asked for; all rows are wanted when none are. */
export function hasWantedRow(titles: readonly string[], only: string | undefined): boolean {
  return only === undefined || titles.some((title) => title.toLowerCase().includes(only.toLowerCase()));
}

export function wantedCases(only: string | undefined): readonly Case[] {
  const titles = ({ rows }: Case): string[] => rows.map(({ title }) => title);
  return CASES.filter((item) => hasWantedRow(titles(item), only));
}
