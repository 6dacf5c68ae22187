// Shares of all starts along a lever: the twin of what packages/separatrix/src/separatrix/studio/simulation_tasks.py answers.

export interface SharesAlong {
  over: string;
  /** The positions as exact texts. */
  at: string[];
  outcomes: { id: string | null; name: string }[];
  /** Of each outcome at each position; null where there is no game. */
  shares: (number | null)[][];
  /** Bounds of the errors at each position, or half the widest 95 % interval. */
  errors: (number | null)[];
  /** Why there is no share: an assumption does not hold, or a code of the program. */
  missing: (string | null)[];
}

/** Positions that are even over the range and starts that are followed at each, as the task has them. */
export const POINTS = 41;
export const SAMPLES = 1024;

/**
 * Neighbouring positions that a line may join, as lists of their numbers: between them the set of stable states does
 * not change.  Where the changes are not known, none.
 */
export function joined(at: number[], shares: (number | null)[], changes: number[] | null): number[][] {
  const runs: number[][] = [];
  shares.forEach((share, k) => {
    if (share === null) return;
    const goesOn = k > 0 && shares[k - 1] !== null && changes !== null && changes.every((change) => change < at[k - 1]! || change > at[k]!);
    if (goesOn) runs.at(-1)!.push(k);
    else runs.push([k]);
  });
  return runs;
}

/** For how many positions there are no shares, by reason. */
export function gaps(missing: (string | null)[]): [string, number][] {
  const counted = new Map<string, number>();
  for (const why of missing) if (why !== null) counted.set(why, (counted.get(why) ?? 0) + 1);
  return [...counted];
}
