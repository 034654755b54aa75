/** A "no" of an API, with its HTTP status; `message` is for the person who asked, `problems` say which part was wrong. */

export type Problem = {
  /** Where in the body or query: `envelope.to.0`; empty: the whole. */
  readonly path: string;
  readonly message: string;
};

export type ErrorStatus = 400 | 401 | 403 | 404 | 408 | 409 | 413 | 415 | 422 | 429 | 500 | 502 | 503 | 507;

export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: ErrorStatus;
  readonly problems: readonly Problem[];
  constructor(status: ErrorStatus, message: string, problems: readonly Problem[] = []) {
    super(message);
    this.status = status;
    this.problems = problems;
  }
}
