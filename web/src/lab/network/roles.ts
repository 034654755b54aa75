/** What the roles of lab hosts are called and drawn as. */
import type { IconName } from "$lib/ui/icon-paths.ts";

export const roleIcons: Readonly<Record<string, IconName>> = {
  you: "user",
  mailbox: "inbox",
  relay: "route",
  smarthost: "shield",
  drop: "folder",
  submit: "send",
  dns: "globe",
  outside: "external",
};

export const roleWords: Readonly<Record<string, string>> = {
  you: "the person at the keyboard",
  mailbox: "keeps mail",
  relay: "hands mail on for its domains",
  smarthost: "hands mail on for its clients",
  drop: "writes mail into a folder or calls a webhook",
  submit: "an application that only sends",
  dns: "answers for all zones",
  outside: "a real server that joined",
};

export const edgeWords: Readonly<Record<string, string>> = {
  mx: "An MX record: mail for the domain is brought to this host.",
  relay: "A relay route: what arrives for the domain is handed on to this host.",
  smarthost: "A connector for everything: what leaves goes through this host.",
  connector: "A connector: some mail goes through this host.",
  submit: "May send through this host to anywhere.",
  seen: "Mail went this way; the plan has no fixed route here, so DNS decided.",
};
