/**
 * Requests to Posthorn's API: JSON in, JSON out. Whatever goes wrong is an ApiError with words for people; a page
 * shows it inline, or hands it to `showError` of toasts.svelte.ts.
 */

export type Problem = { readonly path: string; readonly message: string };

export class ApiError extends Error {
  /** 0 when no answer came. */
  readonly status: number;
  /** What is wrong with which field, for forms. */
  readonly problems: readonly Problem[];

  constructor(message: string, status: number, problems: readonly Problem[] = []) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.problems = problems;
  }

  /** What is wrong with one field, or undefined. */
  of(path: string): string | undefined {
    return this.problems.find((problem) => problem.path === path)?.message;
  }
}

export type RequestOptions = {
  /** Query keys; undefined ones are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly signal?: AbortSignal;
};

export const get = <T>(path: string, options?: RequestOptions): Promise<T> =>
  request("GET", path, undefined, options);
export const post = <T>(path: string, body?: unknown, options?: RequestOptions): Promise<T> =>
  request("POST", path, body, options);
export const put = <T>(path: string, body?: unknown, options?: RequestOptions): Promise<T> =>
  request("PUT", path, body, options);
export const patch = <T>(path: string, body?: unknown, options?: RequestOptions): Promise<T> =>
  request("PATCH", path, body, options);
export const del = <T>(path: string, body?: unknown, options?: RequestOptions): Promise<T> =>
  request("DELETE", path, body, options);

async function request<T>(
  method: string,
  path: string,
  body: unknown,
  { query = {}, signal }: RequestOptions = {},
): Promise<T> {
  const url = new URL(path, window.location.origin);
  for (const [key, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(key, String(value));
  // No page of another site can send this header without asking first: it tells our requests from forged ones.
  const headers: Record<string, string> = { "x-posthorn": "1", accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers,
      credentials: "same-origin",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new ApiError("Posthorn does not answer. Is it still running?", 0);
  }
  if (!response.ok) throw await errorOf(response);
  if (response.status === 204) return undefined as T;
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  return (isJson ? await response.json() : await response.text()) as T;
}

async function errorOf(response: Response): Promise<ApiError> {
  const fallback = `The server answered ${response.status} ${response.statusText}`.trim();
  try {
    const { error, problems } = (await response.json()) as { error?: unknown; problems?: unknown };
    return new ApiError(
      typeof error === "string" ? error : fallback,
      response.status,
      Array.isArray(problems) ? (problems as Problem[]) : [],
    );
  } catch {
    return new ApiError(fallback, response.status);
  }
}
