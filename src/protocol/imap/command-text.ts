/** One whole command as it came, its end found and nothing else: what the splitter hands to the parser. */

export type Literal = {
  readonly bytes: Uint8Array;
  /** literal8 (RFC 3516): NUL is allowed. */ readonly binary: boolean;
};

export type CommandText = {
  /** One character for each octet, without the last CRLF. Each NUL stands for the next of `literals`. */
  readonly text: string;
  readonly literals: readonly Literal[];
};

export const LITERAL_MARK = "\0";
