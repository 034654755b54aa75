/** The words settings are written in, as zod types: durations, sizes, endpoints. Each says what it expected. */
import { z } from "zod";
import { parseDuration } from "../base/duration.ts";
import type { Endpoint } from "../base/network.ts";
import { parseSize } from "../base/size.ts";

/** `5m` → 300000 (milliseconds). */
export const duration = z
  .string({ error: 'a duration such as "30s", "5m", "4h" or "5d"' })
  .transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== undefined) return ms;
    context.addIssue({
      code: "custom",
      message: `"${text}" is not a duration: write it as "30s", "5m", "4h" or "5d"`,
    });
    return z.NEVER;
  })
  .meta({ title: "duration", examples: ["30s", "5m", "4h", "5d"] });

/** `50MB` → bytes. A bare number is bytes. */
export const size = z
  .union([z.number().int().nonnegative(), z.string()], { error: 'a size such as "64KB" or "50MB"' })
  .transform((value, context) => {
    const bytes = typeof value === "number" ? value : parseSize(value);
    if (bytes !== undefined) return bytes;
    context.addIssue({ code: "custom", message: `"${value}" is not a size: write it as "64KB" or "50MB"` });
    return z.NEVER;
  })
  .meta({ title: "size", examples: ["64KB", "50MB"] });

/** `10.66.0.21:25`, `[fd66::21]:25`, `smart.test` (the default port), `*:25` (every address). `portShown` is that of the examples. */
export function endpoint(portDefault: number, portShown: number = portDefault) {
  return z
    .string({ error: `a host with an optional port, such as "mail.example.org:${portShown}"` })
    .transform((text, context): Endpoint => {
      const parsed = parseEndpoint(text, portDefault);
      if (parsed !== undefined) return parsed;
      context.addIssue({
        code: "custom",
        message: `"${text}" is not a host with a port: write "mail.example.org:${portShown}" or "[fd66::1]:${portShown}"`,
      });
      return z.NEVER;
    })
    .meta({ title: "endpoint", examples: [`mail.example.org:${portShown}`, `[fd66::1]:${portShown}`] });
}

export function parseEndpoint(text: string, portDefault: number): Endpoint | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+))(?::(\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const port = match[3] === undefined ? portDefault : Number(match[3]);
  if (port > 65_535) return undefined;
  const address = match[1] ?? match[2] ?? "";
  return { address, port };
}
