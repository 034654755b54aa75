/** What the network page sends, and how far somebody has come who sees a lab for the first time. Never throws: it says what went wrong. */
import type { SendAnswerView } from "../../../../src/lab/api/mail-routes.ts";
import type { TracePage } from "../../../../src/lab/api/trace-views.ts";
import { get, post } from "$lib/api.ts";
import { goTo } from "$lib/router.svelte.ts";
import { showError, toast } from "$lib/toasts.svelte.ts";
import type { FirstMessage } from "./first-message.ts";
import { type FirstSteps, keepSteps, NO_STEPS, readSteps } from "./first-steps.ts";

export class FirstRun {
  /** In a lab that never had a message, and until they are closed. */
  steps = $state.raw<FirstSteps | undefined>(readSteps(sessionStorage));
  /** Whether that is known: what stands under the steps waits for it, so that nothing jumps. */
  known = $state(false);
  sending = $state(false);
  readonly #first: () => FirstMessage | undefined;

  constructor(first: () => FirstMessage | undefined) {
    this.#first = first;
    void this.#look();
  }

  async send(): Promise<void> {
    const first = this.#first();
    if (first === undefined) return;
    const sent = await this.#sendTo(first, first.to, "Hello from the lab");
    if (sent !== undefined && this.steps !== undefined) this.take({ sent });
  }

  async sendToNobody(): Promise<void> {
    const first = this.#first();
    if (first === undefined) return;
    const lost = await this.#sendTo(first, `nobody@${first.to.split("@")[1] ?? ""}`, "Is anybody there?");
    if (lost !== undefined) this.take({ lost });
  }

  take(more: Partial<FirstSteps>): void {
    this.steps = { ...(this.steps ?? NO_STEPS), ...more };
    keepSteps(sessionStorage, this.steps);
  }

  close(): void {
    this.steps = undefined;
    keepSteps(sessionStorage, undefined);
  }

  async #look(): Promise<void> {
    if (this.steps === undefined) {
      const page = await get<TracePage>("/lab/v1/traces", { query: { limit: 1 } }).catch(() => undefined);
      if (page?.total === 0) this.take({});
    }
    this.known = true;
  }

  /** Returns the id of its journey. */
  async #sendTo({ server, from }: FirstMessage, to: string, subject: string): Promise<string | undefined> {
    this.sending = true;
    try {
      const body = {
        from,
        to,
        subject,
        text: "See how this came to you.",
        ...(server === undefined ? {} : { server }),
      };
      const { queueId, results } = await post<SendAnswerView>("/lab/v1/send", body);
      if (queueId === undefined) {
        toast(results.find(({ ok }) => !ok)?.reply ?? "It was not taken", { tone: "wait" });
        return undefined;
      }
      const run = (): void => this.#open(queueId);
      toast(`Sent from ${from} to ${to}`, { tone: "ok", action: { label: "Its journey", run } });
      return queueId;
    } catch (error) {
      showError(error);
      return undefined;
    } finally {
      this.sending = false;
    }
  }

  #open(id: string): void {
    if (this.steps?.sent === id) this.take({ read: true });
    goTo(`/lab/traces/${encodeURIComponent(id)}`);
  }
}
