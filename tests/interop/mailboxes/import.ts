/** `posthorn import` of what Python's mailbox module writes, witnessed by its imaplib: bytes, flags and dates. */
import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { POSTHORN, startPosthorn } from "../../../bench/posthorn.ts";
import { type Check, runWell } from "../harness.ts";

const USER = "ann@moved.test";
const WITHIN_MS = 20_000;

const WRITE = `
import mailbox, os, sys, time
folder = sys.argv[1]
body = lambda n: f"From: a{n}@x.test\\nTo: b@y.test\\nSubject: moved {n}\\nDate: Mon, 23 Nov 2026 10:00:00 +0000\\n\\nLine one\\nFrom the second\\n.\\n" + "x" * (n * 37 % 900) + "\\n"
md = mailbox.Maildir(os.path.join(folder, "Maildir"), create=True)
for name, box in (("", md), ("Sent", md.add_folder("Sent")), ("Lists", md.add_folder("Lists.node"))):
    for n in range(60):
        m = mailbox.MaildirMessage(body(n) if name == "" else body(n).replace("moved", "moved " + name))
        m.set_subdir("cur" if n % 3 else "new")
        m.set_flags("".join(sorted("RFSD"[: n % 5])))
        m.set_date(1_600_000_000 + n)
        box.add(m)
mb = mailbox.mbox(os.path.join(folder, "old-letters"))
for n in range(60):
    m = mailbox.mboxMessage(body(n).replace("moved", "old"))
    m.set_from("x@y.test", time.gmtime(1_500_000_000 + n))
    if n % 2: m.set_flags("RO" + ("A" if n % 4 == 1 else "F"))
    mb.add(m)
mb.flush()
`;

const READ = `
import imaplib, mailbox, os, re, sys, datetime
folder, host, port, user, password = sys.argv[1:6]
m = imaplib.IMAP4(host, int(port)); m.login(user, password)
def held(name):
    assert m.select('"' + name + '"', readonly=True)[0] == "OK", name
    found = {}
    for item in m.uid("FETCH", "1:*", "(FLAGS INTERNALDATE BODY.PEEK[])")[1]:
        if not isinstance(item, tuple): continue
        head = item[0].decode()
        flags = frozenset(re.search(r"FLAGS \\(([^)]*)\\)", head).group(1).split()) - {"\\\\Recent"}
        date = datetime.datetime.strptime(re.search(r'INTERNALDATE "([^"]+)"', head).group(1).strip(), "%d-%b-%Y %H:%M:%S %z")
        found[item[1]] = (flags, int(date.timestamp()))
    return found
names = {"D": "\\\\Draft", "F": "\\\\Flagged", "R": "\\\\Answered", "S": "\\\\Seen"}
crlf = lambda b: b.replace(b"\\r\\n", b"\\n").replace(b"\\n", b"\\r\\n")
md = mailbox.Maildir(os.path.join(folder, "Maildir"))
for name, box in (("INBOX", md), ("Sent", md.get_folder("Sent")), ("Lists/node", md.get_folder("Lists.node"))):
    wanted = {}
    for key in box.keys():
        one = box.get_message(key)
        wanted[crlf(box.get_bytes(key))] = (frozenset(names[f] for f in one.get_flags()), int(one.get_date()))
    assert len(wanted) == 60 and held(name) == wanted, (name, len(wanted), len(held(name)))
mb = mailbox.mbox(os.path.join(folder, "old-letters"))
wanted = {}
for n, key in enumerate(mb.keys()):
    text = re.sub(rb"(?m)^>(>*From )", rb"\\1", mb.get_bytes(key))
    flags = frozenset(f for l, f in (("R", "\\\\Seen"), ("A", "\\\\Answered"), ("F", "\\\\Flagged")) if l in mb[key].get_flags())
    wanted[crlf(text)] = (flags, 1_500_000_000 + n)
found = held("Old/old-letters")
assert len(wanted) == 60 and found == wanted, (len(found), next(iter(found.items())), next(iter(wanted.items())))
`;

export const importChecks: readonly Check[] = [
  {
    name: "posthorn import brings what Python's mailbox module wrote: bytes, folders, flags, dates",
    async run({ folder }) {
      const port = await freePort();
      const settings = join(folder, "moved.yaml");
      writeFileSync(
        settings,
        `hostname: mail.moved.test\ndomains: {moved.test: local}\ndata: ./moved\nauthentication: {withoutTls: true}\nlisten: [{at: "127.0.0.1:${port}", service: imap}]\n`,
      );
      const posthorn = (words: readonly string[], input = ""): Promise<string> =>
        runWell(process.execPath, [POSTHORN, ...words, "-s", settings], input);
      await runWell("python3", ["-c", WRITE, folder]);
      await posthorn(["account", "add", USER], "correct horse\n");
      await posthorn(["import", "maildir", USER, join(folder, "Maildir")]);
      const server = startPosthorn(["serve", settings], folder);
      try {
        await until(() => server.output().includes(`127.0.0.1:${port}`));
        await posthorn(["import", "mbox", USER, join(folder, "old-letters"), "--into", "Old"]);
        await runWell("python3", ["-c", READ, folder, "127.0.0.1", String(port), USER, "correct horse"]);
      } finally {
        await server.stop();
      }
    },
  },
];

export async function until(isSo: () => boolean): Promise<void> {
  const end = Date.now() + WITHIN_MS;
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`the server is not up within ${WITHIN_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
