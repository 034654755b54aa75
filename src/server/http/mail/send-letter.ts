/**
 * Sending: the checks of the submission door, then the queue, then the copy in Sent. The letter is on disk in the queue
 * before anything else says that it was sent; held for a while it is there too, and leaves at its time whatever happens to
 * the page or the server. A draft that was sent already is not sent again.
 */
import type { Reason } from "../../../base/reason.ts";
import { isFault } from "../../../base/fault.ts";
import { scanHeader } from "../../../message/compliance.ts";
import { parseMailbox } from "../../../message/address/path.ts";
import { checkContent } from "../../../mta/reception/content-check.ts";
import { createRelayPolicy } from "../../../mta/reception/relay-policy.ts";
import { replyText, type SmtpReply } from "../../../protocol/smtp/reply.ts";
import { accountNames } from "../../host/doors.ts";
import { ApiError, type Problem } from "../api-error.ts";
import { rememberContacts } from "./contacts.ts";
import { requireDraft } from "./drafts.ts";
import { composeLetter, type Composed, ownCopy } from "./letters.ts";
import { readSettings } from "./mail-settings.ts";
import type { MailPlace } from "./mail-place.ts";
import { ensureRole, stateOf } from "./mailboxes.ts";
import { formatId, parseId } from "./message-ids.ts";
import { addPending, type Pending, pendingView } from "./outbox.ts";
import { apiErrorOf } from "./refusals.ts";
import type { AskedLetter, SendInput, SentView } from "./views.ts";

export function sendLetter(place: MailPlace, asked: SendInput): Promise<SentView> {
  // One after the other: a second click finds the draft gone.
  return place.shared.turns.alone(place.mail, () => send(place, asked));
}

async function send(place: MailPlace, { letter, draft, undoSeconds }: SendInput): Promise<SentView> {
  const { mail, host } = place;
  if (draft !== undefined) await requireUnsent(place, draft);
  const composed = await composeLetter(place, letter);
  const recipients = submissionChecks(place, composed);
  const now = host.world.clock.now();
  const heldMs = (undoSeconds ?? readSettings(mail).undoSeconds) * 1_000;
  const { content, reversePath } = composed;
  const notBefore = heldMs > 0 ? now + heldMs : undefined;
  const queueId = await host.submit({ reversePath, recipients, content, notBefore });
  const { copy, notKept } = await keepCopy(place, composed, now, draft);
  const marked = await markOriginals(place, letter);
  await quietly(() => rememberContacts(mail));
  const sent = { state: stateOf(mail), id: copy?.id ?? null, notKept: notKept ?? null };
  if (notBefore === undefined || copy === undefined) return { ...sent, pending: null };
  const pending: Pending = {
    token: Buffer.from(place.world.random.bytes(18)).toString("base64url"),
    queueId,
    ...copy,
    subject: letter.subject.slice(0, 200),
    to: composed.recipients.slice(0, 100),
    leavesAt: notBefore,
    answers: letter.answers,
    forwards: letter.forwards,
    marked,
  };
  await quietly(() => addPending(place, pending));
  return { ...sent, state: stateOf(mail), pending: pendingView(pending, now) };
}

async function requireUnsent(place: MailPlace, draft: string): Promise<void> {
  try {
    await requireDraft(place, draft);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404)
      throw new ApiError(409, "this draft was sent, discarded or saved elsewhere meanwhile");
    throw error;
  }
}

/** What the submission door would say (RFC 6409). Returns the addresses that the recipients come to: an alias its own. */
function submissionChecks({ host, mail }: MailPlace, { content, recipients }: Composed): string[] {
  const { settings, store } = host;
  if (recipients.length === 0)
    throw new ApiError(400, "say who gets it", [{ path: "letter.to", message: "is empty" }]);
  if (recipients.length > settings.limits.recipients)
    throw new ApiError(400, `a letter goes to ${settings.limits.recipients} recipients at most`);
  const verdict = checkContent(scanHeader(content, { smtputf8: true }), settings.policies, true);
  if (!verdict.accept) throw refused(verdict.reply, verdict.reason);
  const relay = createRelayPolicy(settings, accountNames(store));
  const client = {
    remote: { address: "127.0.0.1", port: 0 },
    account: mail.name,
    service: "submission",
  } as const;
  const addresses = new Map<string, string>();
  const problems: Problem[] = [];
  for (const recipient of recipients) {
    const mailbox = mailboxOf(recipient);
    const answer = mailbox === undefined ? undefined : relay(client, mailbox);
    if (answer?.accept === true) for (const one of answer.addresses) addresses.set(one.toLowerCase(), one);
    else
      problems.push({
        path: `recipient:${recipient}`,
        message: answer === undefined ? "is no address" : answer.reply.lines.join(" "),
      });
  }
  const [first] = problems;
  if (first !== undefined)
    throw new ApiError(
      422,
      problems
        .map(({ message }) => message)
        .slice(0, 5)
        .join("; "),
      problems,
    );
  return [...addresses.values()];
}

function mailboxOf(address: string) {
  const parsed = parseMailbox(address);
  return parsed.ok ? parsed.value : undefined;
}

function refused(reply: SmtpReply, { rule }: Reason): ApiError {
  return new ApiError(422, replyText(reply), [{ path: "letter", message: rule }]);
}

type SentCopy = { readonly id: string; readonly emailId: number };
type KeptCopy =
  | { readonly copy: SentCopy; readonly notKept?: undefined }
  | { readonly copy?: undefined; readonly notKept: string };

/** In Sent, in place of the draft. A mailbox that is full loses the copy, not the letter; then a draft stays. */
async function keepCopy(
  { mail }: MailPlace,
  composed: Composed,
  now: number,
  draft: string | undefined,
): Promise<KeptCopy> {
  try {
    const sent = await ensureRole(mail, "sent");
    const item = { content: ownCopy(composed), flags: ["\\Seen"], receivedAt: now };
    const from = draft === undefined ? undefined : parseId(draft);
    let added =
      from === undefined
        ? undefined
        : await mail.replace(from.mailboxId, from.uid, item, { mail, id: sent.id });
    if (added?.kind !== "done") added = await mail.append(sent.id, [item]);
    if (added.kind !== "done") return { notKept: apiErrorOf(added).message };
    const uid = added.uids[0] as number;
    const table = await mail.open(sent.id);
    const emailId = table?.emailIds[table.rowOf(uid)];
    mail.close(sent.id);
    return emailId === undefined
      ? { notKept: "it was taken away at once" }
      : { copy: { id: formatId(sent.id, uid), emailId } };
  } catch (error) {
    if (error instanceof ApiError) return { notKept: error.message };
    if (isFault(error)) return { notKept: "the server's disk took no copy" };
    throw error;
  }
}

/** Returns the marks that were not there before: to be taken off when the letter is taken back. */
async function markOriginals(
  { mail }: MailPlace,
  { answers, forwards }: AskedLetter,
): Promise<Pending["marked"]> {
  const marked: { id: string; flag: string }[] = [];
  for (const [id, flag] of [
    [answers, "\\Answered"],
    [forwards, "$Forwarded"],
  ] as const) {
    if (id === null) continue;
    const { mailboxId, uid } = parseId(id);
    await quietly(async () => {
      const answer = await mail.changeFlags(mailboxId, [uid, uid], "add", [flag]);
      if (answer.kind === "done" && answer.changed.length > 0) marked.push({ id, flag });
    });
  }
  return marked;
}

/** The letter is on its way: what goes along with it may fail without a word. */
async function quietly(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!isFault(error) && !(error instanceof ApiError)) throw error;
  }
}
