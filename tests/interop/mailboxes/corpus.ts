/** Letters of every kind a mailbox meets, each a different one: what must come back as it went in. */
import { seededRandom } from "../../../src/base/random.ts";

const CRLF = "\r\n";

function head(n: number, more: readonly string[] = []): string {
  const lines = [
    `From: Sender ${n} <s${n}@mail.test>`,
    "To: you@mail.test",
    `Message-ID: <m${n}@corpus.test>`,
  ];
  lines.push(`Date: Tue, 24 Nov 2026 10:${String(n % 60).padStart(2, "0")}:00 +0000`, ...more);
  return lines.join(CRLF) + CRLF;
}

/** `n` to a letter; the same for the same `n`. Lines end in CRLF, there is no NUL, and mbsync's own field is not there. */
export function corpusLetter(n: number): Buffer {
  const random = seededRandom(n);
  const text = `Line one of ${n}.${CRLF}.a dot${CRLF}From the start of a line${CRLF}`;
  const kinds: readonly (() => Buffer)[] = [
    () => Buffer.from(head(n, [`Subject: plain ${n}`]) + CRLF + text),
    () => Buffer.from(head(n, ["Subject:"]) + CRLF + text),
    () =>
      Buffer.from(
        head(n, [
          "MIME-Version: 1.0",
          "Content-Type: text/plain; charset=utf-8",
          `Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe_${n}?=`,
        ]) +
          CRLF +
          `Grüße, ${n}${CRLF}`,
      ),
    () =>
      Buffer.concat([
        Buffer.from(head(n, [`Subject: latin ${n}`]) + CRLF),
        Buffer.from(`caf\xe9 \xff\x80 ${n}${CRLF}`, "latin1"),
      ]),
    () => Buffer.from(head(n, [`Subject: long line ${n}`]) + CRLF + "x".repeat(5_000 + n) + CRLF),
    () => Buffer.from(head(n, [`Subject: no end ${n}`]) + CRLF + "the last line has no end"),
    () => Buffer.from(head(n, [`Subject: only a head ${n}`]) + CRLF),
    () =>
      Buffer.from(
        head(n, [
          "MIME-Version: 1.0",
          "Content-Type: multipart/mixed; boundary=never",
          `Subject: broken ${n}`,
        ]) +
          CRLF +
          `--never${CRLF}Content-Type: text/html${CRLF}${CRLF}<b>open`,
      ),
    () => {
      const file = random.bytes(6_000).reduce((all, one) => all + String.fromCharCode(33 + (one % 90)), "");
      const parts = [
        `--b${CRLF}Content-Type: text/plain${CRLF}${CRLF}${text}`,
        `--b${CRLF}Content-Type: application/octet-stream${CRLF}Content-Disposition: attachment; filename="a.bin"${CRLF}${CRLF}${file}${CRLF}`,
      ];
      return Buffer.from(
        head(n, ["MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b", `Subject: parts ${n}`]) +
          CRLF +
          parts.join("") +
          `--b--${CRLF}`,
      );
    },
    () =>
      Buffer.from(
        head(n, [`Subject: a field that is${CRLF}\tfolded and ${CRLF} folded again ${n}`]) +
          CRLF +
          text.repeat(20),
      ),
  ];
  return (kinds[n % kinds.length] as () => Buffer)();
}
