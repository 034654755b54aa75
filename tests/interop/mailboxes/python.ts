/** Python's imaplib and poplib: what most scripts are written with. */
import { type Check, freshSubject, runWell } from "../harness.ts";
import { deliver, HOST, letter, PASSWORD, userOf } from "./post.ts";

const IMAP = `
import imaplib, smtplib, ssl, sys, datetime, time
host, user, password, fresh, mail = sys.argv[1:6]
mail = mail.encode()
def ok(answer):
    assert answer[0] == "OK", answer
    return answer[1]
m = imaplib.IMAP4(host, 143)
ok(m.starttls(ssl._create_unverified_context()))
ok(m.login(user, password))
ok(m.enable("CONDSTORE"))
names = ok(m.capability())[0].decode().split()
for name in ("UIDPLUS", "MOVE", "IDLE", "ESEARCH", "CONDSTORE", "SORT", "THREAD=REFERENCES"):
    assert name in names, name
ok(m.create("Work/2026")); ok(m.subscribe("Work/2026"))
assert any(b"Work/2026" in line for line in ok(m.lsub()))
when = datetime.datetime(2020, 2, 3, 4, 5, 6, tzinfo=datetime.timezone.utc)
ok(m.append("Work/2026", r"(\\Flagged $Junk)", when, mail))
ok(m.select("Work/2026"))
data = ok(m.fetch("1", "(FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE BODY[])"))
assert data[0][1] == mail, data
assert b'" 3-Feb-2020 04:05:06 +0000"' in data[0][0] or b'"03-Feb-2020 04:05:06 +0000"' in data[0][0], data
assert b"\\\\Flagged" in data[0][0] and b"$Junk" in data[0][0], data
assert ok(m.search(None, "FLAGGED", "SUBJECT", "py"))[0] == b"1"
ok(m.store("1", "-FLAGS", r"(\\Flagged)"))
assert b"1" in ok(m.sort("(DATE)", "UTF-8", "ALL"))[0]
assert ok(m.thread("REFERENCES", "UTF-8", "ALL"))[0] == b"(1)"
ok(m.copy("1", "Archive")); ok(m.uid("MOVE", "1", "Trash"))
assert ok(m.search(None, "ALL"))[0] == b""
ok(m.select("Trash")); ok(m.store("1", "+FLAGS", r"(\\Deleted)")); assert ok(m.expunge()) == [b"1"]
ok(m.select("Archive")); assert ok(m.fetch("1", "(RFC822)"))[0][1] == mail
ok(m.rename("Work/2026", "Work/2027")); ok(m.delete("Work/2027"))
ok(m.getquotaroot("INBOX")); ok(m.myrights("INBOX")); ok(m.namespace());
ok(m.select("INBOX"))
before = int(ok(m.status("INBOX", "(MESSAGES)"))[0].split()[-1].rstrip(b")"))
tag = m._new_tag(); m.send(tag + b" IDLE\\r\\n"); assert m.readline().startswith(b"+")
with smtplib.SMTP(host, 25) as s:
    s.sendmail("ann@mail.test", [user], mail.replace(b"Subject: ", b"Subject: idle "))
while not m.readline().endswith(b" EXISTS\\r\\n"): pass
m.send(b"DONE\\r\\n")
while not m.readline().startswith(tag + b" OK"): pass
assert int(ok(m.status("INBOX", "(MESSAGES)"))[0].split()[-1].rstrip(b")")) == before + 1
m.logout()
m = imaplib.IMAP4_SSL(host, 993, ssl_context=ssl._create_unverified_context())
ok(m.authenticate("PLAIN", lambda _: b"\\0" + user.encode() + b"\\0" + password.encode()))
ok(m.select("INBOX", readonly=True)); m.close(); m.logout()
try:
    imaplib.IMAP4(host, 143).login(user, "wrong"); raise SystemExit("a wrong password was taken")
except imaplib.IMAP4.error as error: assert b"AUTHENTICATIONFAILED" in error.args[0], error
`;

const POP3 = `
import poplib, ssl, sys
host, user, password, subject = sys.argv[1:5]
p = poplib.POP3(host, 110)
assert "STLS" in p.capa() and "UIDL" in p.capa(), p.capa()
p.stls(ssl._create_unverified_context())
p.user(user); p.pass_(password)
count, octets = p.stat()
assert count >= 2 and sum(int(line.split()[1]) for line in p.list()[1]) == octets
uids = [line.split()[1] for line in p.uidl()[1]]
assert len(set(uids)) == count
subjects = [b"\\n".join(p.top(n, 0)[1]) for n in range(1, count + 1)]
mine = [n for n, head in enumerate(subjects, 1) if subject.encode() in head]
assert len(mine) == 2, subjects
_, lines, size = p.retr(mine[0])
assert b".a dot first" in lines, lines
assert size == int(p.list(mine[0]).split()[2]), size
p.dele(mine[0]); p.rset(); p.dele(mine[1]); p.quit()
p = poplib.POP3_SSL(host, 995, context=ssl._create_unverified_context())
p.user(user); p.pass_(password)
assert p.stat()[0] == count - 1
left = [line.split()[1] for line in p.uidl()[1]]
assert set(left) == set(uids) - {uids[mine[1] - 1]}
try:
    q = poplib.POP3(host, 110); q.stls(ssl._create_unverified_context()); q.user(user); q.pass_(password)
    raise SystemExit("two sessions hold the maildrop")
except poplib.error_proto as error: assert b"IN-USE" in error.args[0], error
p.quit()
`;

export const pythonChecks: readonly Check[] = [
  {
    name: "Python's imaplib reads, writes, flags, moves, deletes and sees new mail while it idles",
    async run() {
      const subject = freshSubject("py");
      const words = [HOST, userOf("python"), PASSWORD, subject, letter(subject, "Grüße\r\n")];
      await runWell("python3", ["-c", IMAP, ...words]);
    },
  },
  {
    name: "Python's poplib lists, reads and deletes, and finds the maildrop held by another",
    async run(lab) {
      const subject = freshSubject("pop");
      for (const one of ["a", "b"])
        await deliver(lab, "python", `${subject}-${one}`, "Hi.\r\n.a dot first\r\n");
      await runWell("python3", ["-c", POP3, HOST, userOf("python"), PASSWORD, subject]);
    },
  },
];
