/** Checks passwords and hands out SCRAM material from the account store. Every login, good or bad, is in the journal. */
import type { Recorder } from "../../journal/journal.ts";
import type { Authenticator } from "../../mta/reception/reception.ts";
import { passwordMatches } from "../../protocol/sasl/scram-credentials.ts";
import type { MailStore } from "../../store/mail-store.ts";

export function createAuthenticator(store: MailStore, recorder: Recorder): Authenticator {
  return {
    async verifyPassword(client, username, password) {
      const account = store.account(username);
      const credentials = account === undefined ? undefined : store.credentials(account.name);
      const right = credentials !== undefined && passwordMatches(password, credentials);
      const reason = right
        ? { rule: "password matches", setting: `accounts.${account?.name ?? username}` }
        : { rule: credentials === undefined ? "no such account" : "wrong password", rfc: "RFC 4954 §6" };
      const verdict = right ? "accept" : "reject";
      recorder.record(
        { kind: "policy", check: "login", verdict, subject: username, reason },
        client.connection,
        client.cause,
      );
      return right ? account?.name : undefined;
    },
    async scram(username) {
      const account = store.account(username);
      return account === undefined ? undefined : store.credentials(account.name);
    },
  };
}
