/** Writes one connection of the IMAP door into the journal: commands and how they ended, TLS, beginning and end. Never a secret, never a literal. */
import { type Connection, formatEndpoint } from "../../base/network.ts";
import type { TlsInfo } from "../../base/tls.ts";
import type { Recorder } from "../../journal/journal.ts";

/** Limit: of a line in the journal; a FETCH of a thousand ranges is told apart by its beginning. */
const LINE_CHARACTERS_MAX = 200;

export class ImapTranscript {
  readonly #recorder: Recorder;
  readonly #id: string;

  constructor(recorder: Recorder, connection: string) {
    this.#recorder = recorder;
    this.#id = connection;
  }

  opened({ local, remote }: Connection, protocol: string): number {
    return this.#recorder.record(
      {
        kind: "connection.opened",
        connection: this.#id,
        side: "server",
        protocol,
        local: formatEndpoint(local),
        remote: formatEndpoint(remote),
      },
      this.#id,
    );
  }

  said(line: string): void {
    this.#line("server", line);
  }

  /** Literals stand in it as NUL (protocol/imap/command-text.ts). */
  heard(text: string): number {
    return this.#line("client", maskSecrets(text).replaceAll("\0", "{…}"));
  }

  encrypted({ protocol, cipher }: TlsInfo): void {
    this.#recorder.record(
      { kind: "tls.started", connection: this.#id, protocol, cipher, verified: undefined, detail: undefined },
      this.#id,
    );
  }

  notEncrypted(detail: string): void {
    this.#recorder.record({ kind: "tls.failed", connection: this.#id, detail }, this.#id);
  }

  warn(what: string, detail: string): void {
    this.#recorder.record({ kind: "warning", what, detail, rfc: undefined }, this.#id);
  }

  closed(why: string): void {
    this.#recorder.record({ kind: "connection.closed", connection: this.#id, why }, this.#id);
  }

  #line(by: "client" | "server", line: string): number {
    const text =
      line.length <= LINE_CHARACTERS_MAX ? line : `${line.slice(0, LINE_CHARACTERS_MAX)}… (${line.length})`;
    return this.#recorder.record({ kind: "line", connection: this.#id, by, text }, this.#id);
  }
}

/** `a1 LOGIN ***`: neither passwords nor initial responses are written down. */
function maskSecrets(text: string): string {
  return text.replace(/^(\S+ +(?:login|authenticate +\S+)) .*$/is, "$1 ***");
}
