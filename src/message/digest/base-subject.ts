/**
 * The base subject of RFC 5256 §2.1: what is left of a subject without `Re:`, `Fwd:`, list tags and their like. Sorting
 * and threads compare it. Linear in practice: each round takes something away. Upper case, as i;ascii-casemap compares.
 */
import { decodeWords } from "../header/encoded-word.ts";

/** Limit: a subject of this many characters says all it has to say. */
const SUBJECT_CHARACTERS_MAX = 2_000;

//  subj-blob    = "[" *BLOBCHAR "]" *WSP
//  subj-refwd   = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"
//  subj-leader  = (*subj-blob subj-refwd) / WSP
const LEADER = /^(?:\s|(?:\[[^[\]]*\]\s*)*(?:re|fwd?)\s*(?:\[[^[\]]*\]\s*)?:)/i;
const BLOB = /^\[[^[\]]*\]\s*/;
//  subj-trailer = "(fwd)" / WSP
const TRAILER = /(?:\(fwd\)|\s)$/i;
//  subj-fwd-hdr = "[fwd:"      subj-fwd-trl = "]"
const FORWARDED = /^\[fwd:(.*)\]$/is;

/** `subject` unfolded, encoded words still encoded. */
export function baseSubject(subject: string): string {
  let text = decodeWords(subject.slice(0, SUBJECT_CHARACTERS_MAX)).replaceAll(/\s+/g, " ");
  for (;;) {
    while (TRAILER.test(text)) text = text.replace(TRAILER, "");
    for (let before = ""; before !== text;) {
      before = text;
      while (LEADER.test(text)) text = text.replace(LEADER, "");
      const rest = text.replace(BLOB, "");
      if (rest !== "") text = rest;
    }
    const forwarded = FORWARDED.exec(text);
    if (forwarded === null) return text.toUpperCase();
    text = forwarded[1] ?? "";
  }
}

/** Whether the subject shows that the message answers or forwards (RFC 5256 §2.1, "is a reply or forward"). */
export function isReply(subject: string): boolean {
  return baseSubject(subject) !== decodeWords(subject).replaceAll(/\s+/g, " ").trim().toUpperCase();
}
