/**
 * The few things a log asks of a disk, so that a test can put a broken one in its place. Every call rejects with a
 * Fault; a write is whole or it failed.
 */
import fs from "node:fs";
import { toFault } from "./errno.ts";

export type Disk = {
  makeFolder(folder: string): Promise<void>;
  list(folder: string): Promise<readonly string[]>;
  /** Makes the names in a folder durable. */
  syncFolder(folder: string): Promise<void>;
  /** Opens for reading and writing; with `create` the file must not exist yet. */
  open(file: string, create: boolean): Promise<number>;
  sizeBytes(fd: number): Promise<number>;
  /** Fills `into` from `position` on; returns how many bytes there were. */
  read(fd: number, into: Buffer, position: number): Promise<number>;
  /** Writes all of them, one after the other, from `position` on. */
  write(fd: number, chunks: readonly Uint8Array[], position: number): Promise<void>;
  /** Resolves when what was written is on the medium (fdatasync). */
  sync(fd: number): Promise<void>;
  close(fd: number): Promise<void>;
  remove(file: string): Promise<void>;
};

type Done<T> = (error: Error | null, value: T) => void;

/** One call of node's callback interface as a promise: half the cost of fs/promises on the hot path. */
function call<T>(doing: string, run: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    run((error, value) => {
      if (error === null) resolve(value);
      else reject(toFault(error, doing));
    });
  });
}

export function realDisk(): Disk {
  return {
    async makeFolder(folder) {
      await call(`make the folder ${folder}`, (done: Done<string | undefined>) =>
        fs.mkdir(folder, { recursive: true }, done),
      );
    },
    list: (folder) =>
      call(`list ${folder}`, (done: Done<string[]>) =>
        fs.readdir(folder, (error, names) => done(error, names)),
      ),
    async syncFolder(folder) {
      const fd = await call(`open ${folder}`, (done: Done<number>) => fs.open(folder, "r", done));
      try {
        await call(`sync ${folder}`, (done: Done<void>) => fs.fsync(fd, (error) => done(error, undefined)));
      } finally {
        fs.closeSync(fd);
      }
    },
    open: (file, create) =>
      call(`open ${file}`, (done: Done<number>) => fs.open(file, create ? "wx+" : "r+", 0o600, done)),
    async sizeBytes(fd) {
      const stats = await call("look at a file", (done: Done<fs.Stats>) => fs.fstat(fd, done));
      return stats.size;
    },
    read: readFully,
    write: writeFully,
    sync: (fd) => call("sync", (done: Done<void>) => fs.fdatasync(fd, (error) => done(error, undefined))),
    close: (fd) =>
      call("close", (done: Done<void>) => fs.close(fd, (error) => done(error ?? null, undefined))),
    remove: (file) =>
      call(`remove ${file}`, (done: Done<void>) => fs.unlink(file, (error) => done(error, undefined))),
  };
}

async function readFully(fd: number, into: Buffer, position: number): Promise<number> {
  let at = 0;
  while (at < into.length) {
    const count = await call("read", (done: Done<number>) =>
      fs.read(fd, into, at, into.length - at, position + at, (error, bytes) => done(error, bytes)),
    );
    if (count === 0) break;
    at += count;
  }
  return at;
}

async function writeFully(fd: number, chunks: readonly Uint8Array[], position: number): Promise<void> {
  let total = 0;
  for (const chunk of chunks) total += chunk.length;
  let written = await call("write", (done: Done<number>) =>
    fs.writev(fd, chunks as Uint8Array[], position, (error, bytes) => done(error, bytes)),
  );
  if (written === total) return;
  // A short write is legal and rare, mostly the last one before the disk is full: the rest goes in one piece.
  const all = Buffer.concat(chunks as Uint8Array[]);
  while (written < total) {
    const from = written;
    written += await call("write", (done: Done<number>) =>
      fs.write(fd, all, from, total - from, position + from, (error, bytes) => done(error, bytes)),
    );
  }
}
