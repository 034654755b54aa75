/** For tests: webmail over a lab (in memory, unless a restart has to find its disks), with Ann and Bob signed in, and mail put where a test wants it. */
import assert from "node:assert/strict";
import { createLabWeb } from "../api/lab-web.ts";
import type { Lab, LabMode } from "../lab.ts";
import { startLab } from "../open-lab.ts";
import type { HttpFetch } from "../../base/http.ts";
import type { AccountMail } from "../../store/account-mail.ts";
import type { Host } from "../../server/host/host.ts";

const ORIGIN = "http://127.0.0.1:8066";
export const MAIL_NETWORK = {
  domains: { "arch.test": { mx: ["presto:10"] } },
  hosts: {
    presto: { role: "mailbox" as const, accept: ["arch.test"], allow: ["you"] },
  },
  aliases: { "sales@arch.test": ["ann@arch.test", "bob@arch.test"] },
  accounts: { "ann@arch.test": { password: "ann" }, "bob@arch.test": { password: "bob" } },
};

export type Answer<T> = { readonly status: number; readonly body: T; readonly response: Response };

export type Person = {
  readonly mail: AccountMail;
  get<T = unknown>(path: string): Promise<Answer<T>>;
  post<T = unknown>(path: string, body?: unknown): Promise<Answer<T>>;
  ask<T = unknown>(method: string, path: string, body?: unknown): Promise<Answer<T>>;
  /** The response itself, for what is no JSON. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Puts a message of these lines into a mailbox; its id. */
  put(lines: readonly string[] | string, options?: PutOptions): Promise<string>;
};

type PutOptions = {
  readonly mailbox?: string;
  readonly flags?: readonly string[];
  readonly at?: number;
};

export type MailBench = {
  readonly lab: Lab;
  readonly host: Host;
  readonly ann: Person;
  readonly bob: Person;
};

export async function withMail(
  run: (bench: MailBench) => Promise<void>,
  options: { readonly fetchImage?: HttpFetch; readonly mode?: LabMode } = {},
): Promise<void> {
  const lab = await startLab(MAIL_NETWORK, { mode: options.mode ?? "simulated", ports: "dynamic" });
  try {
    const web = createLabWeb(
      { lab, stop: () => undefined },
      { find: () => Promise.resolve(undefined) },
      { checkAnswers: true, fetchImage: options.fetchImage },
    );
    const host = lab.hosts.get("presto")?.host;
    assert.ok(host !== undefined);
    const person = async (name: string): Promise<Person> => {
      const account = `${name}@arch.test`;
      const mail = host.store.mail(account);
      assert.ok(mail !== undefined);
      const send = (path: string, init: RequestInit = {}): Promise<Response> => {
        const headers = { host: "127.0.0.1:8066", ...(init.headers as Record<string, string> | undefined) };
        return Promise.resolve(
          web(new Request(`${ORIGIN}/mail/v1${path}`, { ...init, headers }), { address: "127.0.0.1" }),
        );
      };
      const credentials = JSON.stringify({ account, password: name });
      const signedIn = await send("/session", { method: "POST", body: credentials });
      const cookie = (signedIn.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
      return personOf(mail, (path, init = {}) =>
        send(path, { ...init, headers: { cookie, ...(init.headers as Record<string, string> | undefined) } }),
      );
    };
    await run({ lab, host, ann: await person("ann"), bob: await person("bob") });
  } finally {
    await lab.down();
  }
}

function personOf(mail: AccountMail, fetch: Person["fetch"]): Person {
  const ask: Person["ask"] = async <T>(method: string, path: string, body?: unknown): Promise<Answer<T>> => {
    const given = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(path, { method, ...given });
    const type = response.headers.get("content-type") ?? "";
    const answer = type.includes("json") ? ((await response.clone().json()) as T) : (undefined as T);
    return { status: response.status, body: answer, response };
  };
  return {
    mail,
    fetch,
    ask,
    get: (path) => ask("GET", path),
    post: (path, body) => ask("POST", path, body ?? {}),
    async put(lines, { mailbox = "INBOX", flags = [], at } = {}) {
      const { id } = mail.find(mailbox) ?? assert.fail(`${mail.name} has no ${mailbox}`);
      const content =
        typeof lines === "string" ? Buffer.from(lines, "latin1") : Buffer.from(lines.join("\r\n"));
      const added = await mail.append(id, [{ content, flags, receivedAt: at }]);
      assert.ok(added.kind === "done");
      return `${id}-${added.uids[0]}`;
    },
  };
}

/** Lines of a small letter. */
export function letter(facts: {
  readonly subject: string;
  readonly from?: string;
  readonly to?: string;
  readonly text?: string;
  readonly more?: readonly string[];
}): string[] {
  const { subject, from = "Bob <bob@arch.test>", to = "ann@arch.test", text = "Hello.", more = [] } = facts;
  return [
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${subject}`,
    "Date: Thu, 01 Jan 2026 10:00:00 +0000",
    ...more,
    "",
    text,
    "",
  ];
}
