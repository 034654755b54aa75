/** The plain words behind explain-imap.ts for parts of a line: what a command is given, flags, and abilities. Data only. */
import { explanationTable } from "./explain-table.ts";

/** By command. */
export const ARGUMENTS = explanationTable([
  ["SELECT CONDSTORE", "wants to hear each change's number from here on", "RFC 7162 §3.1.8"],
  ["SELECT QRESYNC", "says what it knew last time: only the difference is told", "RFC 7162 §3.2.5"],
  ["EXAMINE CONDSTORE", "wants to hear each change's number from here on", "RFC 7162 §3.1.8"],
  ["EXAMINE QRESYNC", "says what it knew last time: only the difference is told", "RFC 7162 §3.2.5"],
  ["ENABLE QRESYNC", "will be told of removed messages by UID", "RFC 7162 §3.2.3"],
  ["ENABLE CONDSTORE", "will be told each change's number", "RFC 7162 §3.1"],
  ["ENABLE UTF8=ACCEPT", "takes names and headers in any script", "RFC 6855 §3"],
  ["ENABLE IMAP4REV2", "speaks the newer version", "RFC 9051 §6.3.1"],
  ["FETCH FLAGS", "whether it was read, answered, flagged…", "RFC 9051 §6.4.5"],
  ["FETCH UID", "its lasting number", "RFC 9051 §6.4.5"],
  ["FETCH ENVELOPE", "sender, recipients, subject and date, made ready by the server", "RFC 9051 §6.4.5"],
  ["FETCH BODYSTRUCTURE", "which parts it has, without their content", "RFC 9051 §6.4.5"],
  ["FETCH INTERNALDATE", "when it arrived", "RFC 9051 §6.4.5"],
  ["FETCH RFC822.SIZE", "how many octets it has", "RFC 9051 §6.4.5"],
  ["FETCH RFC822", "the whole message, which counts as read then", "RFC 3501 §6.4.5"],
  ["FETCH RFC822.HEADER", "its header", "RFC 3501 §6.4.5"],
  ["FETCH BODY[]", "its content, or a part of it; it counts as read then", "RFC 9051 §6.4.5"],
  ["FETCH BODY.PEEK[]", "its content, or a part of it, without counting as read", "RFC 9051 §6.4.5"],
  ["FETCH BINARY[]", "a part, decoded by the server", "RFC 9051 §6.4.5"],
  ["FETCH BINARY.PEEK[]", "a part, decoded by the server, without counting as read", "RFC 9051 §6.4.5"],
  ["FETCH MODSEQ", "the number of its latest change", "RFC 7162 §3.1.4.2"],
  ["FETCH CHANGEDSINCE", "only those that changed after this number", "RFC 7162 §3.1.4.1"],
  ["FETCH VANISHED", "and the UIDs of those that are gone since", "RFC 7162 §3.2.6"],
  ["FETCH PREVIEW", "the first words of its text", "RFC 8970 §3.1"],
  ["FETCH EMAILID", "an id that its copies share", "RFC 8474 §5.1"],
  ["FETCH THREADID", "the conversation it belongs to", "RFC 8474 §5.2"],
  ["STORE FLAGS", "in place of the flags it has", "RFC 9051 §6.4.6"],
  ["STORE +FLAGS", "beside the flags it has", "RFC 9051 §6.4.6"],
  ["STORE -FLAGS", "takes them off", "RFC 9051 §6.4.6"],
  ["STORE FLAGS.SILENT", "in place of the flags it has; the server need not say so", "RFC 9051 §6.4.6"],
  ["STORE +FLAGS.SILENT", "beside the flags it has; the server need not say so", "RFC 9051 §6.4.6"],
  ["STORE -FLAGS.SILENT", "takes them off; the server need not say so", "RFC 9051 §6.4.6"],
  ["STORE UNCHANGEDSINCE", "only if nobody changed it after this number", "RFC 7162 §3.1.3"],
  ["SEARCH UNSEEN", "nobody has read it", "RFC 9051 §6.4.4"],
  ["SEARCH DELETED", "marked as deleted", "RFC 9051 §6.4.4"],
  ["SEARCH UNDELETED", "not marked as deleted", "RFC 9051 §6.4.4"],
  ["SEARCH SINCE", "arrived on that day or later", "RFC 9051 §6.4.4"],
  ["SEARCH RETURN", "in which form it wants the result", "RFC 9051 §6.4.4"],
]);

/** Flags, and what stands before many commands. */
export const EVERYWHERE = explanationTable([
  ["UID", "messages are named by their lasting numbers, not by their places", "RFC 9051 §6.4.9"],
  ["\\SEEN", "was read", "RFC 9051 §2.3.2"],
  ["\\ANSWERED", "was answered", "RFC 9051 §2.3.2"],
  ["\\FLAGGED", "wants attention", "RFC 9051 §2.3.2"],
  ["\\DELETED", "goes with the next EXPUNGE", "RFC 9051 §2.3.2"],
  ["\\DRAFT", "is not written to the end", "RFC 9051 §2.3.2"],
]);

/** Of a CAPABILITY list, what decides how one may go on. */
export const ABILITIES = explanationTable([
  ["STARTTLS", "the connection can be encrypted", "RFC 9051 §6.2.1"],
  ["LOGINDISABLED", "no password is taken before the connection is encrypted", "RFC 9051 §6.2.3"],
  ["IMAP4REV2", "the newer version of IMAP", "RFC 9051 §1"],
  ["IDLE", "tells by itself what is new", "RFC 2177 §3"],
  ["SASL-IR", "the first words of a proof may come with AUTHENTICATE", "RFC 4959 §3"],
]);
