/** Serves the browser app: its files, and its one page for every address that is a view. */
import type { Hono } from "hono";
import { fromUtf8, utf8 } from "../../base/bytes.ts";
import type { AppFile, AppFiles } from "../../base/http.ts";
import type { WebEnv } from "./mount-routes.ts";

/**
 * Scripts only from our own files. Styles may stand in attributes (places of rows and nodes); images may be made by the
 * page; frames show mail, sandboxed.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "frame-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const FILE_NAME = /\.(?:js|css|map|json|html|txt|svg|png|ico|woff2?|webmanifest)$/i;
const NOT_BUILT =
  "The browser app is not built here: `npm run web` builds it. The APIs answer all the same.\n";
const A_YEAR = "public, max-age=31536000, immutable";

/** `places`: those of the app that are served here (lab, mail, server); it shows no others. */
export function addAppPages(
  app: Hono<WebEnv>,
  files: AppFiles,
  { start, places }: { readonly start: string; readonly places: readonly string[] },
): void {
  app.get("/", (context) => context.redirect(start));
  app.get("*", async (context, next) => {
    const path = context.req.path.slice(1);
    const file = await files.find(path);
    if (file !== undefined) return fileAnswer(file);
    // What looks like a file of ours and is none must not become a page; a host name (/server/mail.example.org) is a page.
    if (FILE_NAME.test(path)) return next();
    const page = await files.find("index.html");
    return page === undefined ? context.text(NOT_BUILT, 503) : fileAnswer(withPlaces(page, places));
  });
}

/** The page is told without a request of its own, so that nothing jumps. */
function withPlaces(page: AppFile, places: readonly string[]): AppFile {
  const text = utf8(page.bytes).replace("<html", `<html data-places="${places.join(" ")}"`);
  return { ...page, bytes: fromUtf8(text) };
}

function fileAnswer({ bytes, contentType, immutable }: AppFile): Response {
  return new Response(bytes as Uint8Array<ArrayBuffer>, {
    headers: {
      "content-type": contentType,
      "cache-control": immutable ? A_YEAR : "no-cache",
      "content-security-policy": CONTENT_SECURITY_POLICY,
    },
  });
}
