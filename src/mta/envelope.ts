/** The envelope: who a message is from and for, apart from what its header says (RFC 5321 §2.3.1). Plain values. */

export type DsnNotify = "NEVER" | "SUCCESS" | "FAILURE" | "DELAY";

export type EnvelopeRecipient = {
  /** Its place in the envelope, from 0: names the recipient within its message for good. */
  readonly index: number;
  /** The mailbox as it will be sent onward: `bob@nemesis.test`, `parser@[10.66.0.51]`. */
  readonly address: string;
  /** What the client wrote when an alias rewrote it. */
  readonly original?: string | undefined;
  readonly notify?: readonly DsnNotify[] | undefined; // RFC 3461 §4.1
  readonly orcpt?: string | undefined; // `rfc822;bob@nemesis.test`, decoded from xtext (RFC 3461 §4.2)
};

export type Envelope = {
  /** Empty for the null reverse path `<>` of a bounce. */
  readonly reversePath: string;
  readonly recipients: readonly EnvelopeRecipient[];
  readonly body: "7BIT" | "8BITMIME" | "BINARYMIME"; // RFC 6152, RFC 3030
  readonly smtputf8: boolean; // RFC 6531
  readonly ret?: "FULL" | "HDRS" | undefined; // RFC 3461 §4.3
  readonly envid?: string | undefined; // RFC 3461 §4.4
};
