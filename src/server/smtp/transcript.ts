/** Writes one connection of the SMTP door into the journal: each line, each content, TLS, beginning and end. Never a secret. */
import { type Connection, formatEndpoint } from "../../base/network.ts";
import type { TlsInfo } from "../../base/tls.ts";
import type { Recorder } from "../../journal/journal.ts";
import type { SmtpContent } from "../../protocol/smtp/content.ts";
import type { SmtpReply } from "../../protocol/smtp/reply.ts";
import { formatReplyLine } from "../../protocol/smtp/reply-codec.ts";

export class ServerTranscript {
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

  said(reply: SmtpReply): void {
    for (let index = 0; index < reply.lines.length; index++) {
      const text = formatReplyLine(reply, index);
      this.#recorder.record({ kind: "line", connection: this.#id, by: "server", text }, this.#id);
    }
  }

  /** `secret`: the line is an answer to an AUTH challenge. */
  heard(line: string, secret: boolean): number {
    const text = secret ? "***" : maskSecrets(line);
    return this.#recorder.record({ kind: "line", connection: this.#id, by: "client", text }, this.#id);
  }

  content({ sizeBytes, lineCount }: SmtpContent): number {
    const body = { kind: "content", connection: this.#id, by: "client", sizeBytes, lineCount } as const;
    return this.#recorder.record(body, this.#id);
  }

  /** A chunk that was refused: read away, since its octets follow the command all the same (RFC 3030 §2). */
  skipped(sizeBytes: number): void {
    const body = { kind: "content", connection: this.#id, by: "client", sizeBytes } as const;
    this.#recorder.record({ ...body, lineCount: undefined, refused: true }, this.#id);
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

  warn(what: string, detail: string, rfc: string | undefined): void {
    this.#recorder.record({ kind: "warning", what, detail, rfc }, this.#id);
  }

  closed(why: string): void {
    this.#recorder.record({ kind: "connection.closed", connection: this.#id, why }, this.#id);
  }
}

/** `AUTH PLAIN ***`: an initial response may hold the password. */
function maskSecrets(line: string): string {
  const first = line.charCodeAt(0);
  if (first !== 65 && first !== 97) return line; // "A", "a"
  return line.replace(/^(auth +\S+ +).*$/i, "$1***");
}
