/** What flags mean for a row, as the server reckons it: so that a change shows before the server has answered. Pure. */

export type FlaggedRow = {
  readonly flags: readonly string[];
  readonly unread: boolean;
  readonly flagged: boolean;
  readonly answered: boolean;
  readonly forwarded: boolean;
  readonly draft: boolean;
  readonly thread?:
    | { readonly unread: number; readonly flagged: boolean; readonly messages: number }
    | undefined;
};

export function withFlags<T extends FlaggedRow>(row: T, flags: readonly string[]): T {
  const has = (flag: string): boolean => flags.some((one) => one.toLowerCase() === flag);
  return {
    ...row,
    flags: [...flags],
    unread: !has("\\seen"),
    flagged: has("\\flagged"),
    answered: has("\\answered"),
    forwarded: has("$forwarded"),
    draft: has("\\draft"),
  };
}

/** The row as it will be. `whole`: the others of its conversation change too. */
export function changeFlags<T extends FlaggedRow>(
  row: T,
  add: readonly string[],
  remove: readonly string[],
  whole: boolean,
): T {
  const gone = new Set([...add, ...remove].map((flag) => flag.toLowerCase()));
  const kept = row.flags.filter((flag) => !gone.has(flag.toLowerCase()));
  const next = withFlags(row, [...kept, ...add]);
  if (row.thread === undefined) return next;
  const unread = whole
    ? next.unread
      ? row.thread.messages
      : 0
    : row.thread.unread + Number(next.unread) - Number(row.unread);
  const flagged = whole ? next.flagged : row.thread.flagged || next.flagged;
  return { ...next, thread: { ...row.thread, unread: Math.max(0, unread), flagged } };
}

/** Keywords that people gave, without those that say what became of a message. */
export function keywordsOf({ flags }: Pick<FlaggedRow, "flags">): readonly string[] {
  return flags.filter((flag) => !flag.startsWith("\\") && !flag.startsWith("$"));
}
