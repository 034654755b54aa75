/** The bounds of the POP3 door: what one client, one account and one connection may cost us. */

export type Pop3ServerLimits = {
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  /** Silence of a client (RFC 1939 §3: at least 10 minutes). */
  readonly idleTimeoutMs: number;
  readonly loginTimeoutMs: number;
  readonly tlsTimeoutMs: number;
  readonly loginAttemptsMax: number;
  readonly badCommandsMax: number;
  /** What a client may leave unread before we wait for it. */
  readonly outputBytesMax: number;
  /** Commands read ahead; then the client has to wait. */
  readonly inputBytesMax: number;
  /** Between two logins of one account (RFC 2449 §6.5). */
  readonly loginDelaySeconds: number;
  /** Silence after which the holder of a mailbox gives way to a new login: its connection is most likely dead. */
  readonly takeOverMs: number;
};

export const POP3_SERVER_LIMITS: Pop3ServerLimits = {
  connectionsMax: 2_000,
  connectionsPerAddressMax: 200,
  idleTimeoutMs: 600_000,
  loginTimeoutMs: 60_000,
  tlsTimeoutMs: 30_000,
  loginAttemptsMax: 5,
  badCommandsMax: 50,
  outputBytesMax: 1_048_576,
  inputBytesMax: 65_536,
  loginDelaySeconds: 0,
  takeOverMs: 60_000,
};
