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

export function execute(session: ImapSession, command: ImapCommand): Answer {
  const handler = HANDLERS[command.name] as Handler<ImapVerb> | undefined;
  if (handler === undefined) return bad(`${command.name.toUpperCase()} is not offered here`);
  const why = misplaced(command.name, session.state);
  if (why !== undefined) return bad(why);
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
