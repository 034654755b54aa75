/** What the bench asks of its IMAP client, a process of its own, and what it answers: plain values, sent as JSON. */

export type Login = { readonly port: number; readonly user: string; readonly password: string };

export type Job =
  | ({ readonly kind: "connect"; readonly connection: string } & Login)
  /** One command, its time from the last octet sent to the tagged line seen. */
  | {
      readonly kind: "say";
      readonly connection: string;
      readonly command: string;
      /** Answers with what came, too: for checks, never while measuring. */
      readonly keep?: boolean;
    }
  /** One APPEND after the other, each awaited. */
  | {
      readonly kind: "append";
      readonly connection: string;
      readonly mailbox: string;
      readonly first: number;
      readonly count: number;
    }
  /** The same messages as fast as the server takes them: MULTIAPPEND. */
  | {
      readonly kind: "fill";
      readonly connection: string;
      readonly mailbox: string;
      readonly first: number;
      readonly count: number;
    }
  /** `watcher` is under IDLE, `connection` appends: from the message's last octet sent to the watcher's EXISTS. */
  | {
      readonly kind: "wake";
      readonly watcher: string;
      readonly connection: string;
      readonly mailbox: string;
      readonly count: number;
    }
  /** Polls STATUS until the mailboxes hold so many messages in all. */
  | {
      readonly kind: "until";
      readonly connections: readonly string[];
      readonly messages: number;
      readonly withinMs: number;
    }
  /** `each` connections of each account under IDLE on its INBOX, kept until `disperse`. */
  | { readonly kind: "crowd"; readonly logins: readonly Login[]; readonly each: number }
  | { readonly kind: "disperse" }
  | { readonly kind: "close"; readonly connection: string };

export type Answer = {
  readonly ms: number;
  /** What the server sent. */
  readonly octets: number;
  /** The tagged line without its tag, of the last command. */
  readonly status: string;
  readonly text?: string;
  /** One for each wake, ms. */
  readonly samples?: readonly number[];
};

export type Envelope<T> =
  | { readonly id: number; readonly value: T }
  | { readonly id: number; readonly error: string };
