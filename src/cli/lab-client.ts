/** Talks to the running lab's control API. Its refusals become sentences for the person, exit 2; a wait in vain exit 1. */
import { readLabState } from "./lab-state.ts";
import { UsageError } from "./usage-error.ts";

export type LabClient = {
  readonly url: string;
  get<T>(path: string, query?: Readonly<Record<string, string | readonly string[] | undefined>>): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
  remove<T>(path: string): Promise<T>;
  bytes(path: string): Promise<Uint8Array>;
  /** Server-sent events, until `signal` ends them. */
  events(after: number | undefined, signal: AbortSignal): AsyncGenerator<string>;
};

const NO_LAB = 'no lab is running: start one with "posthorn lab up", or name one with --lab URL';
const HTTP_TIMEOUT = 408;

export function labClient(lab: string | undefined): LabClient {
  const url = (lab ?? process.env["POSTHORN_LAB"] ?? readLabState()?.url)?.replace(/\/$/, "");
  if (url === undefined) throw new UsageError(NO_LAB);
  const base = url.endsWith("/lab/v1") ? url : `${url}/lab/v1`;

  async function ask(path: string, init: RequestInit = {}): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(`${base}${path}`, init);
    } catch {
      throw new UsageError(`nobody answers at ${base}: ${NO_LAB}`);
    }
    if (response.ok) return response;
    const { error } = (await response.json().catch(() => ({}))) as { error?: string };
    throw new UsageError(
      error ?? `the lab answered ${response.status}`,
      response.status === HTTP_TIMEOUT ? 1 : 2,
    );
  }

  return {
    url: base,
    async get<T>(path: string, query: Readonly<Record<string, string | readonly string[] | undefined>> = {}) {
      const search = new URLSearchParams();
      for (const [key, value] of Object.entries(query))
        for (const one of value === undefined ? [] : [value].flat()) search.append(key, one);
      return (await ask(search.size === 0 ? path : `${path}?${search.toString()}`)).json() as Promise<T>;
    },
    async post<T>(path: string, body: unknown = {}) {
      const headers = { "content-type": "application/json" };
      return (await ask(path, { method: "POST", headers, body: JSON.stringify(body) })).json() as Promise<T>;
    },
    remove: async <T>(path: string) => (await ask(path, { method: "DELETE" })).json() as Promise<T>,
    bytes: async (path) => new Uint8Array(await (await ask(path)).arrayBuffer()),
    async *events(after, signal) {
      const response = await ask(`/events${after === undefined ? "" : `?after=${after}`}`, { signal });
      let rest = "";
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? []) {
        rest += decoder.decode(chunk as Uint8Array, { stream: true });
        const lines = rest.split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) if (line.startsWith("data: ")) yield line.slice("data: ".length);
      }
    },
  };
}
