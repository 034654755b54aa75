/** Where a server's control socket is: in its data folder, by the shorter of two paths, for the system bounds them. */
import { join, relative } from "node:path";
import { Fault } from "../../base/fault.ts";

/** Limit: of a Unix socket's path, its ending zero included (unix(7): 108). */
const PATH_BYTES_MAX = 107;

/** Throws Fault "permission" when the system can not name it. */
export function socketPath(data: string): string {
  const whole = join(data, "control.sock");
  const fromHere = relative(process.cwd(), whole);
  const path = Buffer.byteLength(fromHere) < Buffer.byteLength(whole) ? fromHere : whole;
  if (Buffer.byteLength(path) <= PATH_BYTES_MAX) return path;
  throw new Fault(
    "permission",
    `the path of ${whole} is longer than the ${PATH_BYTES_MAX} bytes a socket's may have: start from a folder nearer to it, or set "data" to a shorter path`,
  );
}
