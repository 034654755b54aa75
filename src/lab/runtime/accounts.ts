/** Every account of a lab, host by host in the file's order, with the mail it holds. A host that is down has none. */
import type { AccountMail } from "../../store/account-mail.ts";
import type { Lab } from "../lab.ts";

export type LabAccount = { readonly host: string; readonly mail: AccountMail };

export function labAccounts({ hosts }: Pick<Lab, "hosts">): LabAccount[] {
  return [...hosts.values()].flatMap(({ plan, host }) =>
    (host?.store.accounts() ?? []).flatMap(({ name }) => {
      const mail = host?.store.mail(name);
      return mail === undefined ? [] : [{ host: plan.name, mail }];
    }),
  );
}
