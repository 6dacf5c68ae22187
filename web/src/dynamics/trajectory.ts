// Trajectories of the replicator in logarithms of the shares, with steps as long as the tolerance allows, until
// they settle, close or run out of time.
// Dormand, J. R. and Prince, P. J. (1980), A family of embedded Runge-Kutta formulae, Journal of Computational
// and Applied Mathematics 6, 19-26.
import type { State } from "./field";
import type { Flow } from "./growth";

/** How a trajectory ends: at rest, back at its start, or out of time or steps. */
export type End = "settled" | "returned" | "unfinished";

export interface Trajectory {
  /** From 0 on; also where it runs back in time. */
  times: Float64Array;
  /** One state after the other. */
  states: Float64Array;
  end: End;
  /** Where it returned: how far from its start in logarithms of shares. */
  gap: number;
}

export interface Options {
  backward?: boolean;
  /** The last date; by default as long as it takes. */
  until?: number;
  /** Of the logarithms, a step. */
  tolerance?: number;
  /** The most steps. */
  steps?: number;
  /** How far a share moves between two states that are kept; a smooth curve needs no more. */
  spacing?: number;
}

const TOLERANCE = 1e-6;
const STEPS = 500;
const SPACING = 0.02;
/** Of the largest rate, where no share that is left grows. */
const AT_REST = 1e-7;
/** In logarithms of shares: nearer to its start a trajectory has come back. */
export const RETURNED = 1e-3;

/** A state's logarithms: log-odds where there are two strategies; shares that are 0 or 1 stay so. */
export class Logarithms {
  readonly values: Float64Array;
  private readonly moving: boolean[];

  constructor(private readonly flow: Flow, private readonly start: State) {
    this.values = new Float64Array(flow.length);
    this.moving = Array.from(start, (share) => share > 0 && share < 1);
    flow.sizes.forEach((size, i) => {
      for (let k = flow.offsets[i]!; k < flow.offsets[i]! + (size === 2 ? 1 : size); k++) {
        if (!this.moving[k]) continue;
        const share = start[k]!;
        this.values[k] = size === 2 ? Math.log(share) - Math.log1p(-share) : Math.log(share);
      }
    });
  }

  /** Writes the shares that logarithms stand for. */
  shares(logarithms: Float64Array, out: State): void {
    const { sizes, offsets } = this.flow;
    for (let i = 0; i < sizes.length; i++) {
      const at = offsets[i]!;
      const size = sizes[i]!;
      if (size === 2) {
        out[at] = this.moving[at] ? 1 / (1 + Math.exp(-logarithms[at]!)) : this.start[at]!;
        continue;
      }
      let most = -Infinity;
      for (let a = at; a < at + size; a++) if (this.moving[a] && logarithms[a]! > most) most = logarithms[a]!;
      let total = 0;
      for (let a = at; a < at + size; a++) {
        out[a] = this.moving[a] ? Math.exp(logarithms[a]! - most) : most === -Infinity ? this.start[a]! : 0;
        total += out[a]!;
      }
      for (let a = at; a < at + size; a++) out[a] = out[a]! / total;
    }
  }

  /** Writes how fast the logarithms change in a state; `direction` is -1 back in time. */
  rates(state: State, direction: number, out: Float64Array): void {
    const { sizes, offsets } = this.flow;
    this.flow.growth(state, out);
    for (let i = 0; i < sizes.length; i++) {
      const at = offsets[i]!;
      const size = sizes[i]!;
      if (size === 2) {
        out[at] = this.moving[at] ? direction * out[at]! : 0;
        continue;
      }
      let average = 0;
      for (let a = at; a < at + size; a++) if (state[a]! > 0) average += state[a]! * out[a]!;
      for (let a = at; a < at + size; a++) out[a] = this.moving[a] ? direction * (out[a]! - average) : 0;
    }
  }

  /** Tells whether nothing moves any more: no share changes, and none that is left grows. */
  atRest(state: State, rates: Float64Array): boolean {
    const { sizes, offsets, scale } = this.flow;
    for (let i = 0; i < sizes.length; i++) {
      const at = offsets[i]!;
      const two = sizes[i] === 2;
      for (let k = at; k < at + (two ? 1 : sizes[i]!); k++) {
        const share = state[k]!;
        const rate = rates[k]!;
        if (Math.abs(rate) * share * (two ? 1 - share : 1) > AT_REST * scale) return false;
        // A share of almost 0 that grows is on its way out of a corner, however slowly it moves there.
        const rare = two ? Math.min(share, 1 - share) : share;
        const outward = two && share > 0.5 ? -rate : rate;
        if (rare < AWAY && outward > 0 && this.moving[k]) return false;
      }
    }
    return true;
  }
}

/** A share below it is about to leave or to arrive. */
const AWAY = 1e-3;

/** Follows a trajectory from a state. */
export function trajectory(flow: Flow, start: State, options: Options = {}): Trajectory {
  const n = flow.length;
  const direction = options.backward ? -1 : 1;
  const until = options.until ?? Infinity;
  const tolerance = options.tolerance ?? TOLERANCE;
  const most = options.steps ?? STEPS;
  const spacing = options.spacing ?? SPACING;
  const logarithms = new Logarithms(flow, start);
  const kept = new Kept(n);
  const state = Float64Array.from(start);
  kept.keep(0, state);
  const [now, next, at, inner] = [0, 0, 0, 0].map(() => new Float64Array(n)) as
    [Float64Array, Float64Array, Float64Array, Float64Array];
  const [k1, k2, k3, k4, k5, k6, k7] = [0, 0, 0, 0, 0, 0, 0].map(() => new Float64Array(n)) as
    [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  const before = Float64Array.from(state);
  now.set(logarithms.values);
  logarithms.rates(state, direction, k1);
  const section = new Section(now, k1);
  if (flow.scale === 0 || logarithms.atRest(state, k1)) return kept.trajectory("settled");
  let time = 0;
  let step = Math.min(0.1 / flow.scale, until);
  for (let s = 0; s < most; s++) {
    if (time + step > until) step = until - time;
    const worst = advance(step);
    const ratio = worst / tolerance;
    if (!Number.isFinite(ratio)) return kept.trajectory("unfinished");
    if (ratio > 1) {
      step *= Math.max(0.2, 0.9 * ratio ** -0.2);
      continue;
    }
    const back = section.crossing(now, next, k1, k7, step);
    if (back !== null) {
      hermite(now, next, k1, k7, step, back, at);
      if (section.distance(at) < RETURNED) {
        // The cubic only found the crossing; steps that end on the plane are as exact as all others.
        let size = back * step;
        for (let k = 0; k < 4; k++) {
          advance(size);
          size -= section.side(next) / section.speed(k7);
        }
        step = size;
        advance(size);
        between();
        kept.keep(time + size, state);
        return kept.trajectory("returned", section.distance(next));
      }
    }
    between();
    time += step;
    kept.keep(time, state);
    if (logarithms.atRest(state, k7)) return kept.trajectory("settled");
    if (time >= until) break;
    before.set(state);
    now.set(next);
    k1.set(k7);
    step *= Math.min(5, 0.9 * Math.max(ratio, 1e-10) ** -0.2);
  }
  return kept.trajectory("unfinished");

  /** Writes the stages of a step of some size and the state after it; returns how far off it may be. */
  function advance(size: number): number {
    const h = size;
    for (let j = 0; j < n; j++) next[j] = now[j]! + h * (1 / 5) * k1[j]!;
    stage(k2);
    for (let j = 0; j < n; j++) next[j] = now[j]! + h * ((3 / 40) * k1[j]! + (9 / 40) * k2[j]!);
    stage(k3);
    for (let j = 0; j < n; j++) next[j] = now[j]! + h * ((44 / 45) * k1[j]! - (56 / 15) * k2[j]! + (32 / 9) * k3[j]!);
    stage(k4);
    for (let j = 0; j < n; j++) {
      next[j] = now[j]! + h * ((19372 / 6561) * k1[j]! - (25360 / 2187) * k2[j]! + (64448 / 6561) * k3[j]! - (212 / 729) * k4[j]!);
    }
    stage(k5);
    for (let j = 0; j < n; j++) {
      next[j] = now[j]! + h * ((9017 / 3168) * k1[j]! - (355 / 33) * k2[j]! + (46732 / 5247) * k3[j]! + (49 / 176) * k4[j]!
        - (5103 / 18656) * k5[j]!);
    }
    stage(k6);
    for (let j = 0; j < n; j++) {
      next[j] = now[j]! + h * ((35 / 384) * k1[j]! + (500 / 1113) * k3[j]! + (125 / 192) * k4[j]! - (2187 / 6784) * k5[j]!
        + (11 / 84) * k6[j]!);
    }
    stage(k7);
    let worst = 0;
    for (let j = 0; j < n; j++) {
      const off = (71 / 57600) * k1[j]! - (71 / 16695) * k3[j]! + (71 / 1920) * k4[j]! - (17253 / 339200) * k5[j]!
        + (22 / 525) * k6[j]! - (1 / 40) * k7[j]!;
      worst = Math.max(worst, Math.abs(h * off));
    }
    return worst;
  }

  /** Writes the slopes of a stage at `next`. */
  function stage(slopes: Float64Array): void {
    logarithms.shares(next, state);
    logarithms.rates(state, direction, slopes);
  }

  /** Keeps states within this step, as close as the spacing asks. */
  function between(): void {
    let farthest = 0;
    for (let j = 0; j < n; j++) farthest = Math.max(farthest, Math.abs(state[j]! - before[j]!));
    const parts = Math.ceil(farthest / spacing);
    for (let k = 1; k < parts; k++) {
      hermite(now, next, k1, k7, step, k / parts, at);
      logarithms.shares(at, inner);
      kept.keep(time + (k / parts) * step, inner);
    }
  }
}

/** Writes the cubic that has both values and both slopes of a step, at a part of it. */
function hermite(
  from: Float64Array, to: Float64Array, rateFrom: Float64Array, rateTo: Float64Array,
  step: number, part: number, out: Float64Array,
): void {
  const rest = 1 - part;
  for (let j = 0; j < out.length; j++) {
    const rise = to[j]! - from[j]!;
    out[j] = rest * from[j]! + part * to[j]!
      + part * rest * ((rest - part) * rise + rest * step * rateFrom[j]! - part * step * rateTo[j]!);
  }
}

/** The plane through the start across the trajectory: a closed orbit comes back to it at the start. */
class Section {
  private readonly origin: Float64Array;
  private readonly normal: Float64Array;

  constructor(origin: Float64Array, normal: Float64Array) {
    this.origin = Float64Array.from(origin);
    this.normal = Float64Array.from(normal);
  }

  side(at: Float64Array): number {
    let total = 0;
    for (let j = 0; j < at.length; j++) total += this.normal[j]! * (at[j]! - this.origin[j]!);
    return total;
  }

  /** How fast it goes through the plane at these rates. */
  speed(rates: Float64Array): number {
    let total = 0;
    for (let j = 0; j < rates.length; j++) total += this.normal[j]! * rates[j]!;
    return total;
  }

  distance(at: Float64Array): number {
    let most = 0;
    for (let j = 0; j < at.length; j++) most = Math.max(most, Math.abs(at[j]! - this.origin[j]!));
    return most;
  }

  /** Returns the part of a step after which it comes through the plane from behind, or null. */
  crossing(
    from: Float64Array, to: Float64Array, rateFrom: Float64Array, rateTo: Float64Array, step: number,
  ): number | null {
    if (!(this.side(from) < 0 && this.side(to) >= 0)) return null;
    const at = new Float64Array(from.length);
    let [low, high] = [0, 1];
    for (let k = 0; k < 50; k++) {
      const middle = (low + high) / 2;
      hermite(from, to, rateFrom, rateTo, step, middle, at);
      if (this.side(at) < 0) low = middle;
      else high = middle;
    }
    return high;
  }
}

/** The states of a trajectory while it grows. */
class Kept {
  private times = new Float64Array(64);
  private states: Float64Array;
  private count = 0;

  constructor(private readonly length: number) {
    this.states = new Float64Array(64 * length);
  }

  keep(time: number, state: State): void {
    if (this.count === this.times.length) {
      const [times, states] = [this.times, this.states];
      this.times = new Float64Array(2 * times.length);
      this.states = new Float64Array(2 * states.length);
      this.times.set(times);
      this.states.set(states);
    }
    this.times[this.count] = time;
    this.states.set(state, this.count * this.length);
    this.count += 1;
  }

  trajectory(end: End, gap = NaN): Trajectory {
    return { times: this.times.slice(0, this.count), states: this.states.slice(0, this.count * this.length), end, gap };
  }
}
