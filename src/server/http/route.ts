/**
 * One request of an API as a value: what it takes and gives, in schemas that check it, type its handler and become its
 * documentation (openapi.ts). A handler is given its place (a lab, a signed-in mailbox, a host) and what was asked,
 * checked; it returns the answer, or throws an ApiError.
 */
import { z } from "zod";

export type Method = "get" | "post" | "put" | "patch" | "delete";

const NOTHING = z.strictObject({});

/** An answer that is not JSON: its media type. */
export type Media = { readonly media: string; readonly about: string };

export type RouteSpec<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
> = {
  readonly method: Method;
  /** `/traces/:id`, below the API's prefix. */
  readonly path: string;
  /** What it does, in one sentence, for docs/api.md. */
  readonly summary: string;
  /** What somebody should know beyond that. */
  readonly notes?: string;
  readonly params?: P;
  /** Strings; unknown ones are refused. A parameter given more than once arrives as an array. */
  readonly query?: Q;
  readonly body?: B;
  readonly answer: z.ZodType | Media;
  /** A request to try, below the prefix: `GET /traces?q=to:bob@nemesis.test`. */
  readonly example?: { readonly path: string; readonly body?: unknown };
};

export type Asked<P = unknown, Q = unknown, B = unknown> = {
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly request: Request;
  readonly clientAddress: string;
};

export type Route<Place> = {
  readonly spec: RouteSpec;
  handle(place: Place, asked: Asked): unknown;
};

/** A maker of routes for one kind of place: `const labRoute = routeOf<Lab>()`. */
export function routeOf<Place>() {
  return <
    P extends z.ZodType = typeof NOTHING,
    Q extends z.ZodType = typeof NOTHING,
    B extends z.ZodType = typeof NOTHING,
  >(
    spec: RouteSpec<P, Q, B>,
    /** Gives JSON or a Response of its own. */
    handle: (place: Place, asked: Asked<z.output<P>, z.output<Q>, z.output<B>>) => unknown,
  ): Route<Place> => ({ spec, handle: handle as Route<Place>["handle"] });
}

/** An API: routes under a prefix (`/lab/v1`), all for one kind of place. */
export type Api = {
  readonly prefix: string;
  readonly title: string;
  /** Its requests carry the cookie of a session. */
  readonly signedIn?: true;
  readonly routes: readonly { readonly spec: RouteSpec }[];
};

export function isMedia(answer: RouteSpec["answer"]): answer is Media {
  return "media" in answer;
}
