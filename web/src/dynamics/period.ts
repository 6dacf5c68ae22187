// The period of a closed orbit, from one turn with a small tolerance.
import type { State } from "./field";
import type { Flow } from "./growth";
import { hasClosedOrbits, planarOf } from "./planar";
import { trajectory } from "./trajectory";

const TOLERANCE = 1e-11;
const STEPS = 20_000;
/** In logarithms of shares: what comes as near to its start is told to return. */
const CLOSED = 1e-7;

export interface Period {
  time: number;
  /** How far from its start it is after that time, in logarithms of shares. */
  gap: number;
  /** Whether it is proven to be closed: a conserved quantity has closed levels. */
  proven: boolean;
}

/** Returns the period of the orbit through a state, or null where it does not return to it. */
export function periodOf(flow: Flow, start: State): Period | null {
  const turn = trajectory(flow, start, { tolerance: TOLERANCE, steps: STEPS, spacing: Infinity });
  if (turn.end !== "returned" || turn.gap > CLOSED) return null;
  const planar = planarOf(flow);
  const inside = start.every((share) => share > 0 && share < 1);
  return { time: turn.times.at(-1)!, gap: turn.gap, proven: inside && planar !== null && hasClosedOrbits(planar) };
}
