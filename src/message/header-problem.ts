/**
 * What can be wrong with a message's header: names for settings and tests, sentences for people, the section that
 * says so. "error" is a breach of a MUST; "warning" is what the RFC lets pass or reception itself mends.
 */

export type ProblemName =
  | "empty-message"
  | "missing-from"
  | "from-without-address"
  | "missing-sender"
  | "missing-date"
  | "bad-date"
  | "missing-message-id"
  | "bad-message-id"
  | "duplicate-field"
  | "not-a-field"
  | "long-line"
  | "bare-cr"
  | "bare-lf"
  | "nul"
  | "header-8bit";

export type HeaderProblem = {
  readonly problem: ProblemName;
  readonly severity: "error" | "warning";
  /** A sentence for the peer. */
  readonly text: string;
  readonly rfc: string;
  /** The first line it is on, counted from 1. */
  readonly line?: number;
};

const PROBLEMS: Record<ProblemName, readonly [HeaderProblem["severity"], string, string]> = {
  "empty-message": ["error", "The message is empty.", "RFC 5322 §3.5"],
  "missing-from": ["error", "'From' header is missing.", "RFC 5322 §3.6.2"],
  "from-without-address": ["error", "'From' header has no valid address.", "RFC 5322 §3.6.2"],
  "missing-sender": [
    "error",
    "'From' has several addresses, and 'Sender' header is missing.",
    "RFC 5322 §3.6.2",
  ],
  "missing-date": ["error", "'Date' header is missing.", "RFC 5322 §3.6.1"],
  "bad-date": ["warning", "'Date' header is not a date.", "RFC 5322 §3.3"],
  "missing-message-id": ["warning", "'Message-ID' header is missing.", "RFC 5322 §3.6.4"],
  "bad-message-id": ["warning", "'Message-ID' header holds no identifier.", "RFC 5322 §3.6.4"],
  "duplicate-field": ["error", "'%' header occurs more than once.", "RFC 5322 §3.6"],
  "not-a-field": ["error", "A header line has no field name and colon.", "RFC 5322 §2.2"],
  "long-line": ["error", "A header line is longer than 998 octets.", "RFC 5322 §2.1.1"],
  "bare-cr": ["error", "The header holds a CR without LF.", "RFC 5322 §2.3"],
  "bare-lf": ["error", "The header holds a LF without CR.", "RFC 5322 §2.3"],
  nul: ["error", "The header holds a NUL.", "RFC 5322 §4"],
  "header-8bit": ["error", "The header holds 8-bit characters without SMTPUTF8.", "RFC 6531 §3.1"],
};

/** How people write the names that may occur once. */
const WRITTEN: Readonly<Record<string, string>> = { "message-id": "Message-ID" };

export function makeProblem(problem: ProblemName, line?: number, field?: string): HeaderProblem {
  const [severity, sentence, rfc] = PROBLEMS[problem];
  const text = field === undefined ? sentence : sentence.replace("%", WRITTEN[field] ?? titleCase(field));
  return line === undefined ? { problem, severity, text, rfc } : { problem, severity, text, rfc, line };
}

function titleCase(name: string): string {
  return name.replaceAll(
    /(^|-)([a-z])/g,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  );
}
