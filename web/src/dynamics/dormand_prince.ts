// The method of orders 5 and 4 by Dormand and Prince (1980) with steps of its own choice, and the solution
// between them (Hairer, Nørsett and Wanner 1993, Solving Ordinary Differential Equations I, II.5 and II.6).
import type { Field, State } from "./field";

/** A solution from time 0 on, known at every time. */
export interface Solution {
  /** When it ends. */
  end: number;
  /** Writes the state at a time. */
  at: (time: number, out: State) => void;
  /** The times of its steps, 0 and the end among them. */
  times: number[];
  /** Whether it came to its end; else steps ran out, or became too short. */
  whole: boolean;
}

const NODES = [
  [],
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
];
const ERROR = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40];
const BETWEEN = [
  -12715105075 / 11282082432, 0, 87487479700 / 32700410799, -10690763975 / 1880347072,
  701980252875 / 199316789632, -1453857185 / 822651844, 69997945 / 29380423,
];

/**
 * Solves y' = f(y) over a span of time.  The error of a step is at most `tolerance` · (1 + |y|) in each part of
 * y.  Parts that are infinite stay so.  It ends after `most` steps, or where `enough` says so after one.
 */
export function dormandPrince(
  field: Field, start: State, span: number, tolerance: number, most: number,
  enough?: (time: number, y: State) => boolean,
): Solution {
  const n = start.length;
  const k = Array.from({ length: 7 }, () => new Float64Array(n));
  let y: State = Float64Array.from(start);
  const times = [0];
  const pieces: State[] = [];
  const stage = new Float64Array(n);
  field(y, k[0]!);
  let t = 0;
  let h = firstStep(y, k[0]!, span, tolerance);
  let whole = span <= 0 || (enough?.(0, y) ?? false);
  for (let tries = 0; !whole && tries < most; tries++) {
    const last = t + h >= span * (1 - 1e-14);
    if (last) h = span - t;
    for (let s = 1; s < 7; s++) {
      const row = NODES[s]!;
      for (let j = 0; j < n; j++) {
        let move = 0;
        for (let i = 0; i < s; i++) move += row[i]! * k[i]![j]!;
        stage[j] = y[j]! + h * move;
      }
      field(stage, k[s]!);
    }
    let error = 0;
    for (let j = 0; j < n; j++) {
      let off = 0;
      for (let i = 0; i < 7; i++) off += ERROR[i]! * k[i]![j]!;
      const size = Math.max(Math.abs(y[j]!), Math.abs(stage[j]!));
      if (size < Infinity) error = Math.max(error, Math.abs(h * off) / (tolerance * (1 + size)));
    }
    if (!(error <= 1)) {
      h *= Number.isFinite(error) ? Math.max(0.2, 0.9 * error ** -0.2) : 0.1;
      if (t + h === t) break;
      continue;
    }
    pieces.push(piece(y, k, h));
    y = Float64Array.from(stage);
    t = last ? span : t + h;
    times.push(t);
    k[0]!.set(k[6]!);
    whole = last || (enough?.(t, y) ?? false);
    h *= Math.min(5, 0.9 * Math.max(error, 1e-10) ** -0.2);
  }
  const ended = y;
  return {
    end: t,
    times,
    whole,
    at: (time, out) => {
      if (!pieces.length || time >= t) return void out.set(ended);
      const s = placeOf(times, time);
      const r = pieces[s]!;
      const part = Math.max(0, (time - times[s]!) / (times[s + 1]! - times[s]!));
      for (let j = 0; j < n; j++) {
        const bent = r[3 * n + j]! + (1 - part) * r[4 * n + j]!;
        out[j] = r[j]! + part * (r[n + j]! + (1 - part) * (r[2 * n + j]! + part * bent));
      }
    },
  };
}

/** Returns the last of rising times that is not after `time`, but never the last of all. */
export function placeOf(times: ArrayLike<number>, time: number): number {
  let [low, high] = [0, times.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= time) low = middle;
    else high = middle;
  }
  return low;
}

/** Returns what tells the solution within a step: five numbers for each part of the state. */
function piece(y: State, k: State[], h: number): State {
  const n = y.length;
  const r = new Float64Array(5 * n);
  const weights = NODES[6]!;
  for (let j = 0; j < n; j++) {
    let [move, between] = [0, 0];
    for (let i = 0; i < 6; i++) move += weights[i]! * k[i]![j]!;
    for (let i = 0; i < 7; i++) between += BETWEEN[i]! * k[i]![j]!;
    const begins = h * k[0]![j]! - h * move;
    r[j] = y[j]!;
    r[n + j] = h * move;
    r[2 * n + j] = begins;
    r[3 * n + j] = h * move - h * k[6]![j]! - begins;
    r[4 * n + j] = h * between;
  }
  return r;
}

function firstStep(y: State, rate: State, span: number, tolerance: number): number {
  let fastest = 0;
  for (let j = 0; j < y.length; j++) {
    if (Number.isFinite(y[j])) fastest = Math.max(fastest, Math.abs(rate[j]!) / (1 + Math.abs(y[j]!)));
  }
  return fastest > 0 ? Math.min(span, tolerance ** 0.2 / fastest) : span;
}
