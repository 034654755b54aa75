/**
 * Questions that may come as JSON: a schema for each method, the methods themselves, and the two ends of a wire between
 * them. A question that is not well formed gets a "no" that says what is wrong with it.
 */
import type { z } from "zod";
import { err, type Result } from "../../base/result.ts";

export type Requests = Readonly<Record<string, z.ZodType>>;
/** The methods that `R` asks of; each answer can be JSON. */
export type Methods<R extends Requests> = {
  readonly [M in keyof R]: (asked: z.output<R[M]>) => Promise<Result<unknown, string>>;
};
export type Ask = (method: string, asked: unknown) => Promise<Result<unknown, string> | undefined>;

/** Checks, then asks. Undefined when there is no such method; rejects with what the method rejects with. */
export function askOf<R extends Requests>(requests: R, methods: Methods<R>): Ask {
  return async (method, asked) => {
    const schema = Object.hasOwn(requests, method) ? requests[method] : undefined;
    if (schema === undefined) return undefined;
    const parsed = schema.safeParse(asked);
    if (parsed.success) return methods[method as keyof R](parsed.data as never);
    const why = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
    return err(why.join("; "));
  };
}

/** Methods whose questions go through `ask`. */
export function methodsOver<T>(requests: Requests, ask: Ask): T {
  const names = Object.keys(requests);
  return Object.fromEntries(names.map((name) => [name, (asked: unknown) => ask(name, asked)])) as T;
}
