/** How many of something costly an account has going at once: live streams, searches. Others are not kept waiting by it. */

export type AccountCount = {
  /** False when the account has as many as it may. */
  begin(account: string): boolean;
  end(account: string): void;
};

export function createAccountCount(max: number): AccountCount {
  const counts = new Map<string, number>();
  return {
    begin(account) {
      const count = counts.get(account) ?? 0;
      if (count >= max) return false;
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
