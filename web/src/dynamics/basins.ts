// Which attractor the trajectory from each of many states settles at; what settles nowhere known has none.
import type { State } from "./field";
import type { Flow } from "./growth";
import { trajectory } from "./trajectory";

/** How near a settled state is to the attractor it came to: far below the distance of two rest points that differ. */
const AT = 1e-3;
/** Looser than for what is drawn: only the end matters. */
const TOLERANCE = 1e-4;

/** Returns the number of the attractor that a state comes to, or -1. */
export function outcomeOf(flow: Flow, start: State, attractors: number[][]): number {
  const path = trajectory(flow, start, { tolerance: TOLERANCE, spacing: Infinity, steps: 400 });
  if (path.end !== "settled") return -1;
  return attractorAt(path.states.subarray(path.states.length - flow.length), attractors);
}

/** Returns the number of the attractor at a state, or -1. */
export function attractorAt(state: State, attractors: number[][]): number {
  return attractors.findIndex((attractor) => attractor.every((share, k) => Math.abs(share - state[k]!) < AT));
}

/** Milliseconds of work between two frames. */
const SLICE = 6;

/**
 * Finds the outcomes of many starts a little at a time, so that frames go on in between.
 *
 * @returns what stops it
 */
export function outcomesOf(
  flow: Flow, starts: State[], attractors: number[][], done: (outcomes: Int8Array) => void,
): () => void {
  const outcomes = new Int8Array(starts.length);
  let at = 0;
  let waiting = setTimeout(work, 0);
  function work(): void {
    const begun = performance.now();
    while (at < starts.length && performance.now() - begun < SLICE) {
      outcomes[at] = outcomeOf(flow, starts[at]!, attractors);
      at += 1;
    }
    if (at < starts.length) waiting = setTimeout(work, 0);
    else done(outcomes);
  }
  return () => { clearTimeout(waiting); };
}
