/**
 * The plain words behind explain-talk.ts: what an EHLO answer offers, parameters of MAIL, RCPT and BDAT, ways to log in,
 * and what a "yes" means after each command. Data only.
 */
import { explanationTable } from "./explain-table.ts";

/** Keywords of the answer to EHLO. */
export const KEYWORDS = explanationTable([
  ["PIPELINING", "commands may be sent without waiting for each reply", "RFC 2920 §3.1"],
  ["SIZE", "the largest message it takes, in bytes; without a number or with 0 it names none", "RFC 1870 §4"],
  ["8BITMIME", "content may have bytes above 127", "RFC 6152 §3"],
  ["BINARYMIME", "content may be any bytes, without lines", "RFC 3030 §3"],
  ["CHUNKING", "messages may be sent in pieces with BDAT", "RFC 3030 §2"],
  [
    "ENHANCEDSTATUSCODES",
    "replies carry a code such as 5.1.1 that says more than three digits",
    "RFC 2034 §4",
  ],
  ["SMTPUTF8", "addresses and header fields may be written in any script", "RFC 6531 §3.1"],
  ["DSN", "the sender may say which delivery reports it wants", "RFC 3461 §3"],
  ["LIMITS", "how many messages and recipients one connection or message may have", "RFC 9422"],
  ["STARTTLS", "the connection can be encrypted", "RFC 3207 §3"],
  ["AUTH", "the ways in which a client can log in", "RFC 4954 §3"],
  ["REQUIRETLS", "the sender may ask that every hop is encrypted", "RFC 8689 §2"],
  ["VRFY", "VRFY is understood", "RFC 5321 §4.1.1.6"],
  ["EXPN", "EXPN is understood", "RFC 5321 §4.1.1.7"],
  ["HELP", "HELP is understood", "RFC 5321 §4.1.1.8"],
]);

/** Parameters by command and name. */
export const PARAMETERS = explanationTable([
  [
    "MAIL SIZE",
    "how large the message will be, so that the server can refuse it before it is sent",
    "RFC 1870 §6",
  ],
  ["MAIL BODY=7BIT", "the content has ASCII only", "RFC 6152 §3"],
  ["MAIL BODY=8BITMIME", "the content has bytes above 127", "RFC 6152 §3"],
  ["MAIL BODY=BINARYMIME", "the content is any bytes; it must be sent with BDAT", "RFC 3030 §3"],
  ["MAIL SMTPUTF8", "an address or a header field is not ASCII", "RFC 6531 §3.4"],
  ["MAIL RET=FULL", "a failure report should bring the whole message back", "RFC 3461 §4.3"],
  ["MAIL RET=HDRS", "a failure report should bring back only the header", "RFC 3461 §4.3"],
  ["MAIL ENVID", "a name of the sender's own, to be given back in reports", "RFC 3461 §4.4"],
  ["MAIL AUTH", "who handed the message in, as an earlier server knows it", "RFC 4954 §5"],
  ["MAIL REQUIRETLS", "every hop must be encrypted, or the message comes back", "RFC 8689 §2"],
  ["RCPT NOTIFY=NEVER", "no report to the sender, whatever happens", "RFC 3461 §4.1"],
  ["RCPT NOTIFY", "when the sender wants a report: on success, failure or delay", "RFC 3461 §4.1"],
  ["RCPT ORCPT", "the address the sender first wrote, to be named in reports", "RFC 3461 §4.2"],
  ["BDAT LAST", "this is the last piece: the message is whole", "RFC 3030 §2"],
]);

/** Ways to log in that are written down in an RFC. */
export const MECHANISMS = explanationTable([
  ["PLAIN", "name and password as they are: only over an encrypted connection", "RFC 4616 §2"],
  ["CRAM-MD5", "proves the password without sending it, with an old hash", "RFC 2195 §2"],
  [
    "SCRAM-SHA-256",
    "proves the password without sending it, and that the server knows it too",
    "RFC 7677 §3",
  ],
  ["SCRAM-SHA-256-PLUS", "as SCRAM-SHA-256, and tied to this TLS connection", "RFC 7677 §3"],
  ["SCRAM-SHA-1", "proves the password without sending it", "RFC 5802 §5"],
  ["OAUTHBEARER", "shows a token that somebody else issued", "RFC 7628 §3"],
]);

/** What a reply of the 2xx or 3xx kind means after a command. */
export const AFTER = explanationTable([
  ["greeting", "is ready, and says its name", "RFC 5321 §4.2"],
  ["EHLO", "greets; the lines that follow say what it can do", "RFC 5321 §4.1.1.1"],
  ["HELO", "greets", "RFC 5321 §4.1.1.1"],
  ["LHLO", "greets; the lines that follow say what it can do", "RFC 2033 §4.1"],
  ["MAIL", "takes the sender; recipients may follow", "RFC 5321 §3.3"],
  ["RCPT", "takes this recipient", "RFC 5321 §3.3"],
  ["DATA", "send the message, and end it with a dot alone on a line", "RFC 5321 §4.1.1.4"],
  ["content", "has the message, and is answerable for it from now on", "RFC 5321 §6.1"],
  ["BDAT", "has this piece", "RFC 3030 §2"],
  ["BDAT LAST", "has the message, and is answerable for it from now on", "RFC 5321 §6.1"],
  ["RSET", "has forgotten the message that was begun", "RFC 5321 §4.1.1.5"],
  ["NOOP", "is still here", "RFC 5321 §4.1.1.9"],
  ["QUIT", "says goodbye and closes the connection", "RFC 5321 §4.1.1.10"],
  ["STARTTLS", "start the TLS handshake now", "RFC 3207 §4"],
  ["AUTH", "believes who the client says it is", "RFC 4954 §4"],
]);

/** Things that are no lines. */
export const MARKS = explanationTable([
  [
    "tls",
    "encrypted from here on; both forget what was said before and the client greets again",
    "RFC 3207 §4.2",
  ],
  [
    "DATA",
    "the message itself; a line that starts with a dot gets another one in front, a dot alone ends it",
    "RFC 5321 §4.5.2",
  ],
  ["BDAT", "the message itself, exactly as many bytes as BDAT said", "RFC 3030 §2"],
  ["challenge", "goes on with the proof; what is secret is not shown", "RFC 4954 §4"],
  ["cancel", "gives up logging in", "RFC 4954 §4"],
  [
    "null path",
    "the empty address: this is a report, and nobody is to be told if it fails",
    "RFC 5321 §4.5.5",
  ],
  ["literal", "an address in brackets instead of a name", "RFC 5321 §4.1.3"],
]);
