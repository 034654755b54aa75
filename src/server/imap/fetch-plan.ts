/**
 * What a FETCH asks for, turned once into the steps that write it: the loop over messages only runs them. Items that
 * need the digest or the content of a message say so, so that others cost no look at the disk.
 */
import type { FetchItem, Section } from "../../protocol/imap/fetch-command.ts";
import { formatDateTime } from "../../protocol/imap/date-time.ts";
import type { EmailDigest } from "../../store/account-mail.ts";
import { partOf, type SectionedMessage } from "./message-section.ts";
import { emailId, threadId } from "./object-ids.ts";
import { plainStructure } from "./plain-structure.ts";
import type { ImapSession, Selected } from "./session.ts";

/** One message while it is written; the same object for all of them. */
export type FetchedMessage = {
  /** Row of the table. */
  at: number;
  uid: number;
  digest: EmailDigest | undefined;
  message: SectionedMessage | undefined;
};

export type Step = (message: FetchedMessage) => void;

export type FetchPlan = {
  readonly steps: readonly Step[];
  readonly needsDigest: boolean;
  readonly needsContent: boolean;
  /** Reading sets \Seen (RFC 9051 §6.4.5). */
  readonly setsSeen: boolean;
  readonly hasFlags: boolean;
  /** A part was asked for whose transfer encoding nobody knows (RFC 3516 §4.3). */
  unknownEncoding: boolean;
};

const DIGESTED = new Set<FetchItem["kind"]>(["envelope", "bodystructure", "body", "preview"]);
const CONTENT = new Set<FetchItem["kind"]>([
  "rfc822",
  "rfc822.header",
  "rfc822.text",
  "section",
  "binary",
  "binary.size",
]);

export function planFetch(session: ImapSession, selected: Selected, items: readonly FetchItem[]): FetchPlan {
  const plan: FetchPlan = {
    steps: [],
    needsDigest: items.some(({ kind }) => DIGESTED.has(kind)),
    needsContent: items.some(({ kind }) => CONTENT.has(kind)),
    setsSeen: items.some(marksSeen),
    hasFlags: items.some(({ kind }) => kind === "flags"),
    unknownEncoding: false,
  };
  return Object.assign(plan, { steps: items.map((item) => stepFor(session, selected, item, plan)) });
}

function marksSeen(item: FetchItem): boolean {
  if (item.kind === "section" || item.kind === "binary") return !item.peek;
  return item.kind === "rfc822" || item.kind === "rfc822.text";
}

/** FLAGS as they stand when the step runs. */
export function flagsStep(session: ImapSession, selected: Selected): Step {
  const { writer } = session.output;
  const { table } = selected.view;
  const { flagTexts } = session.context;
  let texts = flagTexts.of(table.flagSets);
  return ({ at }) => {
    const set = table.flags[at] as number;
    if (set >= texts.length) texts = flagTexts.of(table.flagSets);
    writer.raw("FLAGS ").bytes(texts[set] as Uint8Array);
  };
}

function stepFor(session: ImapSession, selected: Selected, item: FetchItem, plan: FetchPlan): Step {
  const { writer } = session.output;
  const { table } = selected.view;
  const { mail } = selected;
  switch (item.kind) {
    case "flags":
      return flagsStep(session, selected);
    case "uid":
      return ({ uid }) => void writer.raw("UID ").number(uid);
    case "internaldate":
      return ({ at }) => void writer.raw(`INTERNALDATE "${formatDateTime(table.receivedAts[at] as number)}"`);
    case "savedate":
      return ({ at }) => void writer.raw(`SAVEDATE "${formatDateTime(table.savedAts[at] as number)}"`);
    case "rfc822.size":
      return ({ at }) => void writer.raw("RFC822.SIZE ").number(table.sizes[at] as number);
    case "modseq":
      return ({ at }) =>
        void writer
          .raw("MODSEQ (")
          .number(table.modseqs[at] as number)
          .raw(")");
    case "emailid":
      return ({ at }) => void writer.raw(`EMAILID (${emailId(mail, table.emailIds[at] as number)})`);
    case "threadid":
      return ({ at }) => void writer.raw(`THREADID (${threadId(mail, table.threadIds[at] as number)})`);
    case "envelope":
      return ({ digest }) => digest && void writer.raw("ENVELOPE ").bytes(digest.envelope);
    case "bodystructure":
      return ({ digest }) => digest && void writer.raw("BODYSTRUCTURE ").bytes(digest.structure);
    case "body":
      return ({ digest }) => digest && void writer.raw("BODY ").bytes(plainStructure(digest.structure));
    case "preview":
      return ({ digest }) => digest && void writer.raw("PREVIEW ").string(digest.preview);
    case "rfc822":
      return sectionStep(session, "RFC822", { part: [], text: "all", names: [] });
    case "rfc822.header":
      return sectionStep(session, "RFC822.HEADER", { part: [], text: "header", names: [] });
    case "rfc822.text":
      return sectionStep(session, "RFC822.TEXT", { part: [], text: "text", names: [] });
    case "section":
      return sectionStep(session, sectionLabel(item), item.section, item.partial);
    case "binary":
      return binaryStep(session, item, plan);
    case "binary.size":
      return binarySizeStep(session, item.part, plan);
  }
}

type SectionItem = Extract<FetchItem, { kind: "section" }>;

/** `BODY[1.HEADER.FIELDS (From To)]<0>` */
function sectionLabel({ section: { part, text, names }, partial }: SectionItem): string {
  const words = {
    all: "",
    header: "HEADER",
    text: "TEXT",
    mime: "MIME",
    fields: "HEADER.FIELDS",
    fieldsNot: "HEADER.FIELDS.NOT",
  };
  const fields = text === "fields" || text === "fieldsNot" ? ` (${names.map(fieldName).join(" ")})` : "";
  const path = [...part.map(String), ...(text === "all" ? [] : [words[text]])].join(".");
  return `BODY[${path}${fields}]${partial === undefined ? "" : `<${partial.from}>`}`;
}

function fieldName(name: string): string {
  return /^[!#$&'*+\-./0-9:;<=>?@A-Z^_`a-z|~]+$/.test(name) ? name : `"${name.replaceAll(/["\\]/g, "\\$&")}"`;
}

function sectionStep(
  { output }: ImapSession,
  label: string,
  section: Section,
  partial?: SectionItem["partial"],
): Step {
  const { writer } = output;
  return ({ message }) => {
    const found = message?.section(section);
    writer.raw(label).raw(" ");
    if (found === undefined) {
      writer.raw("NIL");
      return;
    }
    const bytes = partOf(found, partial);
    writer.literalHead(bytes.length);
    output.piece(bytes);
  };
}

function binaryStep(
  { output }: ImapSession,
  { part, partial }: Extract<FetchItem, { kind: "binary" }>,
  plan: FetchPlan,
): Step {
  const { writer } = output;
  const label = `BINARY[${part.join(".")}]${partial === undefined ? "" : `<${partial.from}>`} `;
  return ({ message }) => {
    const decoded = message?.decoded(part);
    if (decoded === "unknown") plan.unknownEncoding = true;
    writer.raw(label);
    if (decoded === undefined || decoded === "unknown") {
      writer.raw("NIL");
      return;
    }
    const bytes = partOf(decoded, partial);
    if (bytes.includes(0)) writer.raw("~");
    writer.literalHead(bytes.length);
    output.piece(bytes);
  };
}

function binarySizeStep({ output: { writer } }: ImapSession, part: readonly number[], plan: FetchPlan): Step {
  return ({ message }) => {
    const decoded = message?.decoded(part);
    if (decoded === "unknown") plan.unknownEncoding = true;
    writer.raw(`BINARY.SIZE[${part.join(".")}] `);
    writer.number(decoded === undefined || decoded === "unknown" ? 0 : decoded.length);
  };
}
