/**
 * Runs one command: looks up its handler, sees that the state allows it, turns faults into a tagged NO, and tells what
 * is new in the selected mailbox before the command ends (RFC 9051 §7). It never throws.
 */
import type { CommandOf, ImapCommand, ImapVerb } from "../../protocol/imap/command.ts";
import { bad, type Completion, faultCompletion, no } from "./completion.ts";
import { HANDLERS } from "./commands/index.ts";
import type { ImapSession } from "./session.ts";

export type Answer = Completion | Promise<Completion>;
/** What a command does; it says its untagged responses itself, and gives the end. */
export type Handler<Verb extends ImapVerb> = (session: ImapSession, command: CommandOf<Verb>) => Answer;

/** Where a verb may be used: any state, before login, after it, with a mailbox selected. */
type Where = "any" | "notAuthenticated" | "authenticated" | "selected";

/** RFC 9051 §6. */
const WHERE: Readonly<Record<ImapVerb, Where>> = {
  capability: "any",
  noop: "any",
  logout: "any",
  id: "any",
  starttls: "notAuthenticated",
  authenticate: "notAuthenticated",
  login: "notAuthenticated",
  unauthenticate: "authenticated",
  compress: "authenticated",
  enable: "authenticated",
  namespace: "authenticated",
  select: "authenticated",
  examine: "authenticated",
  create: "authenticated",
  delete: "authenticated",
  rename: "authenticated",
  subscribe: "authenticated",
  unsubscribe: "authenticated",
  list: "authenticated",
  lsub: "authenticated",
  status: "authenticated",
  append: "authenticated",
  idle: "authenticated",
  notify: "authenticated",
  getquota: "authenticated",
  getquotaroot: "authenticated",
  setquota: "authenticated",
  getacl: "authenticated",
  setacl: "authenticated",
  deleteacl: "authenticated",
  listrights: "authenticated",
  myrights: "authenticated",
  getmetadata: "authenticated",
  setmetadata: "authenticated",
  esearch: "authenticated",
  check: "selected",
  close: "selected",
  unselect: "selected",
  expunge: "selected",
  fetch: "selected",
  store: "selected",
  copy: "selected",
  move: "selected",
  replace: "selected",
  search: "selected",
  sort: "selected",
  thread: "selected",
  cancelupdate: "selected",
};

/** During these, sequence numbers must keep their meaning (RFC 9051 §7.5.1). */
const BY_NUMBER: ReadonlySet<ImapVerb> = new Set(["fetch", "store", "search", "sort", "thread"]);

export function execute(session: ImapSession, command: ImapCommand): Answer {
  const handler = HANDLERS[command.name] as Handler<ImapVerb> | undefined;
  if (handler === undefined) return bad(`${command.name.toUpperCase()} is not offered here`);
  const misplaced = misplacedHere(session, command.name);
  if (misplaced !== undefined) return misplaced;
  try {
    const answer = handler(session, command);
    if (!(answer instanceof Promise)) return conclude(session, command, answer);
    return answer.then(
      (completion) => conclude(session, command, completion),
      (error: unknown) => failed(session, error),
    );
  } catch (error) {
    return failed(session, error);
  }
}

function misplacedHere({ state }: ImapSession, verb: ImapVerb): Completion | undefined {
  const where = WHERE[verb];
  const word = verb.toUpperCase();
  if (where === "notAuthenticated" && state !== "notAuthenticated")
    return bad(`${word} is for before the login`);
  if (where !== "any" && where !== "notAuthenticated" && state === "notAuthenticated")
    return bad(`${word} is for after the login`);
  if (where === "selected" && state !== "selected") return bad(`${word} needs a selected mailbox`);
  return undefined;
}

function conclude(session: ImapSession, command: ImapCommand, completion: Completion): Completion {
  const { selected } = session;
  if (selected === undefined) return completion;
  if (selected.mail.mailbox(selected.mailbox.id) === undefined) {
    session.unselect();
    session.output.writer.raw("* BYE the selected mailbox was deleted\r\n");
    return { ...completion, next: "hangUp" };
  }
  const uid = "uid" in command && command.uid;
  session.tellNews(uid || session.enabled.uidOnly || !BY_NUMBER.has(command.name), uid);
  return completion;
}

function failed(session: ImapSession, error: unknown): Completion {
  if (session.output.isClosed) return no("the connection is gone");
  const said = faultCompletion(error);
  const message = error instanceof Error ? error.message : String(error);
  if (said !== undefined) {
    session.driver.warn("fault", message);
    return said;
  }
  session.driver.warn("bug", error instanceof Error ? (error.stack ?? message) : message);
  return { ...no("a bug of ours, closing", "SERVERBUG"), next: "hangUp" };
}
