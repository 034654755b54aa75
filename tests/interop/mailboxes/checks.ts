/** Every program that reads mailboxes here, in order. */
import type { Check } from "../harness.ts";
import { curlChecks } from "./curl.ts";
import { fetchmailChecks } from "./fetchmail.ts";
import { getmailChecks } from "./getmail.ts";
import { gsaslChecks } from "./gsasl.ts";
import { imapflowChecks } from "./imapflow.ts";
import { importChecks } from "./import.ts";
import { importDovecotChecks } from "./import-dovecot.ts";
import { mbsyncChecks } from "./mbsync.ts";
import { neomuttChecks } from "./neomutt.ts";
import { offlineimapChecks } from "./offlineimap.ts";
import { pythonChecks } from "./python.ts";

export const mailboxChecks: readonly Check[] = [
  ...pythonChecks,
  ...curlChecks,
  ...fetchmailChecks,
  ...getmailChecks,
  ...neomuttChecks,
  ...offlineimapChecks,
  ...imapflowChecks,
  ...gsaslChecks,
  ...importChecks,
  ...importDovecotChecks,
  ...mbsyncChecks,
];
