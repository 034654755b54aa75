/**
 * An SMTP reply as a value: code, enhanced status, lines of text. The wire form repeats code and status on every line.
 *
 *     Reply-line = *( Reply-code "-" [ textstring ] CRLF ) Reply-code [ SP textstring ] CRLF   ; RFC 5321 §4.2
 */

export type SmtpReply = {
  readonly code: number; // 220 to 554
  /** RFC 3463, `5.7.1`; absent where RFC 2034 §4 forbids it (greeting, EHLO answer, 3yz). */
  readonly status?: string | undefined;
  readonly lines: readonly string[]; // at least one, without code, status and CRLF
  /** The lines as they are written, without CRLF: of a reply that is said again and again (`fixedReply`). */
  readonly written?: readonly string[];
};

export function reply(code: number, status: string | undefined, ...lines: string[]): SmtpReply {
  return { code, status, lines };
}

/** The reply's first digit decides: 2 done, 3 go on, 4 not now, 5 never (RFC 5321 §4.2.1). */
export function isPositive(answer: SmtpReply): boolean {
  return answer.code < 400;
}

export function isTransient(answer: SmtpReply): boolean {
  return answer.code >= 400 && answer.code < 500;
}

export function isPermanent(answer: SmtpReply): boolean {
  return answer.code >= 500;
}

/** `550 5.7.1 first line / second line`: one line, for logs and diagnostics. */
export function replyText(answer: SmtpReply): string {
  return [answer.code, answer.status, answer.lines.join(" / ")]
    .filter((part) => part !== undefined && part !== "")
    .join(" ");
}

/** RFC 5321 §3.8, RFC 7504 §2: whoever says this hangs up. */
export function endsConnection({ code }: SmtpReply): boolean {
  return code === 421 || code === 521;
}
