/** Cuts what a server sends into lines. Holds no more than one line of a bounded length; what is longer is cut. */
import { utf8 } from "../../base/bytes.ts";

/** Limit: a reply line has 512 octets at most (RFC 5321 §4.5.3.1.5); a server under test may overdo it. */
const LINE_CHARACTERS_MAX = 65_536;

/** `heard` is given each line without its end, which may also be a LF alone. */
export function createLineReader(heard: (line: string) => void): {
  push(bytes: Uint8Array): void;
  clear(): void;
} {
  let rest = "";
  return {
    push(bytes) {
      const lines = (rest + utf8(bytes)).split("\n");
      rest = (lines.pop() ?? "").slice(0, LINE_CHARACTERS_MAX);
      for (const line of lines) heard(line.replace(/\r$/, ""));
    },
    clear() {
      rest = "";
    },
  };
}
