/** For the end of an exhaustive switch: the type checker proves that nobody gets here; if one does, it is our bug. */
export function assertNever(value: never): never {
  throw new Error(`nobody handles ${JSON.stringify(value)}`);
}
