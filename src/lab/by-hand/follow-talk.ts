/**
 * Follows an SMTP conversation that a person types: which replies are owed, what may come next, what is content and
 * what is a secret. Pure. It never refuses anything: the person may say what they like, and the server judges.
 */

export type TalkPhase =
  /** The server speaks first. */
  | "greeting"
  /** Nobody has said who they are. */
  | "hello"
  /** A message may begin. */
  | "ready"
  /** A message has begun: recipients, then DATA. */
  | "envelope"
  /** The message itself, up to a dot alone. */
  | "content"
  /** An answer to a challenge. */
  | "login"
  | "closed";

/** How something said is written down. A content is told once, when it has ended. */
export type Said =
  | { readonly kind: "line"; readonly text: string }
  | { readonly kind: "content"; readonly sizeBytes: number; readonly lineCount: number };

export class FollowTalk {
  phase: TalkPhase = "greeting";
  extensions: readonly string[] = [];
  /** Recipients the server has taken for the message that is begun. */
  recipients = 0;
  isLoggedIn = false;
  /** STARTTLS was answered with "go ahead": the handshake is next. */
  wantsTls = false;
  readonly #owed: string[] = ["greeting"];
  #offered: string[] = [];
  #loggingIn = false;
  /** Said after DATA and before its answer: content, or commands when it is refused. */
  #held: string[] = [];
  #content = { sizeBytes: 0, lineCount: 0 };
  #chunkLeft = 0;

  /** The server has not answered everything yet. */
  get isWaiting(): boolean {
    return this.#owed.length > 0 || this.wantsTls;
  }

  /** What the page shows of a line that is about to be said: a secret is not shown. */
  shown(line: string): string {
    return this.#loggingIn ? "***" : line.replace(/^(auth +\S+ +).*$/i, "$1***");
  }

  get isContent(): boolean {
    return this.phase === "content" || this.#chunkLeft > 0 || this.#owed.includes("DATA");
  }

  said(line: string): Said[] {
    const sizeBytes = Buffer.byteLength(line) + 2;
    if (this.#chunkLeft > 0) return this.#chunk(sizeBytes);
    if (this.phase === "content") return this.#inContent(line, sizeBytes);
    if (this.#owed.includes("DATA")) {
      this.#held.push(line);
      return [];
    }
    const text = this.shown(line);
    const [verb = "", size, last] = line.trim().toUpperCase().split(/\s+/);
    if (this.#loggingIn) this.#owed.push("AUTH");
    else if (verb === "BDAT") {
      this.#chunkLeft = Number(size) > 0 ? Number(size) : 0;
      this.#owed.push(last === "LAST" ? "BDAT LAST" : "BDAT");
    } else this.#owed.push(verb);
    if (verb === "AUTH") this.#loggingIn = true;
    return [{ kind: "line", text }];
  }

  /** What was held back and is now known for what it is. */
  heard(line: string): Said[] {
    const match = /^(\d{3})(?:([ -])(.*))?$/.exec(line);
    if (match === null) return [];
    const [, code = "", mark, text = ""] = match;
    if (this.#owed[0] === "EHLO" && code === "250") this.#offered.push(text);
    return mark === "-" ? [] : this.#replied(this.#owed.shift() ?? "", code);
  }

  encrypted(): void {
    this.wantsTls = false;
    // Everything learned in the clear is forgotten (RFC 3207 §4.2).
    this.phase = "hello";
    this.extensions = [];
    this.isLoggedIn = false;
  }

  closed(): void {
    this.phase = "closed";
    this.#owed.length = 0;
    this.wantsTls = false;
  }

  #replied(verb: string, code: string): Said[] {
    const isYes = code.startsWith("2");
    switch (verb) {
      case "greeting":
        this.phase = "hello";
        break;
      case "EHLO":
      case "HELO":
      case "LHLO":
        // The first line is the server's name.
        if (isYes) this.#begin(this.#offered.slice(1));
        this.#offered = [];
        break;
      case "AUTH":
        this.#loggingIn = code === "334";
        if (isYes) this.isLoggedIn = true;
        if (this.phase === "login" || code === "334") this.phase = code === "334" ? "login" : "ready";
        break;
      case "STARTTLS":
        this.wantsTls = code === "220";
        break;
      case "MAIL":
        if (isYes) [this.phase, this.recipients] = ["envelope", 0];
        break;
      case "RCPT":
        if (isYes) this.recipients++;
        break;
      case "DATA":
        return this.#dataAnswered(code);
      case "RSET":
        if (isYes && this.phase === "envelope") this.phase = "ready";
        break;
      case ".":
      case "BDAT LAST":
        this.phase = "ready";
        break;
      default:
        break;
    }
    return [];
  }

  #begin(extensions: readonly string[]): void {
    this.extensions = extensions;
    this.phase = "ready";
    this.recipients = 0;
  }

  #dataAnswered(code: string): Said[] {
    if (code === "354") this.phase = "content";
    return this.#held.splice(0).flatMap((line) => this.said(line));
  }

  #inContent(line: string, sizeBytes: number): Said[] {
    if (line === ".") {
      this.#owed.push(".");
      this.phase = "ready";
      return this.#contentEnded();
    }
    this.#content.sizeBytes += sizeBytes;
    this.#content.lineCount++;
    return [];
  }

  #chunk(sizeBytes: number): Said[] {
    this.#chunkLeft -= sizeBytes;
    this.#content.sizeBytes += sizeBytes;
    this.#content.lineCount++;
    return this.#chunkLeft > 0 ? [] : this.#contentEnded();
  }

  #contentEnded(): Said[] {
    const said: Said = { kind: "content", ...this.#content };
    this.#content = { sizeBytes: 0, lineCount: 0 };
    return [said];
  }
}
