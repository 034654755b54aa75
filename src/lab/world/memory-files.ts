/** The port `Files` in memory, for simulated worlds: one tree for all hosts, gone with the process. Never fails. */
import { posix } from "node:path";
import type { Files } from "../../base/files.ts";

export function createMemoryFiles(): Files {
  const files = new Map<string, Uint8Array>();
  const watchers = new Map<string, Set<() => void>>();

  const changed = (path: string): void => {
    for (const tell of watchers.get(posix.dirname(path)) ?? []) queueMicrotask(tell);
  };

  return {
    async writeAtomically(path, bytes) {
      const name = posix.normalize(path);
      files.set(name, bytes.slice());
      changed(name);
    },
    async readFile(path) {
      return files.get(posix.normalize(path))?.slice();
    },
    async list(folder) {
      const under = posix.normalize(folder).replace(/\/$/, "");
      return [...files.keys()]
        .filter((name) => posix.dirname(name) === under)
        .map((name) => posix.basename(name))
        .sort();
    },
    async remove(path) {
      const name = posix.normalize(path);
      if (files.delete(name)) changed(name);
    },
    async makeFolder() {
      // Folders are only the front of names here.
    },
    watch(folder, onChange) {
      const name = posix.normalize(folder).replace(/\/$/, "");
      const all = watchers.get(name) ?? new Set();
      watchers.set(name, all.add(onChange));
      return { close: () => void all.delete(onChange) };
    },
  };
}
