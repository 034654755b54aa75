/**
 * Re-encodes a message's 8-bit and binary parts so that 7 bits carry it (RFC 6152 §3): text as quoted-printable, the
 * rest as base64. What is signed or encrypted is left alone: then, and when a header holds 8-bit bytes, it can not be done.
 * Never throws; undefined says that it can not be done.
 */

/** Limit: RFC-conform mail nests three or four deep; what nests deeper is an attack. */
const DEPTH_MAX = 20;
const LINE_LENGTH_MAX = 76; // RFC 2045 §6.7, §6.8
const HIGH = /[\x80-\xff]/;

export function downgrade(content: Uint8Array): Uint8Array | undefined {
  const text = Buffer.from(content.buffer, content.byteOffset, content.length).toString("latin1");
  const converted = downgradePart(text, 0);
  return converted === undefined ? undefined : Buffer.from(converted, "latin1");
}

function downgradePart(part: string, depth: number): string | undefined {
  if (isPlain(part)) return part;
  if (depth > DEPTH_MAX) return undefined;
  const split = part.startsWith("\r\n") ? 0 : part.indexOf("\r\n\r\n") + 2;
  if (split === 1) return undefined; // no body, so the header holds what is not 7-bit
  const header = part.slice(0, split);
  const body = part.slice(split + 2);
  if (HIGH.test(header)) return undefined;
  const type = fieldOf(header, "content-type") ?? "text/plain";
  if (/^\s*multipart\/(?:signed|encrypted)/i.test(type)) return undefined;
  if (/^\s*multipart\//i.test(type)) return downgradeMultipart(header, body, type, depth);
  if (/^\s*message\//i.test(type)) {
    const inner = /^\s*message\/(?:rfc822|global)/i.test(type) ? downgradePart(body, depth + 1) : undefined;
    return inner === undefined ? undefined : `${withEncoding(header, "7bit")}\r\n${inner}`;
  }
  const encoding = (fieldOf(header, "content-transfer-encoding") ?? "7bit").trim().toLowerCase();
  if (encoding === "base64" || encoding === "quoted-printable") return undefined; // it lies about itself
  if (/^\s*text\//i.test(type) && encoding !== "binary") {
    return `${withEncoding(header, "quoted-printable")}\r\n${quotedPrintable(body)}`;
  }
  return `${withEncoding(header, "base64")}\r\n${base64(body)}`;
}

/** Nothing to do: 7-bit, with lines SMTP can carry. */
function isPlain(text: string): boolean {
  return !HIGH.test(text) && !/\0|\r(?!\n)|(?<!\r)\n/.test(text) && !/[^\r\n]{999}/.test(text);
}

function downgradeMultipart(header: string, body: string, type: string, depth: number): string | undefined {
  const boundary = /;\s*boundary\s*=\s*(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(
    type.replace(/\r\n[ \t]/g, " "),
  );
  const delimiter = `--${boundary?.[1] ?? boundary?.[2] ?? ""}`;
  if (boundary === null) return undefined;
  const pieces = `\r\n${body}`.split(`\r\n${delimiter}`);
  const closing = pieces.findIndex((piece, index) => index > 0 && piece.startsWith("--"));
  const last = closing === -1 ? pieces.length : closing;
  const out: string[] = [];
  for (const [index, piece] of pieces.entries()) {
    if (index === 0 || index >= last) {
      if (HIGH.test(piece)) return undefined; // preamble and epilogue have no encoding
      out.push(piece);
      continue;
    }
    const lineEnd = piece.indexOf("\r\n");
    // RFC 2046 §5.1.1: only white space may follow the boundary on its line; else it was none, and we read it wrong.
    if (lineEnd === -1 || !/^[ \t]*$/.test(piece.slice(0, lineEnd))) return undefined;
    const converted = downgradePart(piece.slice(lineEnd + 2), depth + 1);
    if (converted === undefined) return undefined;
    out.push(`${piece.slice(0, lineEnd + 2)}${converted.replace(/\r\n$/, "")}`);
  }
  const joined = out.join(`\r\n${delimiter}`).slice(2);
  return `${withEncoding(header, "7bit")}\r\n${joined}`;
}

function fieldOf(header: string, name: string): string | undefined {
  return new RegExp(`^${name}:((?:[^\\r\\n]|\\r\\n[ \\t])*)`, "im").exec(header)?.[1];
}

function withEncoding(header: string, encoding: string): string {
  const field = `Content-Transfer-Encoding: ${encoding}\r\n`;
  const pattern = /^content-transfer-encoding:(?:[^\r\n]|\r\n[ \t])*\r\n/im;
  if (pattern.test(header)) return header.replace(pattern, field);
  return encoding === "7bit" ? header : header + field;
}

/** RFC 2045 §6.7. Line ends stay line ends. */
function quotedPrintable(body: string): string {
  return body
    .split("\r\n")
    .map((line) => {
      const encoded = line.replace(/[^\t -<>-~]|[ \t]$/g, hexOf);
      const lines: string[] = [];
      let rest = encoded;
      while (rest.length > LINE_LENGTH_MAX) {
        const cut = rest.slice(0, LINE_LENGTH_MAX - 1).replace(/=[0-9A-F]?$/, "");
        lines.push(`${cut}=`);
        rest = rest.slice(cut.length);
      }
      return [...lines, rest].join("\r\n");
    })
    .join("\r\n");
}

function hexOf(character: string): string {
  return `=${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

function base64(body: string): string {
  const text = Buffer.from(body, "latin1").toString("base64");
  const lines = text.match(new RegExp(`.{1,${LINE_LENGTH_MAX}}`, "g")) ?? [];
  return lines.map((line) => `${line}\r\n`).join("");
}
