/** Requests to webmail's API: below its prefix, and whoever is signed out meanwhile is asked to sign in again. */
import * as api from "$lib/api.ts";

export const MAIL_API = "/mail/v1";

let signedOut = (): void => undefined;

/** What is to happen when the session has ended. */
export function onSignedOut(call: () => void): void {
  signedOut = call;
}

async function watched<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof api.ApiError && error.status === 401) signedOut();
    throw error;
  }
}

export const get = <T>(path: string, options?: api.RequestOptions): Promise<T> =>
  watched(api.get<T>(MAIL_API + path, options));
export const post = <T>(path: string, body?: unknown, options?: api.RequestOptions): Promise<T> =>
  watched(api.post<T>(MAIL_API + path, body, options));
export const put = <T>(path: string, body?: unknown): Promise<T> =>
  watched(api.put<T>(MAIL_API + path, body));
export const patch = <T>(path: string, body?: unknown): Promise<T> =>
  watched(api.patch<T>(MAIL_API + path, body));
export const del = <T>(path: string): Promise<T> => watched(api.del<T>(MAIL_API + path));
