/** Accounts of a host: what `posthorn account` does, over HTTP. A password is answered once, where it was made. */
import { z } from "zod";
import { formatSize } from "../../../base/size.ts";
import { ADMINISTRATION_REQUESTS } from "../../accounts/administration-requests.ts";
import type { AccountView } from "../../accounts/administration.ts";
import { hostParams, type HostPlace, hostRoute, orConflict } from "./admin-place.ts";

const appPasswordSchema = z.object({
  id: z.string(),
  name: z.string(),
  createdAt: z.number(),
  lastUsedAt: z.number().nullable().describe("To the hour or so; null: never."),
});

export const accountSchema = z.object({
  name: z.string(),
  usedBytes: z.number(),
  usedMessages: z.number(),
  quotaBytes: z.number().nullable().describe("Null: no bound."),
  quotaMessages: z.number().nullable(),
  hasPassword: z.boolean(),
  hasScram: z.boolean(),
  appPasswords: z.array(appPasswordSchema),
  inSettings: z.boolean().describe("The settings name it: there it is changed and removed."),
});

const madeSchema = z.object({
  account: z.string(),
  password: z.string().nullable().describe("The one that was made, now and never again; null: you gave it."),
});

const { addAccount, setPassword, setQuota, addAppPassword } = ADMINISTRATION_REQUESTS;
const accountParams = hostParams.extend({ account: z.string().describe("Its whole address.") });
const ofAccount = "/hosts/:host/accounts/:account";

export const accountRoutes = [
  hostRoute(
    {
      method: "get",
      path: "/hosts/:host/accounts",
      summary: "All accounts, by name.",
      params: hostParams,
      answer: z.array(accountSchema),
    },
    async ({ administration }) => orConflict(await administration.accounts({})),
  ),
  hostRoute(
    {
      method: "post",
      path: "/hosts/:host/accounts",
      summary: "Adds an account.",
      notes: "Without a password one is made, and answered this once.",
      params: hostParams,
      body: addAccount.omit({ generate: true }),
      answer: madeSchema,
      example: { path: "/hosts/presto/accounts", body: { name: "eve@arch.test" } },
    },
    async ({ administration, audit }, { body }) => {
      const made = orConflict(
        await administration.addAccount({ ...body, generate: body.password === undefined }),
        "name",
      );
      audit(`added the account ${made.account}`);
      return made;
    },
  ),
  hostRoute(
    {
      method: "get",
      path: ofAccount,
      summary: "One account.",
      params: accountParams,
      answer: accountSchema,
    },
    ({ administration }, { params }) => oneAccount(administration, params.account),
  ),
  hostRoute(
    {
      method: "delete",
      path: ofAccount,
      summary: "Removes an account and all its mail, and ends its sessions.",
      params: accountParams,
      answer: accountSchema,
    },
    async ({ administration, audit, sessions }, { params }) => {
      const gone = orConflict(await administration.removeAccount({ name: params.account }));
      sessions.endAll(gone.name);
      audit(`removed the account ${gone.name} with ${gone.usedMessages} messages`);
      return gone;
    },
  ),
  hostRoute(
    {
      method: "put",
      path: `${ofAccount}/password`,
      summary: "Sets a password, and ends the account's sessions.",
      notes: "Without one it is made, and answered this once.",
      params: accountParams,
      body: setPassword.omit({ name: true, generate: true }),
      answer: madeSchema,
    },
    async ({ administration, audit, sessions }, { params, body }) => {
      const asked = { ...body, name: params.account, generate: body.password === undefined };
      const made = orConflict(await administration.setPassword(asked), "password");
      sessions.endAll(made.account);
      audit(`set a new password for ${made.account}`);
      return made;
    },
  ),
  hostRoute(
    {
      method: "put",
      path: `${ofAccount}/quota`,
      summary: "Bounds how much mail it holds.",
      params: accountParams,
      body: setQuota.omit({ name: true }),
      answer: accountSchema,
    },
    async ({ administration, audit }, { params, body }) => {
      const account = orConflict(
        await administration.setQuota({ ...body, name: params.account }),
        "quotaBytes",
      );
      audit(`set the quota of ${account.name} to ${quotaWords(account)}`);
      return account;
    },
  ),
  ...appPasswordRoutes(),
  ...banRoutes(),
];

function appPasswordRoutes() {
  return [
    hostRoute(
      {
        method: "post",
        path: `${ofAccount}/app-passwords`,
        summary: "Makes a password for one program or device; it is answered this once.",
        params: accountParams,
        body: addAppPassword.omit({ name: true }),
        answer: madeSchema.extend(appPasswordSchema.shape),
      },
      async ({ administration, audit }, { params, body }) => {
        const made = orConflict(
          await administration.addAppPassword({ ...body, name: params.account }),
          "label",
        );
        audit(`made an app password “${made.name}” for ${made.account}`);
        return made;
      },
    ),
    hostRoute(
      {
        method: "delete",
        path: `${ofAccount}/app-passwords/:which`,
        summary: "Takes an app password away, and ends the account's sessions.",
        params: accountParams.extend({ which: z.string().describe("Its id or its name.") }),
        answer: appPasswordSchema,
      },
      async ({ administration, audit, sessions }, { params: { account: name, which } }) => {
        const account = (await oneAccount(administration, name)).name;
        const gone = orConflict(await administration.removeAppPassword({ name, which }));
        sessions.endAll(account);
        audit(`took the app password “${gone.name}” of ${account} away`);
        return gone;
      },
    ),
  ];
}

function banRoutes() {
  return [
    hostRoute(
      {
        method: "get",
        path: "/hosts/:host/bans",
        summary: "Addresses that are turned away for a while.",
        params: hostParams,
        answer: z.array(z.object({ address: z.string(), until: z.number() })),
      },
      async ({ administration }) => orConflict(await administration.bans({})),
    ),
    hostRoute(
      {
        method: "delete",
        path: "/hosts/:host/bans",
        summary: "Forgives an address, or all of them.",
        params: hostParams,
        query: z.strictObject({ address: z.string().optional().describe("All when absent.") }),
        answer: z.object({ forgiven: z.array(z.string()) }),
      },
      async ({ administration, audit }, { query }) => {
        const forgiven = [...orConflict(await administration.unban(query))];
        audit(`lifted the ban of ${forgiven.join(", ") || "nobody"}`);
        return { forgiven };
      },
    ),
  ];
}

async function oneAccount(administration: HostPlace["administration"], name: string): Promise<AccountView> {
  const [account] = orConflict(await administration.accounts({ name }));
  return account as AccountView;
}

function quotaWords({ quotaBytes, quotaMessages }: AccountView): string {
  const bytes = quotaBytes === null ? "no bound" : formatSize(quotaBytes);
  return quotaMessages === null ? bytes : `${bytes} and ${quotaMessages} messages`;
}
