/** Copies a text for the person; false, with a word about it, where the browser does not allow that. Never throws. */
import { toast } from "./toasts.svelte.ts";

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    toast("The browser did not allow copying: select the text instead.", { tone: "wait" });
    return false;
  }
}
