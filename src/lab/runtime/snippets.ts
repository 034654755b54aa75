/** How a program is pointed at the lab: environment variables, and a few lines for common mail libraries. */
import type { Lab } from "../lab.ts";

export type LabSnippets = {
  readonly variables: Readonly<Record<string, string>>;
  readonly snippets: Readonly<Record<string, string>>;
};

/** The door an application would use: the first that wants a login, with one; else the first that lets you relay. */
export function labSnippets(lab: Lab): LabSnippets {
  const hosts = [...lab.hosts.values()];
  const chosen =
    hosts.find(
      ({ plan: { passwords, settings } }) =>
        settings?.relayFrom.includes(lab.plan.you.address) === true && passwords.size > 0,
    ) ??
    hosts.find(({ plan: { passwords } }) => passwords.size > 0) ??
    hosts.find(({ host }) => host !== undefined);
  const door = chosen?.doors.find(({ service }) => service === "smtp");
  const [user = "", password = ""] = [...(chosen?.plan.passwords ?? [])][0] ?? [];
  const host = door?.real?.address ?? door?.virtual.address ?? "";
  const port = String(door?.real?.port ?? door?.virtual.port ?? "");
  const dns = lab.doors.find(({ service }) => service === "dns")?.real;
  const variables: Record<string, string> = {
    SMTP_HOST: host,
    SMTP_PORT: port,
    SMTP_USER: user,
    SMTP_PASS: password,
    ...(dns === undefined ? {} : { DNS_SERVER: dns.address, DNS_PORT: String(dns.port) }),
  };
  return { variables, snippets: snippetsFor(host, port, user, password) };
}

function snippetsFor(host: string, port: string, user: string, password: string): Record<string, string> {
  return {
    nodemailer: `nodemailer.createTransport({ host: "${host}", port: ${port}, auth: { user: "${user}", pass: "${password}" }, tls: { rejectUnauthorized: false } })`,
    python: `import smtplib\nwith smtplib.SMTP("${host}", ${port}) as smtp:\n    smtp.login("${user}", "${password}")\n    smtp.sendmail("${user}", ["bob@nemesis.test"], "Subject: hello\\r\\n\\r\\nHello")`,
    php: `; php.ini\n[mail function]\nsendmail_path = "posthorn lab sendmail -t -i"`,
    rails: `config.action_mailer.smtp_settings = { address: "${host}", port: ${port}, user_name: "${user}", password: "${password}", openssl_verify_mode: "none" }`,
    spring: `spring.mail.host=${host}\nspring.mail.port=${port}\nspring.mail.username=${user}\nspring.mail.password=${password}`,
    dotnet: `new SmtpClient("${host}", ${port}) { Credentials = new NetworkCredential("${user}", "${password}") }`,
    go: `smtp.SendMail("${host}:${port}", smtp.PlainAuth("", "${user}", "${password}", "${host}"), from, to, message)`,
    powershell: `Send-MailMessage -SmtpServer ${host} -Port ${port} -From ${user} -To bob@nemesis.test -Subject hello -Body hello`,
  };
}
