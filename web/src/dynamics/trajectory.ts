// Trajectories of the replicator in logarithms of the shares, with steps as long as the tolerance allows, until
// they settle, close or run out of time.
import { factorOf, piece, Stages, within } from "./dormand_prince";
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
const RETURNED = 1e-3;

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

  /** Tells whether nothing moves any more: no share changes by more than a part of the largest rate, and none that is left grows. */
  atRest(state: State, rates: Float64Array, part = AT_REST): boolean {
    const { sizes, offsets, scale } = this.flow;
    for (let i = 0; i < sizes.length; i++) {
      const at = offsets[i]!;
      const two = sizes[i] === 2;
      for (let k = at; k < at + (two ? 1 : sizes[i]!); k++) {
        const share = state[k]!;
        const rate = rates[k]!;
        if (Math.abs(rate) * share * (two ? 1 - share : 1) > part * scale) return false;
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
  const [now, at, inner] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  // The state is always that of the last stage: after a step, that of its end.
  const stages = new Stages((at, out) => {
    logarithms.shares(at, state);
    logarithms.rates(state, direction, out);
  }, n);
  const next = stages.next;
  const [first, last] = [stages.rates[0], stages.rates[6]];
  const curve = new Float64Array(5 * n);
  const before = Float64Array.from(state);
  now.set(logarithms.values);
  logarithms.rates(state, direction, first);
  const section = new Section(now, first);
  if (flow.scale === 0 || logarithms.atRest(state, first)) return kept.trajectory("settled");
  let time = 0;
  let step = Math.min(0.1 / flow.scale, until);
  for (let s = 0; s < most; s++) {
    if (time + step > until) step = until - time;
    const worst = advance(step);
    const ratio = worst / tolerance;
    if (!Number.isFinite(ratio)) {
      // Payoffs that have no value so far away: a shorter step may stay where they have.
      step *= 0.1;
      if (time + step === time) break;
      continue;
    }
    if (ratio > 1) {
      step *= factorOf(ratio);
      continue;
    }
    if (section.side(now) < 0 && section.side(next) >= 0) {
      const back = section.crossing(piece(now, stages, step, curve), at);
      if (section.distance(at) < RETURNED) {
        // Steps that end on the plane are as exact as all others.
        let size = back * step;
        for (let k = 0; k < 4; k++) {
          advance(size);
          size -= section.side(next) / section.speed(last);
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
    if (logarithms.atRest(state, last)) return kept.trajectory("settled");
    if (time >= until) break;
    before.set(state);
    stages.accept(now);
    step *= factorOf(ratio);
  }
  return kept.trajectory("unfinished");

  /** Makes a step of some size; returns how far off it may be. */
  function advance(size: number): number {
    stages.step(now, size);
    let worst = 0;
    for (let j = 0; j < n; j++) worst = Math.max(worst, Math.abs(stages.error[j]!));
    return worst;
  }

  /** Keeps states within this step, as close as the spacing asks. */
  function between(): void {
    let farthest = 0;
    for (let j = 0; j < n; j++) farthest = Math.max(farthest, Math.abs(state[j]! - before[j]!));
    const parts = Math.ceil(farthest / spacing);
    if (parts > 1) piece(now, stages, step, curve);
    for (let k = 1; k < parts; k++) {
      within(curve, k / parts, at);
      logarithms.shares(at, inner);
      kept.keep(time + (k / parts) * step, inner);
    }
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

  /** Returns the part of a step after which it comes through the plane, and writes where. */
  crossing(curve: Float64Array, at: Float64Array): number {
    let [low, high] = [0, 1];
    for (let k = 0; k < 50; k++) {
      const middle = (low + high) / 2;
      within(curve, middle, at);
      if (this.side(at) < 0) low = middle;
      else high = middle;
    }
    return high;
  }
}

/** The states of a trajectory while it grows, in room that all trajectories use one after the other. */
class Kept {
  private static times = new Float64Array(1024);
  private static states = new Float64Array(4096);
  private count = 0;

  constructor(private readonly length: number) {}

  keep(time: number, state: State): void {
    const end = (this.count + 1) * this.length;
    if (this.count === Kept.times.length) Kept.times = doubled(Kept.times);
    while (end > Kept.states.length) Kept.states = doubled(Kept.states);
    Kept.times[this.count] = time;
    for (let k = 0; k < this.length; k++) Kept.states[end - this.length + k] = state[k]!;
    this.count += 1;
  }

  trajectory(end: End, gap = NaN): Trajectory {
    return { times: Kept.times.slice(0, this.count), states: Kept.states.slice(0, this.count * this.length), end, gap };
  }
}

function doubled(room: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * room.length);
  larger.set(room);
  return larger;
}
