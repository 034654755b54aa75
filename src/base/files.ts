/** The few things the house does with plain files outside its own formats: drop and pickup folders, certificates. */

export type WriteOptions = {
  /** Gets the permissions of this file; those the system gives when absent, or when it is not there. */
  readonly modeOf?: string | undefined;
};

export type Files = {
  /** The file is there whole or not at all, also after a crash. Throws Fault "diskFull", "readOnly", "permission" or "io". */
  writeAtomically(path: string, bytes: Uint8Array, options?: WriteOptions): Promise<void>;
  /** Undefined when there is no such file. */
  readFile(path: string): Promise<Uint8Array | undefined>;
  /** Names of the files in a folder, sorted; none when there is no such folder. */
  list(folder: string): Promise<string[]>;
  /** No error when it is gone already. */
  remove(path: string): Promise<void>;
  /** With every folder above it. */
  makeFolder(path: string): Promise<void>;
  /** Calls `onChange` soon after something changed in the folder; sometimes once too often, never too seldom. */
  watch(folder: string, onChange: () => void): { close(): void };
};

/** Bytes put aside for a while, each under a name of its own: nothing of it outlives the program. */
export type Scratch = {
  /** Not synced. Throws Fault "diskFull", "readOnly", "permission" or "io", and then nothing is kept. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Undefined when there is nothing of that name. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** No error when it is gone already. */
  remove(name: string): Promise<void>;
};
