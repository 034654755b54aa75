/**
 * From a command's text to its value (RFC 9051 §6, §9): one line of the table for each verb. What cannot be read is an
 * answer that says what was expected and where; nothing is ever thrown.
 */
import { err, ok, type Result } from "../../base/result.ts";
import type { ImapCommand, ImapCommandBody } from "./command.ts";
import type { CommandText } from "./command-text.ts";
import { CommandScanner, type ScanOptions, SyntaxProblem } from "./command-scanner.ts";
import { parseAppend, parseReplace } from "./parse-append.ts";
import { parseFetch } from "./parse-fetch.ts";
import { parseList, parseLsub, parseStatus } from "./parse-list.ts";
import { parseGetMetadata, parseSetMetadata } from "./parse-metadata.ts";
import { parseNotify } from "./parse-notify.ts";
import { parseEsearch, parseSearch, parseSort, parseThread } from "./parse-search.ts";
import { parseSelect, parseStore } from "./parse-select.ts";

export type ParseOptions = ScanOptions & {
  /** Sequence numbers are not understood any more (RFC 9586). */
  readonly uidOnly: boolean;
};

export type CommandProblem = {
  /** "*" when even that could not be read. */
  readonly tag: string;
  readonly status: "NO" | "BAD";
  readonly why: string;
  readonly code: string | undefined;
};

/** What was understood, and cannot be (RFC 9051 §7.1). */
const REFUSALS = new Set(["CANNOT", "BADEVENT"]);

type Parser = (scanner: CommandScanner) => ImapCommandBody;

const bare =
  (name: Extract<ImapCommandBody["name"], "capability" | "noop" | "logout" | "idle" | "close">): Parser =>
  () => ({ name });
const plain =
  <Name extends ImapCommandBody["name"]>(name: Name): Parser =>
  () =>
    ({ name }) as ImapCommandBody;
const ofMailbox =
  (name: "delete" | "subscribe" | "unsubscribe" | "getquotaroot" | "getacl" | "myrights"): Parser =>
  (scanner) => ({ name, mailbox: scanner.space().mailbox() });

const PARSERS: Readonly<Record<string, Parser>> = {
  CAPABILITY: bare("capability"),
  NOOP: bare("noop"),
  LOGOUT: bare("logout"),
  IDLE: bare("idle"),
  CLOSE: bare("close"),
  STARTTLS: plain("starttls"),
  UNAUTHENTICATE: plain("unauthenticate"),
  NAMESPACE: plain("namespace"),
  CHECK: plain("check"),
  UNSELECT: plain("unselect"),
  ID: parseId,
  ENABLE: parseEnable,
  AUTHENTICATE: parseAuthenticate,
  LOGIN: parseLogin,
  COMPRESS: (scanner) => ({ name: "compress", mechanism: scanner.space().word("a method") }),
  SELECT: (scanner) => parseSelect(scanner, "select"),
  EXAMINE: (scanner) => parseSelect(scanner, "examine"),
  CREATE: parseCreate,
  DELETE: ofMailbox("delete"),
  RENAME: (scanner) => ({
    name: "rename",
    from: scanner.space().mailbox(),
    to: scanner.space().mailbox(),
  }),
  SUBSCRIBE: ofMailbox("subscribe"),
  UNSUBSCRIBE: ofMailbox("unsubscribe"),
  LIST: parseList,
  LSUB: parseLsub,
  STATUS: parseStatus,
  APPEND: parseAppend,
  EXPUNGE: () => ({ name: "expunge", uids: undefined }),
  FETCH: (scanner) => parseFetch(scanner, false),
  STORE: (scanner) => parseStore(scanner, false),
  COPY: (scanner) => parseCopy(scanner, "copy", false),
  MOVE: (scanner) => parseCopy(scanner, "move", false),
  REPLACE: (scanner) => parseReplace(scanner, false),
  SEARCH: (scanner) => parseSearch(scanner, false),
  SORT: (scanner) => parseSort(scanner, false),
  THREAD: (scanner) => parseThread(scanner, false),
  ESEARCH: parseEsearch,
  CANCELUPDATE: parseCancelUpdate,
  UIDBATCHES: parseUidBatches,
  UID: parseUid,
  GETQUOTA: (scanner) => ({ name: "getquota", root: scanner.space().astring("a quota root") }),
  GETQUOTAROOT: ofMailbox("getquotaroot"),
  SETQUOTA: parseSetQuota,
  GETACL: ofMailbox("getacl"),
  MYRIGHTS: ofMailbox("myrights"),
  SETACL: parseSetAcl,
  DELETEACL: (scanner) => parseIdentifier(scanner, "deleteacl"),
  LISTRIGHTS: (scanner) => parseIdentifier(scanner, "listrights"),
  GETMETADATA: parseGetMetadata,
  SETMETADATA: parseSetMetadata,
  NOTIFY: parseNotify,
};

const UID_PARSERS: Readonly<Record<string, Parser>> = {
  FETCH: (scanner) => parseFetch(scanner, true),
  STORE: (scanner) => parseStore(scanner, true),
  COPY: (scanner) => parseCopy(scanner, "copy", true),
  MOVE: (scanner) => parseCopy(scanner, "move", true),
  REPLACE: (scanner) => parseReplace(scanner, true),
  SEARCH: (scanner) => parseSearch(scanner, true),
  SORT: (scanner) => parseSort(scanner, true),
  THREAD: (scanner) => parseThread(scanner, true),
  EXPUNGE: (scanner) => ({ name: "expunge", uids: scanner.space().sequenceSet("a set of UIDs") }),
};

const BY_NUMBER = new Set(["fetch", "store", "copy", "move", "replace", "search", "sort", "thread"]);
/** `tag = 1*<any ASTRING-CHAR except "+">` */
const TAG = /[^\s(){%*"\\+\0-\x1f\x7f-\xff]{1,64}/y;

export function parseCommand(text: CommandText, options: ParseOptions): Result<ImapCommand, CommandProblem> {
  const scanner = new CommandScanner(text, options);
  const tag = scanner.match(TAG);
  if (tag === undefined)
    return err({ tag: "*", status: "BAD", why: "a command begins with a tag", code: undefined });
  try {
    const verb = scanner.space().word("a command");
    const parser = PARSERS[verb];
    if (parser === undefined) throw new SyntaxProblem(`there is no command ${verb}`);
    const body = parser(scanner);
    scanner.end();
    if (options.uidOnly && BY_NUMBER.has(body.name) && "uid" in body && !body.uid)
      throw new SyntaxProblem("UIDONLY is enabled: say it with UIDs", "UIDREQUIRED");
    const { oldName } = scanner;
    return ok(oldName === undefined ? { ...body, tag } : { ...body, tag, oldName });
  } catch (problem) {
    if (!(problem instanceof SyntaxProblem)) throw problem;
    const { code, message } = problem;
    const isRefusal = code !== undefined && (REFUSALS.has(code) || code.startsWith("BADCHARSET"));
    return err({ tag, status: isRefusal ? "NO" : "BAD", why: message, code });
  }
}

function parseUid(scanner: CommandScanner): ImapCommandBody {
  const verb = scanner.space().word("a command");
  const parser = UID_PARSERS[verb];
  if (parser === undefined) throw new SyntaxProblem(`there is no command UID ${verb}`);
  return parser(scanner);
}

/** Limit: RFC 2971 §3.3: 30 pairs. */
const ID_FIELDS_MAX = 30;

function parseId(scanner: CommandScanner): ImapCommandBody {
  scanner.space();
  if (scanner.skipWord("NIL")) return { name: "id", fields: [] };
  const fields = scanner.list((): readonly [string, string | undefined] => {
    const field = scanner.string("the name of a field");
    return [field, scanner.space().nstring("its value")];
  });
  if (fields.length > ID_FIELDS_MAX) throw new SyntaxProblem(`ID takes at most ${ID_FIELDS_MAX} fields`);
  return { name: "id", fields };
}

function parseEnable(scanner: CommandScanner): ImapCommandBody {
  const capabilities: string[] = [];
  do capabilities.push(scanner.space().word("a capability"));
  while (scanner.peek() === " ");
  return { name: "enable", capabilities };
}

function parseAuthenticate(scanner: CommandScanner): ImapCommandBody {
  const mechanism = scanner.space().word("a mechanism");
  if (scanner.atEnd) return { name: "authenticate", mechanism, initial: undefined };
  const initial = scanner.space().match(/[A-Za-z0-9+/=]+/y) ?? scanner.fail("base64");
  return { name: "authenticate", mechanism, initial };
}

function parseLogin(scanner: CommandScanner): ImapCommandBody {
  const user = scanner.space().astring("a user name");
  return { name: "login", user, password: scanner.space().astring("a password") };
}

/** RFC 6154 §3: `CREATE name (USE (\Sent))`. */
function parseCreate(scanner: CommandScanner): ImapCommandBody {
  const mailbox = scanner.space().mailbox();
  const uses: string[] = [];
  if (!scanner.atEnd) {
    scanner.space().list(() => {
      if (!scanner.skipWord("USE")) scanner.fail("USE");
      uses.push(...scanner.space().list(() => scanner.flag()));
    });
  }
  return { name: "create", mailbox, uses };
}

function parseCopy(scanner: CommandScanner, name: "copy" | "move", uid: boolean): ImapCommandBody {
  const set = scanner.space().sequenceSet();
  return { name, uid, set, mailbox: scanner.space().mailbox() };
}

function parseCancelUpdate(scanner: CommandScanner): ImapCommandBody {
  const tags: string[] = [];
  do tags.push(scanner.space().string("a tag in quotes"));
  while (scanner.peek() === " ");
  return { name: "cancelupdate", tags };
}

function parseUidBatches(scanner: CommandScanner): ImapCommandBody {
  const size = scanner.space().positive("the size of a batch");
  if (!scanner.skip(" ")) return { name: "uidbatches", size, range: undefined };
  const from = scanner.positive("the number of a batch");
  scanner.expect(":");
  return { name: "uidbatches", size, range: [from, scanner.positive("the number of a batch")] };
}

function parseSetQuota(scanner: CommandScanner): ImapCommandBody {
  const root = scanner.space().astring("a quota root");
  const limits = scanner.space().list(() => {
    const resource = scanner.word("a resource");
    return { resource, limit: scanner.space().number() };
  });
  return { name: "setquota", root, limits };
}

function parseIdentifier(scanner: CommandScanner, name: "deleteacl" | "listrights"): ImapCommandBody {
  const mailbox = scanner.space().mailbox();
  return { name, mailbox, identifier: scanner.space().astring("an identifier") };
}

function parseSetAcl(scanner: CommandScanner): ImapCommandBody {
  const mailbox = scanner.space().mailbox();
  const identifier = scanner.space().astring("an identifier");
  const text = scanner.space().astring("rights");
  const change = text.startsWith("+") ? "add" : text.startsWith("-") ? "remove" : "replace";
  return { name: "setacl", mailbox, identifier, change, rights: change === "replace" ? text : text.slice(1) };
}
