/** "2GB", "500 MB", "1500": octets, a kilobyte of 1,024 as in the settings. Null: no bound. Throws what a form shows. */
import { ApiError } from "../../lib/api.ts";

const POWERS = ["", "K", "M", "G", "T"];

export function parseSize(text: string): number | null {
  if (text.trim() === "") return null;
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)i?B?$/i.exec(text.trim());
  if (match === null) {
    const message = `“${text}” is no size: write it as 500MB or 2GB`;
    throw new ApiError(message, 400, [{ path: "quotaBytes", message }]);
  }
  return Math.round(Number(match[1]) * 1024 ** POWERS.indexOf((match[2] ?? "").toUpperCase()));
}
