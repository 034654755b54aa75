/** The bounds of the IMAP door: what one client, one account, one connection and one command may cost us. */

export type ImapServerLimits = {
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  readonly connectionsPerAccountMax: number;
  /** Silence of a client that logged in; IDLE included. */
  readonly idleTimeoutMs: number;
  /** Silence of one that has not. */
  readonly loginTimeoutMs: number;
  readonly tlsTimeoutMs: number;
  readonly loginAttemptsMax: number;
  readonly badCommandsMax: number;
  /** Read ahead while a command is at work; then the client has to wait too. */
  readonly inputBytesMax: number;
  /** What a client may leave unread before we wait for it. */
  readonly outputBytesMax: number;
  /** One message by APPEND (RFC 7889). */
  readonly appendBytesMax: number;
};

export const IMAP_SERVER_LIMITS: ImapServerLimits = {
  connectionsMax: 10_000, // an idle one costs little; phones keep theirs open
  connectionsPerAddressMax: 500, // an office behind one address
  connectionsPerAccountMax: 100, // a program opens some ten; several devices
  idleTimeoutMs: 1_800_000, // RFC 9051 §5.4: at least 30 minutes
  loginTimeoutMs: 120_000,
  tlsTimeoutMs: 30_000,
  loginAttemptsMax: 5,
  badCommandsMax: 50, // a person at a prompt stays below
  inputBytesMax: 262_144,
  outputBytesMax: 1_048_576,
  appendBytesMax: 52_428_800, // as SMTP takes
};
