/** The browser app's files as `npm run web` built them, read from a folder when first asked for and kept. */
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AppFile, AppFiles } from "../../base/http.ts";

/** Where the build puts it. */
export const APP_FOLDER = fileURLToPath(new URL("../../../dist/web", import.meta.url));

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
};

export function createAppFolder(folder: string = APP_FOLDER): AppFiles {
  const known = new Map<string, AppFile>();
  return {
    async find(path) {
      // Plain names only: no dot files, no way up.
      if (!/^[A-Za-z0-9_-][\w.-]*(?:\/[A-Za-z0-9_-][\w.-]*)*$/.test(path)) return undefined;
      const file = known.get(path) ?? (await read(folder, path));
      if (file !== undefined) known.set(path, file);
      return file;
    },
  };
}

async function read(folder: string, path: string): Promise<AppFile | undefined> {
  const contentType = CONTENT_TYPES[extname(path)];
  if (contentType === undefined) return undefined;
  try {
    // What the build names by its content lies in assets/.
    return { bytes: await readFile(join(folder, path)), contentType, immutable: path.startsWith("assets/") };
  } catch {
    return undefined;
  }
}
