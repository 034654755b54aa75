/** What is wrong with a lab file, as an API tells it: `12:5 queue.retry` and what was expected. */
import type { Problem } from "../../server/http/api-error.ts";
import type { SettingsProblem } from "../../settings/yaml-file.ts";

export function labFileProblems(problems: readonly SettingsProblem[]): Problem[] {
  return problems.map(({ line, column, path, message }) => ({
    path: `${line}:${column}${path === "" ? "" : ` ${path}`}`,
    message,
  }));
}
