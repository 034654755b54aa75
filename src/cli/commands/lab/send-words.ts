/** Puts the options of Send-MailMessage and swaks into our own words, so that known command lines work. Pure. */

/** PowerShell's names, ASCII case aside. */
const POWERSHELL: Readonly<Record<string, string>> = {
  smtpserver: "--server",
  from: "--from",
  to: "--to",
  cc: "--cc",
  bcc: "--bcc",
  subject: "--subject",
  body: "--body",
  attachments: "--attach",
  port: "--port",
  credential: "--credential",
  deliverynotificationoption: "--notify",
  replyto: "--reply-to",
};

/** Options that say nothing the lab needs: TLS is used whenever it is offered. */
const POWERSHELL_IDLE = new Set(["usessl", "encoding", "priority"]);
const POWERSHELL_IDLE_WITH_VALUE = new Set(["encoding", "priority"]);

const SWAKS: Readonly<Record<string, string>> = {
  "-s": "--server",
  "-f": "--from",
  "-t": "--to",
  "-p": "--port",
  "-d": "--data",
  "-au": "--user",
  "-ap": "--password",
  "--au": "--user",
  "--ap": "--password",
  "--auth-user": "--user",
  "--auth-password": "--password",
  "--add-header": "--header",
  "--attach-file": "--attach",
  "--h": "--header",
};

/** Options of swaks without meaning here. */
const SWAKS_IDLE = new Set(["-tls", "--tls", "--tls-optional", "-a", "--auth"]);

export function translateSendWords(words: readonly string[]): string[] {
  const result: string[] = [];
  let isHtml = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    const shell = /^-([A-Za-z]{2,})$/.exec(word)?.[1]?.toLowerCase();
    const header = /^--h-([A-Za-z0-9-]+)$/.exec(word)?.[1];
    if (shell === "bodyashtml") isHtml = true;
    else if (shell !== undefined && POWERSHELL[shell] !== undefined) result.push(POWERSHELL[shell]);
    else if (shell !== undefined && POWERSHELL_IDLE.has(shell)) {
      if (POWERSHELL_IDLE_WITH_VALUE.has(shell)) i++;
    } else if (header !== undefined) result.push("--header", `${header}: ${words[++i] ?? ""}`);
    else if (SWAKS_IDLE.has(word)) continue;
    else result.push(SWAKS[word] ?? word);
  }
  return isHtml ? result.map((word) => (word === "--body" ? "--html" : word)) : result;
}
