/** The plain words behind explain-pop3.ts: commands, what "yes" means after each, and response codes. Data only. */
import { explanationTable } from "./explain-table.ts";

/** `LIST n` is the command with an argument, where that asks for something else. */
export const COMMANDS = explanationTable([
  ["CAPA", "asks what the server can do", "RFC 2449 §5"],
  ["STLS", "asks to encrypt from here on", "RFC 2595 §4"],
  ["USER", "says whose mailbox it wants", "RFC 1939 §7"],
  ["PASS", "says the password, as it is: only over an encrypted connection", "RFC 1939 §7"],
  ["APOP", "proves the password by an old hash of the greeting", "RFC 1939 §7"],
  ["AUTH", "asks in which ways one can log in", "RFC 5034 §4"],
  ["AUTH n", "proves who it is", "RFC 5034 §4"],
  ["UTF8", "will take headers and names in any script", "RFC 6856 §2.1"],
  ["LANG", "asks for the server's words in another language", "RFC 6856 §3.1"],
  ["STAT", "asks how many messages there are, and how large all of them are", "RFC 1939 §5"],
  ["LIST", "asks how large each message is", "RFC 1939 §5"],
  ["LIST n", "asks how large this message is", "RFC 1939 §5"],
  ["UIDL", "asks each message's lasting id, to know which are new since last time", "RFC 1939 §7"],
  ["UIDL n", "asks this message's lasting id", "RFC 1939 §7"],
  ["RETR", "asks for a whole message", "RFC 1939 §5"],
  ["TOP", "asks for a message's header, and so many lines of its text", "RFC 1939 §7"],
  ["DELE", "marks a message; it goes when the session ends with QUIT, and only then", "RFC 1939 §5"],
  ["RSET", "takes all such marks off again", "RFC 1939 §5"],
  ["NOOP", "asks for nothing but a reply", "RFC 1939 §5"],
  ["QUIT", "ends the session: what was marked is deleted now", "RFC 1939 §6"],
]);

export const AFTER = explanationTable([
  ["greeting", "is ready, and says its name", "RFC 1939 §4"],
  ["CAPA", "what it can do follows, one to a line, up to a dot", "RFC 2449 §5"],
  ["STLS", "start the TLS handshake now", "RFC 2595 §4"],
  ["USER", "go on with the password; it says so for names that are not there, too", "RFC 1939 §7"],
  ["PASS", "believes who the client says it is, and holds the mailbox for it alone", "RFC 1939 §4"],
  ["APOP", "believes who the client says it is, and holds the mailbox for it alone", "RFC 1939 §4"],
  ["AUTH", "believes who the client says it is, and holds the mailbox for it alone", "RFC 1939 §4"],
  ["UTF8", "will send headers and names as they are", "RFC 6856 §2.1"],
  ["STAT", "how many messages, and how many octets", "RFC 1939 §5"],
  [
    "LIST",
    "each message's number and size follow, up to a dot; or those of the one asked for",
    "RFC 1939 §5",
  ],
  ["UIDL", "each message's number and id follow, up to a dot; or those of the one asked for", "RFC 1939 §7"],
  ["RETR", "the message follows, up to a dot alone on a line", "RFC 1939 §5"],
  ["TOP", "the header and those lines follow, up to a dot alone on a line", "RFC 1939 §7"],
  ["DELE", "has marked it", "RFC 1939 §5"],
  ["RSET", "no message is marked any more", "RFC 1939 §5"],
  ["NOOP", "is still here", "RFC 1939 §5"],
  ["QUIT", "has deleted what was marked, lets the mailbox go, and says goodbye", "RFC 1939 §6"],
]);

/** Response codes in brackets. */
export const CODES = explanationTable([
  ["AUTH", "name or password is wrong", "RFC 3206 §4"],
  ["IN-USE", "another session has this mailbox; one at a time may", "RFC 2449 §8.1.2"],
  ["LOGIN-DELAY", "it logs in too often: wait a while", "RFC 2449 §8.1.1"],
  ["SYS/TEMP", "something went wrong here: try again later", "RFC 3206 §3"],
  ["SYS/PERM", "something is wrong here that will not pass by itself", "RFC 3206 §3"],
  ["UTF8", "there is something that cannot be shown without UTF8", "RFC 6856 §5"],
]);

export const MARKS = explanationTable([
  ["+OK", "yes", "RFC 1939 §3"],
  ["-ERR", "no; the words behind it are for people", "RFC 1939 §3"],
  ["go on", "go on with the proof", "RFC 5034 §4"],
  ["challenge", "goes on with the proof; what is secret is not shown", "RFC 5034 §4"],
  ["cancel", "gives up logging in", "RFC 5034 §4"],
  ["tls", "encrypted from here on; both forget what was said before", "RFC 2595 §4"],
]);
