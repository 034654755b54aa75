/** Carries out `expect:` of a lab file: sends what is to be seen, lets time run, and says what was found. */
import { formatDuration } from "../../base/duration.ts";
import { overallResult } from "../../journal/trace.ts";
import type { LabExpectation } from "../file/lab-file.ts";
import { mailTrace } from "../kit/lab-mail.ts";
import type { ExpectationResult, Lab } from "../lab.ts";

const WITHIN_MS = 5 * 86_400_000;

export async function checkExpectations(lab: Lab): Promise<ExpectationResult[]> {
  const results: ExpectationResult[] = [];
  for (const expected of lab.plan.expect) results.push(await check(lab, expected));
  return results;
}

async function check(lab: Lab, expected: LabExpectation): Promise<ExpectationResult> {
  const { to, from, within = WITHIN_MS, path, result = "delivered", status } = expected;
  const sender =
    lab.plan.hosts.find(({ as }) => as !== undefined && as === from) ??
    lab.plan.hosts.find(({ as }) => as !== undefined);
  const what = `to ${to}${path === undefined ? "" : ` by ${path.join(", ")}`}: ${result}${status === undefined ? "" : ` ${status}`} within ${formatDuration(within)}`;
  const startedAt = lab.clock.now();
  const answer = await lab.send({
    from: from ?? sender?.as ?? `you@${lab.plan.you.hostname}`,
    to: [to],
    subject: "An expectation of the lab file",
    ...(path?.[0] === undefined ? {} : { server: path[0] }),
  });
  if (!answer.ok) return { what, ok: false, found: answer.results.map(({ reply }) => reply).join("; ") };
  const id = answer.queueId ?? "";
  const isOver = (): boolean => {
    const found = overall(lab, id);
    return found !== undefined && found !== "queued" && found !== "deferred" && found !== "relayed";
  };
  while (!isOver() && lab.clock.now() < startedAt + within) {
    if ((await lab.clock.next()) === undefined) break;
    await lab.idle();
  }
  const trace = lab.trace(`id:${id}`);
  const hosts = mailTrace(trace)?.path ?? [];
  const end = trace?.results.find(({ recipient }) => recipient === to) ?? trace?.results[0];
  const problems = [
    ...(end?.result === result ? [] : [`${end?.result ?? "not seen"} ${end?.reply ?? ""}`.trim()]),
    ...(status === undefined || end?.status === status ? [] : [`status ${end?.status ?? "unknown"}`]),
    ...(path === undefined || path.join() === hosts.join() ? [] : [`it went by ${hosts.join(", ")}`]),
  ];
  return {
    what,
    ok: problems.length === 0,
    found: problems.length === 0 ? (end?.reply ?? "") : problems.join("; "),
  };
}

function overall(lab: Lab, id: string): string | undefined {
  const trace = lab.trace(`id:${id}`);
  return trace === undefined ? undefined : overallResult(trace);
}
