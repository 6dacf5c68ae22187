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

const BETWEEN = [
  -12715105075 / 11282082432, 0, 87487479700 / 32700410799, -10690763975 / 1880347072,
  701980252875 / 199316789632, -1453857185 / 822651844, 69997945 / 29380423,
];

/** The seven stages of a step, and the room that they need. */
export class Stages {
  /** Rates at the stages; the first are those at the beginning of a step, the last those at its end. */
  readonly rates: readonly [State, State, State, State, State, State, State];
  /** The state at the end of a step. */
  readonly next: State;
  /** How far off it may be. */
  readonly error: State;

  constructor(private readonly field: Field, length: number) {
    const room = () => new Float64Array(length);
    this.rates = [room(), room(), room(), room(), room(), room(), room()];
    this.next = room();
    this.error = room();
  }

  /** Makes a step of length `h` from `y`, at which the first rates are known.  The field is evaluated at `next` last. */
  step(y: State, h: number): void {
    const { field, next, error } = this;
    const [a, b, c, d, e, f, g] = this.rates;
    const n = y.length;
    for (let j = 0; j < n; j++) next[j] = y[j]! + h * (1 / 5) * a[j]!;
    field(next, b);
    for (let j = 0; j < n; j++) next[j] = y[j]! + h * ((3 / 40) * a[j]! + (9 / 40) * b[j]!);
    field(next, c);
    for (let j = 0; j < n; j++) next[j] = y[j]! + h * ((44 / 45) * a[j]! - (56 / 15) * b[j]! + (32 / 9) * c[j]!);
    field(next, d);
    for (let j = 0; j < n; j++) {
      next[j] = y[j]! + h * ((19372 / 6561) * a[j]! - (25360 / 2187) * b[j]! + (64448 / 6561) * c[j]! - (212 / 729) * d[j]!);
    }
    field(next, e);
    for (let j = 0; j < n; j++) {
      next[j] = y[j]! + h * ((9017 / 3168) * a[j]! - (355 / 33) * b[j]! + (46732 / 5247) * c[j]! + (49 / 176) * d[j]!
        - (5103 / 18656) * e[j]!);
    }
    field(next, f);
    for (let j = 0; j < n; j++) {
      next[j] = y[j]! + h * ((35 / 384) * a[j]! + (500 / 1113) * c[j]! + (125 / 192) * d[j]! - (2187 / 6784) * e[j]!
        + (11 / 84) * f[j]!);
    }
    field(next, g);
    for (let j = 0; j < n; j++) {
      error[j] = h * ((71 / 57600) * a[j]! - (71 / 16695) * c[j]! + (71 / 1920) * d[j]! - (17253 / 339200) * e[j]!
        + (22 / 525) * f[j]! - (1 / 40) * g[j]!);
    }
  }

  /** Takes the end of the step as the beginning of the next one. */
  accept(y: State): void {
    y.set(this.next);
    this.rates[0].set(this.rates[6]);
  }
}

/** By what the next step is longer, or the same one shorter, at an error as a part of what is allowed. */
export function factorOf(error: number): number {
  if (error > 1) return Math.max(0.2, 0.9 * error ** -0.2);
  return Math.min(5, 0.9 * Math.max(error, 1e-10) ** -0.2);
}

/**
 * Solves y' = f(y) over a span of time.  The error of a step is at most `tolerance` · (1 + |y|) in each part of
 * y.  Parts that are infinite stay so.  It ends after `most` steps, or where `enough` says so after one.
 */
export function dormandPrince(
  field: Field, start: State, span: number, tolerance: number, most: number,
  enough?: (time: number, y: State) => boolean,
): Solution {
  const n = start.length;
  const stages = new Stages(field, n);
  const y: State = Float64Array.from(start);
  const times = [0];
  const pieces: State[] = [];
  field(y, stages.rates[0]);
  let t = 0;
  let h = firstStep(y, stages.rates[0], span, tolerance);
  let whole = span <= 0 || (enough?.(0, y) ?? false);
  for (let tries = 0; !whole && tries < most; tries++) {
    const last = t + h >= span * (1 - 1e-14);
    if (last) h = span - t;
    stages.step(y, h);
    let error = 0;
    for (let j = 0; j < n; j++) {
      const size = Math.max(Math.abs(y[j]!), Math.abs(stages.next[j]!));
      if (size < Infinity) error = Math.max(error, Math.abs(stages.error[j]!) / (tolerance * (1 + size)));
    }
    if (!(error <= 1)) {
      h *= Number.isFinite(error) ? factorOf(error) : 0.1;
      if (t + h === t) break;
      continue;
    }
    pieces.push(piece(y, stages, h, new Float64Array(5 * n)));
    stages.accept(y);
    t = last ? span : t + h;
    times.push(t);
    whole = last || (enough?.(t, y) ?? false);
    h *= factorOf(error);
  }
  const ended = y;
  return {
    end: t,
    times,
    whole,
    at: (time, out) => {
      if (!pieces.length || time >= t) return void out.set(ended);
      const s = placeOf(times, time);
      within(pieces[s]!, Math.max(0, (time - times[s]!) / (times[s + 1]! - times[s]!)), out);
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

/** Writes what tells the solution within a step: five numbers for each part of the state. */
export function piece(y: State, { rates, next }: Stages, h: number, r: Float64Array): Float64Array {
  const n = y.length;
  for (let j = 0; j < n; j++) {
    let between = 0;
    for (let i = 0; i < 7; i++) between += BETWEEN[i]! * rates[i]![j]!;
    const move = next[j]! - y[j]!;
    const begins = h * rates[0][j]! - move;
    r[j] = y[j]!;
    r[n + j] = move;
    r[2 * n + j] = begins;
    r[3 * n + j] = move - h * rates[6][j]! - begins;
    r[4 * n + j] = h * between;
  }
  return r;
}

/** Writes the solution at a part of a step. */
export function within(r: Float64Array, part: number, out: State): void {
  const n = out.length;
  for (let j = 0; j < n; j++) {
    const bent = r[3 * n + j]! + (1 - part) * r[4 * n + j]!;
    out[j] = r[j]! + part * (r[n + j]! + (1 - part) * (r[2 * n + j]! + part * bent));
  }
}

function firstStep(y: State, rate: State, span: number, tolerance: number): number {
  let fastest = 0;
  for (let j = 0; j < y.length; j++) {
    if (Number.isFinite(y[j])) fastest = Math.max(fastest, Math.abs(rate[j]!) / (1 + Math.abs(y[j]!)));
  }
  return fastest > 0 ? Math.min(span, tolerance ** 0.2 / fastest) : span;
}
