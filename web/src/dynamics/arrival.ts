// Where a trajectory settles, and when it has come near: told only where it has come to a rest point whose label
// says that it attracts.
import type { Label } from "../analysis/verdict";
import type { State } from "./field";
import type { Flow } from "./growth";
import { Logarithms } from "./trajectory";
import { follow, withoutAccounts, type Path, type Supported } from "./supported_path";

/** A rest point as far as this needs it; those of the labels are such. */
export interface LabelledState { id: string; state: number[]; label: Label | null }

/**
 * `stays`: the start is a pure profile, and a strategy that no one plays is not imitated.  `face`: the rest point attracts
 * what comes along the face that the start is on, whatever its label.  `rest`: it is at rest from the beginning, at a rest
 * point that does not attract or on a continuum, or comes to rest on one.  `divided`: it passes so near a rest point on
 * a separatrix that the slightest change of the start leads elsewhere.
 */
export type Outcome =
  | { kind: "settles" | "face"; id: string; label: Label; arrives: number }
  | { kind: "stays"; id: string; label: Label | null }
  | { kind: "rest"; from: "start" | "end"; point: string | null; state: number[] }
  | { kind: "unlabelled"; id: string }
  | { kind: "divided"; beside: string }
  | { kind: "open"; until: number };

/** The distance in shares at which a trajectory has arrived, as in the program's other answers. */
const ARRIVED = 0.01;
/** The distance at which it has settled. Larger: a small basin beside another one is taken for the whole. */
const SETTLED = 1e-6;
/** The distance within which no other rest point may lie. Smaller: rounding decides between two. */
const BESIDE = 1e-4;
/** The loss, over the fastest growth, that is told from none. Smaller: rounding decides. */
const CLEAR = 1e-9;

/** Whether a trajectory need not be followed further at a state. */
export function settledAmong(points: LabelledState[]): (state: State) => boolean {
  const goals = points.filter((p) => p.label === null || p.label === "asymptotically stable");
  return (state) => goals.some((p) => apart(state, p.state) <= SETTLED);
}

/** Tells where a path settles. */
export function outcomeOf(path: Path, points: LabelledState[]): Outcome {
  const { flow, start } = path;
  const at = points.find((p) => apart(start, p.state) === 0);
  if (at && start.every((share) => share === 0 || share === 1)) return { kind: "stays", id: at.id, label: at.label };
  const state = new Float64Array(flow.length);
  if (path.still) state.set(path.start);
  else path.at(path.end, state);
  const around = points.filter((p) => apart(state, p.state) <= BESIDE);
  const [near] = around;
  // Beside a bifurcation another rest point lies so near that the end of the path does not tell which it is.
  const open: Outcome = { kind: "open", until: path.end };
  if (!path.released) return open;
  const hit = near && around.length === 1 && apart(state, near.state) <= SETTLED ? near : null;
  if (path.still && hit?.label !== "asymptotically stable") {
    return { kind: "rest", from: "start", point: hit?.id ?? null, state: path.start };
  }
  // Away from every rest point it can be at rest on a continuum alone.
  if (!near && restsIn(path, state)) return { kind: "rest", from: "end", point: null, state: Array.from(state) };
  if (!near || !hit) return open;
  if (near.label === null) return { kind: "unlabelled", id: near.id };
  if (near.label === "asymptotically stable") {
    return { kind: "settles", id: near.id, label: near.label, arrives: arrivalOf(path, near.state) };
  }
  if (attractsOnFace(flow, start, near.state)) {
    return { kind: "face", id: near.id, label: near.label, arrives: arrivalOf(path, near.state) };
  }
  return { kind: "open", until: path.end };
}

function restsIn({ flow, start }: Path, state: State): boolean {
  const logarithms = new Logarithms(flow, Float64Array.from(start));
  const rates = new Float64Array(flow.length);
  logarithms.rates(state, 1, rates);
  return logarithms.atRest(state, rates, CLEAR);
}

/** The distance from which on it is asked whether a passed rest point divides: steps have errors of a billionth. */
const PASSED = 0.02;
/** The part of the odds by which a start is changed to see that; more than those errors add up to. */
const SLIGHT = 1e-7;

/** Follows a start and tells where it settles, unless starts beside it settle elsewhere. */
export function outcomeFrom(of: Supported, start: ArrayLike<number>, points: LabelledState[]): { path: Path; outcome: Outcome } {
  const enough = settledAmong(points);
  const path = follow(of, start, enough);
  const outcome = outcomeOf(path, points);
  if (outcome.kind !== "settles") return { path, outcome };
  const passed = passedBy(path, points);
  if (!passed) return { path, outcome };
  const free = withoutAccounts(of);
  const same = startsBeside(path).every((other) => {
    const there = outcomeOf(follow(free, other, enough), points);
    return there.kind === "settles" && there.id === outcome.id;
  });
  return { path, outcome: same ? outcome : { kind: "divided", beside: passed.id } };
}

/** The first mixed rest point that does not attract and that a path comes near; near a pure one nothing is lost by rounding. */
function passedBy(path: Path, points: LabelledState[]): LabelledState | undefined {
  const dividing = points.filter((p) => p.label !== "asymptotically stable" && p.state.some((share) => share > 0 && share < 1));
  if (dividing.length === 0) return undefined;
  const state = new Float64Array(path.flow.length);
  for (const time of path.times) {
    path.at(time, state);
    const near = dividing.find((p) => apart(state, p.state) < PASSED);
    if (near) return near;
  }
  return undefined;
}

/** Starts on the same face with slightly other odds of one strategy. */
function startsBeside({ flow, start }: Path): Float64Array[] {
  const found: Float64Array[] = [];
  flow.sizes.forEach((size, i) => {
    const at = flow.offsets[i]!;
    for (let a = at; a < at + (size === 2 ? 1 : size); a++) {
      if (!(start[a]! > 0 && start[a]! < 1)) continue;
      for (const change of [1 + SLIGHT, 1 - SLIGHT]) {
        const other = Float64Array.from(start);
        other[a] = start[a]! * change;
        const whole = size === 2 ? other[a]! + 1 - start[a]! : other.subarray(at, at + size).reduce((sum, x) => sum + x, 0);
        for (let b = at; b < at + (size === 2 ? 1 : size); b++) other[b]! /= whole;
        found.push(other);
      }
    }
  });
  return found;
}

/** Whether a pure profile attracts along the face that a start is on: each other strategy there earns less. */
function attractsOnFace(flow: Flow, start: ArrayLike<number>, goal: number[]): boolean {
  if (!goal.every((share) => share === 0 || share === 1) ) return false;
  const growth = new Float64Array(flow.length);
  flow.growth(Float64Array.from(goal), growth);
  const clear = CLEAR * flow.scale;
  return flow.sizes.every((size, i) => {
    const at = flow.offsets[i]!;
    if (size === 2) {
      const played = start[at]! > 0 && start[at]! < 1;
      return !played || (goal[at] === 1 ? growth[at]! > clear : growth[at]! < -clear);
    }
    const pure = goal.indexOf(1, at);
    for (let a = at; a < at + size; a++) {
      if (a !== pure && start[a]! > 0 && !(growth[a]! - growth[pure]! < -clear)) return false;
    }
    return true;
  });
}

/** Returns since when a path has been within `ARRIVED` of a state in every share. */
function arrivalOf(path: Path, goal: number[]): number {
  const state = new Float64Array(goal.length);
  const away = (time: number) => { path.at(time, state); return apart(state, goal) > ARRIVED; };
  for (let s = path.times.length - 1; s > 0; s--) {
    const [from, until] = [path.times[s - 1]!, path.times[s]!];
    // A step is short where the path bends; a few looks within it miss no visit outside.
    for (let part = 3; part >= 0; part--) {
      const time = from + (part / 4) * (until - from);
      if (away(time)) return bisected(time, from + ((part + 1) / 4) * (until - from), away);
    }
  }
  return 0;
}

/** Halvings of a time: no page shows more digits. */
const HALVINGS = 32;

/** Returns when what holds at `low` and not at `high` ends. */
function bisected(low: number, high: number, holds: (time: number) => boolean): number {
  for (let k = 0; k < HALVINGS; k++) {
    const middle = (low + high) / 2;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return high;
}

/** How many times on the way are looked at.  Fewer: a path that crosses and comes back is taken for one. */
const LOOKS = 24;

/**
 * Returns since when a path, left without pulses, would settle at `id`: when it crosses into the basin of it for
 * the last time before the pulses are over.  Null where it does so from the beginning, or at no time looked at.
 */
export function crossingOf(
  path: Path, bare: Supported, over: number, id: string, points: LabelledState[],
): number | null {
  const free = withoutAccounts(bare);
  const [state, enough] = [new Float64Array(path.flow.length), settledAmong(points)];
  const elsewhere = (time: number) => {
    path.at(time, state);
    const outcome = outcomeOf(follow(free, state, enough), points);
    return !(outcome.kind === "settles" && outcome.id === id);
  };
  if (elsewhere(over)) return null;
  for (let k = LOOKS - 1; k >= 0; k--) {
    const time = (k / LOOKS) * over;
    if (elsewhere(time)) return bisected(time, ((k + 1) / LOOKS) * over, elsewhere);
  }
  return null;
}

/** The distance of two states: that of the share that differs most. */
export function apart(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let most = 0;
  for (let k = 0; k < one.length; k++) most = Math.max(most, Math.abs(one[k]! - other[k]!));
  return most;
}
