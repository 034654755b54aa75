/**
 * Holds docs/rfc.tsv against the source: every RFC cited in src/ has a row, every row is well formed, and a cited
 * section exists in the RFC's text where that is at hand (../shared/rfc, or the folder given as argument). Says how many
 * citations it could not check. Prints `file:line: why` and exits 1.
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";

const STATUSES = new Set(["yes", "partial", "no"]);
const TABLE = "docs/rfc.tsv";
const texts = process.argv[2] ?? "../shared/rfc";
const findings: string[] = [];

const known = readTable();
const sections = new Map<string, ReadonlySet<string> | undefined>();
const cited = new Set<string>();
let checked = 0;
let unchecked = 0;

for (const file of globSync("src/**/*.ts").sort()) {
  if (file.endsWith(".test.ts")) continue;
  for (const [index, line] of readFileSync(file, "utf8").split("\n").entries()) {
    for (const match of line.matchAll(/\bRFC (\d{3,5})((?:(?:,| and)? §§?[\dA-Z][\d.]*(?:–[\d.]*\d)?)*)/g)) {
      checkCitation(`${file}:${index + 1}`, match[1] ?? "", match[2] ?? "");
    }
  }
}

const withoutText = [...cited].filter((rfc) => sectionsOf(rfc) === undefined).length;
console.log(
  `rfc-index: ${cited.size} RFCs cited, ${checked} sections checked, ${unchecked} could not be (${withoutText} RFCs not at hand)`,
);
if (findings.length > 0) {
  console.error(findings.join("\n"));
  process.exitCode = 1;
}

function readTable(): ReadonlySet<string> {
  const rows = readFileSync(TABLE, "utf8").replace(/\n$/, "").split("\n");
  const rfcs = new Set<string>();
  if (rows[0] !== "rfc\ttitle\tstatus\tnotes")
    findings.push(`${TABLE}:1: the columns are rfc, title, status, notes`);
  let before = 0;
  for (const [index, row] of rows.entries()) {
    if (index === 0) continue;
    const say = (why: string): void => void findings.push(`${TABLE}:${index + 1}: ${why}`);
    const cells = row.split("\t");
    const [rfc = "", title = "", status = ""] = cells;
    if (cells.length !== 4) say(`has ${cells.length} cells, not 4`);
    if (!/^\d+$/.test(rfc) || Number(rfc) <= before) say("the rows are in order of their number, once each");
    if (title === "") say("has no title");
    if (!STATUSES.has(status)) say(`status "${status}" is none of ${[...STATUSES].join(", ")}`);
    before = Number(rfc);
    rfcs.add(rfc);
  }
  return rfcs;
}

function checkCitation(where: string, rfc: string, tail: string): void {
  cited.add(rfc);
  if (!known.has(rfc)) findings.push(`${where}: RFC ${rfc} has no row in ${TABLE}`);
  const have = sectionsOf(rfc);
  for (const [, section = ""] of tail.matchAll(/([\dA-Z][\d.]*)/g)) {
    const name = section.replace(/\.$/, "");
    if (have === undefined) unchecked++;
    else {
      checked++;
      if (!have.has(name)) findings.push(`${where}: RFC ${rfc} has no section ${name}`);
    }
  }
}

/** The numbers of an RFC's headings; undefined when its text is not at hand. Appendices are letters. */
function sectionsOf(rfc: string): ReadonlySet<string> | undefined {
  if (!sections.has(rfc)) {
    const file = join(texts, `rfc${rfc}.txt`);
    sections.set(rfc, existsSync(file) ? headings(readFileSync(file, "utf8")) : undefined);
  }
  return sections.get(rfc);
}

function headings(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [, number = ""] of text.matchAll(
    /^\s{0,6}(?:Appendix |APPENDIX )?([A-Z]?\d*(?:\.\d+)*)\.?:?\s+\S/gm,
  )) {
    if (number !== "") found.add(number);
  }
  return found;
}
