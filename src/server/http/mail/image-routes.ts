/** Pictures from elsewhere, through the proxy: for the pages of whoever is signed in, when they asked for it. */
import { z } from "zod";
import { mailRoute } from "./mail-place.ts";

export const imageRoutes = [
  mailRoute(
    {
      method: "get",
      path: "/image",
      summary: "A remote picture that a message names, fetched by the server.",
      notes:
        "Only public addresses, http and https on ports 80 and 443, PNG, JPEG, GIF and WebP, up to 10 MB. The sender's server sees this server, no cookie and no referrer.",
      query: z.strictObject({ url: z.string().min(1).max(8_000) }),
      answer: { media: "image/*", about: "Its type as its bytes say." },
    },
    async ({ account, shared }, { query: { url } }) => {
      const { type, bytes } = await shared.images.get(account, url);
      return new Response(Buffer.from(bytes), {
        headers: {
          "content-type": type,
          "content-disposition": "inline",
          "content-security-policy": "sandbox; default-src 'none'",
          "x-content-type-options": "nosniff",
          "cache-control": "private, max-age=600",
          vary: "cookie",
        },
      });
    },
  ),
];
