/**
 * `posthorn import` from Dovecot, over IMAP and out of its Maildir: Python's imaplib fills it, and afterwards reads all
 * three and compares bytes, flags, keywords and dates.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startDovecot } from "../../../bench/imap/dovecot.ts";
import { POSTHORN, startPosthorn } from "../../../bench/posthorn.ts";
import { type Check, runWell } from "../harness.ts";
import { freePort, until } from "./import.ts";

const OLD = "ann@old.test";
const PASSWORD = "correct horse";

const FILL = `
import imaplib, sys, datetime
host, port, user, password = sys.argv[1:5]
m = imaplib.IMAP4(host, int(port)); m.login(user, password)
flags = ["", r"\\Seen", r"\\Seen \\Flagged", r"\\Answered $Work", r"\\Draft $Forwarded", r"\\Deleted \\Seen later"]
for name in ("INBOX", "Sent Items", "Lists/node"):
    if name != "INBOX": assert m.create('"' + name + '"')[0] == "OK"
    for n in range(150):
        mail = f"From: a{n}@x.test\\r\\nSubject: {name} {n}\\r\\n\\r\\n" + ("r\\u00e9sum\\u00e9 " * (n % 60)) + "\\r\\n"
        when = datetime.datetime(2020, 1, 1, 12, 0, n % 60, tzinfo=datetime.timezone.utc) + datetime.timedelta(days=n)
        assert m.append('"' + name + '"', "(" + flags[n % 6] + ")", when, mail.encode())[0] == "OK"
m.logout()
`;

const COMPARE = `
import imaplib, re, sys, datetime
host, old_port, new_port, password = sys.argv[1:5]
def held(port, user, name):
    m = imaplib.IMAP4(host, int(port)); m.login(user, password)
    assert m.select('"' + name + '"', readonly=True)[0] == "OK", (user, name)
    found = []
    for item in m.uid("FETCH", "1:*", "(FLAGS INTERNALDATE BODY.PEEK[])")[1]:
        if not isinstance(item, tuple): continue
        head = item[0].decode()
        flags = frozenset(re.search(r"FLAGS \\(([^)]*)\\)", head).group(1).split()) - {"\\\\Recent"}
        date = datetime.datetime.strptime(re.search(r'INTERNALDATE "([^"]+)"', head).group(1).strip(), "%d-%b-%Y %H:%M:%S %z")
        found.append((item[1], flags, date.timestamp()))
    m.logout()
    return found
for old, new in (("INBOX", "INBOX"), ("Sent Items", "Sent"), ("Lists/node", "Lists/node")):
    wanted = held(old_port, "${OLD}", old)
    assert len(wanted) == 150
    for user in ("imap@moved.test", "maildir@moved.test"):
        got = held(new_port, user, new)
        key = lambda one: one[0]
        assert sorted(got, key=key) == sorted(wanted, key=key), (user, new, len(got), [a for a, b in zip(sorted(got, key=key), sorted(wanted, key=key)) if a != b][:1])
        if user.startswith("imap"): assert got == wanted, (user, new, "order")
`;

export const importDovecotChecks: readonly Check[] = [
  {
    name: "posthorn import brings Dovecot's mail over IMAP and out of its Maildir: bytes, flags, keywords, dates",
    async run({ folder }) {
      const [oldPort, port] = [await freePort(), await freePort()];
      const users = [{ name: OLD, password: PASSWORD, location: "maildir:~/Maildir:LAYOUT=fs" }];
      const home = join(folder, "dovecot");
      const dovecot = await startDovecot(home, oldPort, users);
      try {
        await runWell("python3", ["-c", FILL, "127.0.0.1", String(oldPort), OLD, PASSWORD]);
        const settings = join(folder, "from-dovecot.yaml");
        writeFileSync(
          settings,
          `hostname: mail.moved.test\ndomains: {moved.test: local}\ndata: ./from-dovecot\nauthentication: {withoutTls: true}\nlisten: [{at: "127.0.0.1:${port}", service: imap}]\n`,
        );
        const posthorn = (words: readonly string[], input = ""): Promise<string> =>
          runWell(process.execPath, [POSTHORN, ...words, "-s", settings], input);
        for (const name of ["imap", "maildir"])
          await posthorn(["account", "add", `${name}@moved.test`], `${PASSWORD}\n`);
        const server = startPosthorn(["serve", settings], folder);
        try {
          await until(() => server.output().includes(`127.0.0.1:${port}`));
          const from = ["imap@moved.test", `127.0.0.1:${oldPort}`, "--user", OLD, "--tls", "off"];
          await posthorn(["import", "imap", ...from], `${PASSWORD}\n`);
          await posthorn(["import", "maildir", "maildir@moved.test", join(home, "home", OLD, "Maildir")]);
          await runWell("python3", ["-c", COMPARE, "127.0.0.1", String(oldPort), String(port), PASSWORD]);
        } finally {
          await server.stop();
        }
      } finally {
        await dovecot.stop();
      }
    },
  },
];
