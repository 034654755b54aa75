/** Which question is asked over Mail's pages, and about what. One at a time; dialogs/ draws them. */
import type { MailboxView } from "../../../src/server/http/mail/views.ts";
import type { Target } from "./actions.svelte.ts";

export type Question =
  | { readonly kind: "move"; readonly target: Target }
  | { readonly kind: "keywords"; readonly target: Target }
  | { readonly kind: "create"; readonly under: string }
  | { readonly kind: "rename"; readonly mailbox: MailboxView }
  | { readonly kind: "remove"; readonly mailbox: MailboxView }
  | { readonly kind: "empty"; readonly mailbox: MailboxView };

class Dialogs {
  asked = $state.raw<Question | undefined>(undefined);

  move(target: Target): void {
    this.asked = { kind: "move", target };
  }
  keywords(target: Target): void {
    this.asked = { kind: "keywords", target };
  }
  create(under = ""): void {
    this.asked = { kind: "create", under };
  }
  rename(mailbox: MailboxView): void {
    this.asked = { kind: "rename", mailbox };
  }
  remove(mailbox: MailboxView): void {
    this.asked = { kind: "remove", mailbox };
  }
  empty(mailbox: MailboxView): void {
    this.asked = { kind: "empty", mailbox };
  }
  close(): void {
    this.asked = undefined;
  }
}
export const dialogs = new Dialogs();
