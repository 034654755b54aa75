/** Where the running lab is found: a small file in the user's runtime folder that `lab up` writes and `down` removes. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

export type LabState = {
  readonly url: string;
  readonly pid: number;
  readonly name: string;
  readonly source: string;
};

function stateFile(): string {
  const runtime = process.env["POSTHORN_STATE_DIR"] ?? process.env["XDG_RUNTIME_DIR"];
  const folder = runtime ?? join(tmpdir(), `posthorn-${userInfo().username}`);
  // Others on this machine have no business there.
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, "posthorn-lab.json");
}

export function writeLabState(state: LabState): void {
  writeFileSync(stateFile(), JSON.stringify(state), { mode: 0o600 });
}

/** Undefined when no lab runs: a file left by one that was killed does not count. */
export function readLabState(): LabState | undefined {
  let state: LabState;
  try {
    state = JSON.parse(readFileSync(stateFile(), "utf8")) as LabState;
  } catch {
    return undefined;
  }
  return isAlive(state.pid) ? state : undefined;
}

/** Only the lab that wrote it removes it. */
export function removeLabState(pid: number): void {
  if (readLabState()?.pid === pid) rmSync(stateFile(), { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
