/** Where the lab may place a fault in a conversation, and what the fault does. Types only: a server without a lab pays nothing. */
import type { SmtpReply } from "./reply.ts";

export type InterceptPoint =
  | "CONNECT"
  | "EHLO"
  | "STARTTLS"
  | "AUTH"
  | "MAIL"
  | "RCPT"
  | "DATA"
  | "EOD"
  | "QUIT";

/** What is known at that point. */
export type InterceptFacts = {
  /** The address of the other side. */
  readonly client: string;
  readonly reversePath?: string | undefined;
  readonly recipient?: string | undefined;
  readonly sizeBytes?: number | undefined;
  readonly subject?: string | undefined;
};

export type SmtpFault = {
  /** Said instead of what we would say. */
  readonly reply?: SmtpReply | undefined;
  readonly delayMs?: number | undefined;
  /** drop: FIN. reset: RST. blackhole: keep the connection and never answer again. */
  readonly action?: "drop" | "reset" | "blackhole" | undefined;
  /** Keywords left out of the answer to EHLO: `STARTTLS`. */
  readonly hideExtensions?: readonly string[] | undefined;
  /** From here on replies leave this slowly, or in slices of so many bytes. */
  readonly throttleBytesPerSecond?: number | undefined;
  readonly sliceBytes?: number | undefined;
};

export type Intercept = (point: InterceptPoint, facts: InterceptFacts) => SmtpFault | undefined;
