/** Where whoever reads lives, as the browser says: by whose calendar "yesterday" is searched. */
export function timeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
