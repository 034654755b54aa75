/** Reads the settings file of a server. Throws UsageError with every problem, each with its place. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { hostSettingsSchema } from "../settings/check-settings.ts";
import type { HostSettings } from "../settings/host-settings.ts";
import { formatProblem, parseYamlSettings } from "../settings/yaml-file.ts";
import { UsageError } from "./usage-error.ts";

export const SETTINGS_FILE = "posthorn.yaml";

/** `folder` is where relative paths of the settings begin. */
export function readServeSettings(file: string): { settings: HostSettings; folder: string; text: string } {
  if (!existsSync(file))
    throw new UsageError(`there is no settings file ${file}; "posthorn serve --help" shows one`);
  const text = readFileSync(file, "utf8");
  const parsed = parseYamlSettings(text, file, hostSettingsSchema);
  if (!parsed.ok) throw new UsageError(parsed.error.map(formatProblem).join("\n"));
  return { settings: parsed.value, folder: dirname(resolve(file)), text };
}
