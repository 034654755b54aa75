/** The bounds of the SMTP door: what one client, one connection and one message may cost us. */
import type { BareNewline } from "../../protocol/smtp/content-scanner.ts";

export type SmtpServerLimits = {
  readonly sizeBytesMax: number;
  readonly recipientsMax: number;
  readonly messagesPerConnectionMax: number;
  readonly badCommandsMax: number;
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  /** Silence between commands, and inside of content. */
  readonly commandTimeoutMs: number;
  readonly contentTimeoutMs: number;
  readonly tlsTimeoutMs: number;
  /** Read ahead while an answer is awaited; then the client has to wait too. */
  readonly inputBytesMax: number;
  /** Replies a client may leave unread. */
  readonly outputBytesMax: number;
  readonly bareNewline: BareNewline;
  readonly spaceBeforePath: boolean;
  readonly pathWithoutBrackets: boolean;
};

export const SMTP_SERVER_LIMITS: SmtpServerLimits = {
  sizeBytesMax: 52_428_800, // what the large providers take, and a little more
  recipientsMax: 1_000, // RFC 5321 §4.5.3.1.8 asks for 100 at least
  messagesPerConnectionMax: 10_000,
  badCommandsMax: 20, // a person at a prompt stays below
  connectionsMax: 2_000,
  connectionsPerAddressMax: 200,
  commandTimeoutMs: 300_000, // RFC 5321 §4.5.3.2.7
  contentTimeoutMs: 180_000, // RFC 5321 §4.5.3.2.5
  tlsTimeoutMs: 30_000,
  inputBytesMax: 262_144,
  outputBytesMax: 65_536,
  bareNewline: "refuse",
  spaceBeforePath: true,
  pathWithoutBrackets: false,
};
