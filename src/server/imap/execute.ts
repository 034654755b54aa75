/**
 * Runs one command: looks up its handler, sees that the state allows it, turns faults into a tagged NO, and tells what
 * is new in the selected mailbox before the command ends (RFC 9051 §7). It never throws.
 */
import type { CommandOf, ImapCommand, ImapVerb } from "../../protocol/imap/command.ts";
import { misplaced } from "../../protocol/imap/command-states.ts";
import { bad, type Completion, faultCompletion, no } from "./completion.ts";
import { HANDLERS } from "./commands/index.ts";
import type { ImapSession } from "./session.ts";

export type Answer = Completion | Promise<Completion>;
/** What a command does; it says its untagged responses itself, and gives the end. */
export type Handler<Verb extends ImapVerb> = (session: ImapSession, command: CommandOf<Verb>) => Answer;

/** During these, sequence numbers must keep their meaning (RFC 9051 §7.5.1). */
const BY_NUMBER: ReadonlySet<ImapVerb> = new Set(["fetch", "store", "search", "sort", "thread"]);

/** What these do is told to the client that said them, even if it asked not to be told of changes (RFC 5465). */
const ITS_OWN: ReadonlySet<ImapVerb> = new Set(["expunge", "move", "replace", "copy", "append"]);

export function execute(session: ImapSession, command: ImapCommand): Answer {
  const handler = HANDLERS[command.name] as Handler<ImapVerb> | undefined;
  if (handler === undefined) return bad(`${command.name.toUpperCase()} is not offered here`);
  closeIfTaken(session);
  const why = misplaced(command.name, session.state);
  if (why !== undefined) return bad(why);
  session.isWorking = true;
  const answer = run(handler, session, command);
  if (!(answer instanceof Promise)) return ended(session, answer);
  return answer.then((completion) => ended(session, completion));
}

/** A mailbox that its owner shares no longer is not open any more (RFC 4314 §4). */
function closeIfTaken(session: ImapSession): void {
  const { selected } = session;
  if (selected === undefined || selected.rights.includes("r")) return;
  session.unselect();
  session.output.writer.raw("* OK [CLOSED] the right to read the mailbox was taken away\r\n");
}

function run(handler: Handler<ImapVerb>, session: ImapSession, command: ImapCommand): Answer {
  try {
    const answer = handler(session, command);
    if (!(answer instanceof Promise)) return conclude(session, command, answer);
    return answer
      .then((completion) => conclude(session, command, completion))
      .catch((error: unknown) => failed(session, error));
  } catch (error) {
    return failed(session, error);
  }
}

/** What had to wait for the command may be told behind it. */
function ended(session: ImapSession, completion: Completion): Completion {
  session.isWorking = false;
  session.notifier?.wake();
  return completion;
}

function conclude(session: ImapSession, command: ImapCommand, completion: Completion): Answer {
  const { selected } = session;
  if (selected === undefined) return completion;
  if (selected.mail.mailbox(selected.mailbox.id) === undefined) {
    session.unselect();
    session.output.writer.raw("* BYE the selected mailbox was deleted\r\n");
    return { ...completion, next: "hangUp" };
  }
  const uid = "uid" in command && command.uid;
  const mayExpunge = uid || session.enabled.uidOnly || !BY_NUMBER.has(command.name);
  session.tellNews(mayExpunge, uid, ITS_OWN.has(command.name));
  const more = session.tellMore();
  return more === undefined ? completion : more.then(() => completion);
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
