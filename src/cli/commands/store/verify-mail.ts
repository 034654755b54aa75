/** Runs the check of a mail store for a person: a bar while it looks, each problem as it is found, and the sum. */
import { formatSize } from "../../../base/size.ts";
import { verifyStore, type VerifyTotals } from "../../../engine/sqlite/verify-store.ts";
import { createProgress } from "../../print/progress.ts";

export async function verifyMail(
  folder: string,
  onProblem: (where: string, why: string) => void,
): Promise<VerifyTotals> {
  const progress = createProgress();
  let totals: VerifyTotals | undefined;
  for await (const event of verifyStore(folder)) {
    switch (event.kind) {
      case "problem":
        progress.clear();
        onProblem(event.where, event.why);
        break;
      case "progress":
        progress.show(event.done, event.of, `${event.what} ${event.done} of ${event.of}`);
        break;
      case "done":
        totals = event.totals;
    }
  }
  progress.clear();
  if (totals === undefined) throw new Error("the check of a store ended without its sum");
  return totals;
}

export function totalsText({ accounts, mailboxes, messages, blobs, bytes }: VerifyTotals): string {
  return `${accounts} accounts, ${mailboxes} mailboxes, ${messages} messages; ${blobs} contents, ${formatSize(bytes)}, each with the hash it was stored with`;
}
