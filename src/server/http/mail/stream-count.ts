/** How many live streams an account has open: each costs a listener and a socket. */

/** Limit: a person's tabs and devices; more is a loop in some program. */
const STREAMS_MAX = 30;

export type StreamCount = {
  /** False when the account has as many as it may. */
  begin(account: string): boolean;
  end(account: string): void;
};

export function createStreamCount(): StreamCount {
  const counts = new Map<string, number>();
  return {
    begin(account) {
      const count = counts.get(account) ?? 0;
      if (count >= STREAMS_MAX) return false;
      counts.set(account, count + 1);
      return true;
    },
    end(account) {
      const count = (counts.get(account) ?? 1) - 1;
      if (count <= 0) counts.delete(account);
      else counts.set(account, count);
    },
  };
}
