/** What the SMTP bench measures: its rows, and the goals issue 2 sets for three of them. */

export type SmtpKind = "accept" | "relay";

export type SmtpCase = {
  readonly kind: SmtpKind;
  readonly sizeBytes: number;
  readonly sessions: number;
  readonly reuse: boolean;
  /** Times Postfix on the same disk, and times Postfix with its queue in memory. */
  readonly goal?: { readonly disk: number; readonly memory: number };
};

const KIB = 1024;

/** The rows with a goal: all that `--quick` runs. */
const KEY_CASES: readonly SmtpCase[] = [
  { kind: "accept", sizeBytes: 10 * KIB, sessions: 20, reuse: true, goal: { disk: 6, memory: 3 } },
  { kind: "accept", sizeBytes: 10 * KIB, sessions: 20, reuse: false, goal: { disk: 3, memory: 3 } },
  { kind: "relay", sizeBytes: 10 * KIB, sessions: 20, reuse: true, goal: { disk: 4, memory: 3 } },
];

const FURTHER_CASES: readonly SmtpCase[] = [
  { kind: "accept", sizeBytes: 1 * KIB, sessions: 20, reuse: true },
  { kind: "accept", sizeBytes: 100 * KIB, sessions: 20, reuse: true },
  { kind: "accept", sizeBytes: 10 * KIB, sessions: 1, reuse: true },
  { kind: "accept", sizeBytes: 10 * KIB, sessions: 100, reuse: true },
  { kind: "relay", sizeBytes: 1 * KIB, sessions: 20, reuse: true },
  { kind: "relay", sizeBytes: 100 * KIB, sessions: 20, reuse: true },
];

export function smtpCases(quick: boolean): SmtpCase[] {
  return (quick ? KEY_CASES : [...KEY_CASES, ...FURTHER_CASES]).toSorted((a, b) =>
    a.kind.localeCompare(b.kind),
  );
}

export function titleOf(item: SmtpCase): string {
  const sessions = item.sessions === 1 ? "1 session" : `${item.sessions} sessions`;
  return `${item.kind} ${item.sizeBytes / KIB} KiB, ${sessions}, ${item.reuse ? "reused" : "new connections"}`;
}
