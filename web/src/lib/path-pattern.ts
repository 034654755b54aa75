/**
 * Path patterns of pages: "/lab/traces/:id". Matches whole paths, segment by segment; the more literal pattern wins,
 * so that "/lab/traces/new" may stand beside it. A segment that is no valid percent-encoding matches nothing.
 */
export type Params = Readonly<Record<string, string>>;

/** The parameters of `path` by `pattern`, decoded, or undefined when it does not match. A final slash is ignored. */
export function matchPath(pattern: string, path: string): Params | undefined {
  const wanted = segmentsOf(pattern);
  const given = segmentsOf(path);
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const text = given[index] ?? "";
    if (!segment.startsWith(":")) {
      if (segment !== text) return undefined;
      continue;
    }
    const value = decode(text);
    if (value === undefined) return undefined;
    params[segment.slice(1)] = value;
  }
  return params;
}

/** The entry that matches `path` best, with its parameters. */
export function findPath<T extends { path: string }>(
  entries: readonly T[],
  path: string,
): { entry: T; params: Params } | undefined {
  let best: { entry: T; params: Params } | undefined;
  for (const entry of entries) {
    const params = matchPath(entry.path, path);
    if (params !== undefined && (best === undefined || literals(entry.path) > literals(best.entry.path)))
      best = { entry, params };
  }
  return best;
}

/** Fills a pattern: `pathFor("/lab/traces/:id", { id: "a/b" })` is "/lab/traces/a%2Fb". */
export function pathFor(pattern: string, params: Params): string {
  return pattern.replace(/:([A-Za-z]\w*)/g, (_, name: string) => {
    const value = params[name];
    if (value === undefined) throw new Error(`the path ${pattern} needs "${name}"`);
    return encodeURIComponent(value);
  });
}

/** `search` ("?a=1") with these keys set; undefined and "" remove a key. Keeps the order of the others. */
export function withQuery(search: string, changes: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams(search);
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined || value === "") query.delete(key);
    else query.set(key, value);
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

function segmentsOf(path: string): readonly string[] {
  return path.replace(/\/+$/, "").split("/").slice(1);
}

function literals(pattern: string): number {
  return segmentsOf(pattern).filter((segment) => !segment.startsWith(":")).length;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
