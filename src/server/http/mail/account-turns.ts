/** What must not happen twice at a time for one account: sending and taking back. First come, first served. */
import type { AccountMail } from "../../../store/account-mail.ts";
import { Turns } from "../../../store/turns.ts";

export type AccountTurns = { alone<T>(mail: AccountMail, run: () => Promise<T>): Promise<T> };

export function createAccountTurns(): AccountTurns {
  const turns = new WeakMap<AccountMail, Turns>();
  return {
    alone(mail, run) {
      let own = turns.get(mail);
      if (own === undefined) turns.set(mail, (own = new Turns()));
      return own.alone(run);
    },
  };
}
