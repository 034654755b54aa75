/**
 * Checks the walls of the house: which shelf of src/ may import which, that sibling doors stay strangers, and that
 * only the rim touches node's I/O; that the browser app in web/ takes types from src/ and nothing else, and is imported
 * by nobody. Prints each breach as `file:line: why` and exits 1; ARCHITECTURE.md has the table.
 */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";

const SHELVES: Record<string, readonly string[]> = {
  base: [],
  message: ["base"],
  protocol: ["base", "message"],
  trust: ["base", "message", "protocol"],
  journal: ["base"],
  settings: ["base"],
  store: ["base", "message", "journal"],
  mta: ["base", "message", "trust", "store", "journal", "settings", "protocol"],
  engine: ["base", "message", "protocol", "store", "journal", "mta"],
  server: ["base", "message", "protocol", "trust", "mta", "store", "journal", "settings"],
  import: ["base", "message", "protocol", "store", "server", "engine"],
  lab: ["base", "message", "protocol", "trust", "mta", "store", "journal", "settings", "server", "engine"],
  cli: [
    "base",
    "message",
    "protocol",
    "trust",
    "mta",
    "store",
    "journal",
    "settings",
    "server",
    "engine",
    "import",
    "lab",
  ],
};

/** Shelves that may reach the machine itself. */
const RIM = new Set(["engine", "import", "lab", "cli"]);

/** Parts of node that compute and never wait or touch a disk, clock or wire: anybody may use them. */
const PURE_NODE = new Set(["node:crypto", "node:zlib", "node:url", "node:buffer", "node:util", "node:path"]);

/** Doors of server/ and protocols of protocol/ that others build on; the rest are siblings and never meet. */
const SHARED_ROOMS: Record<string, readonly string[]> = {
  protocol: ["sasl"],
  trust: [],
  server: ["accounts", "host", "outbound", "resolver"],
  engine: ["files"],
};

/** Where the browser app may take types from; a value would carry the server into the browser. */
const SEEN_BY_WEB = ["src/lab/api", "src/server/http", "src/journal", "src/base"];

const IMPORT =
  /^\s*(?:import|export)\b[^"']*?from\s+["']([^"']+)["']|^\s*import\s+["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/;

const breaches: string[] = [];
for (const file of globSync(["src/**/*.ts", "web/src/**/*.{ts,svelte}"]).sort()) {
  const [root, shelf = "", room] = file.split(sep);
  const isTest = file.endsWith(".test.ts");
  const lines = readFileSync(file, "utf8").split("\n");
  let open = "";
  lines.forEach((line, index) => {
    // An import may span lines: collect from its first word to its source.
    open = /^\s*(?:import|export)\s*(?:type\s*)?\{[^}]*$/.test(line)
      ? line
      : open === ""
        ? ""
        : `${open} ${line}`;
    const statement = open === "" ? line : open;
    const found = IMPORT.exec(statement);
    if (found === null) return;
    open = "";
    const source = found[1] ?? found[2] ?? found[3] ?? "";
    const why =
      root === "web"
        ? webBreach({ file, statement, isTest, source })
        : breach({ file, shelf, room, isTest, source });
    if (why !== undefined) breaches.push(`${file}:${index + 1}: ${why}`);
  });
}

type WebImport = { file: string; statement: string; isTest: boolean; source: string };

/** Why the browser app may not have this import, or undefined. */
function webBreach({ file, statement, isTest, source }: WebImport): string | undefined {
  if (source.startsWith("node:"))
    return isTest ? undefined : `a browser has no ${source}: only tests of web may import it`;
  const [inside = ""] = file.split(sep);
  const target = source.startsWith(".")
    ? normalize(join(dirname(file), source))
        .split(sep)
        .join("/")
    : "";
  if (target === "" || target.startsWith(`${inside}/`)) return undefined;
  if (!SEEN_BY_WEB.some((folder) => target.startsWith(`${folder}/`)))
    return `web may not import ${target}: only types of ${SEEN_BY_WEB.join(", ")}`;
  return /^\s*(?:import|export)\s+type\b/.test(statement)
    ? undefined
    : `web may take only types from src: write "import type"`;
}

type Import = { file: string; shelf: string; room: string | undefined; isTest: boolean; source: string };

/** Why this import breaks a wall, or undefined. */
function breach({ file, shelf, room, isTest, source }: Import): string | undefined {
  if (source.startsWith("node:")) {
    if (PURE_NODE.has(source) || RIM.has(shelf) || isTest) return undefined;
    return `${shelf} may not import ${source}: only ${[...RIM].join(", ")} reach the machine`;
  }
  if (!source.startsWith(".")) return undefined;
  const [toRoot, toShelf = "", toRoom] = normalize(join(dirname(file), source)).split(sep);
  if (toRoot === "web") return "src may not import web: the browser app is only served";
  if (SHELVES[shelf] === undefined) return `src/${shelf} is not a shelf of the house`;
  if (toShelf === shelf) return siblingBreach(shelf, room, toRoom, isTest);
  if (isTest || SHELVES[shelf].includes(toShelf)) {
    return shelf === "mta" && toShelf === "protocol" && /session/.test(source) && !isTest
      ? "mta uses protocol values only, never a session"
      : undefined;
  }
  return `${shelf} may not import ${toShelf}`;
}

function siblingBreach(
  shelf: string,
  from: string | undefined,
  to: string | undefined,
  isTest: boolean,
): string | undefined {
  const shared = SHARED_ROOMS[shelf];
  if (isTest || shared === undefined || from === to || from === undefined || to === undefined)
    return undefined;
  if (from.endsWith(".ts") || to.endsWith(".ts") || shared.includes(to) || from === "host") return undefined;
  return `${shelf}/${from} may not import its sibling ${shelf}/${to}: what two doors share belongs lower down`;
}

if (breaches.length > 0) {
  console.error(breaches.join("\n"));
  process.exitCode = 1;
}
