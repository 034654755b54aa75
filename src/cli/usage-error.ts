/** What a command tells the person instead of a stack: what is wrong and what to do. Exit 2 unless said otherwise. */

export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly exitCode: number;
  constructor(message: string, exitCode = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}
