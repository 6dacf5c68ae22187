// How fast the logarithm of each share grows: speed times payoff.  In logarithms faces stay what they are, a
// share never becomes negative, and a long stay near a corner costs few steps.
import { compile, type Values } from "../expression/evaluate";
import type { GameModel, Tree } from "../model";
import { sharesOf, type State } from "./field";
import { evaluator, expand, sum } from "./polynomial";

/** The replicator at fixed parameters, in a form that is fast to evaluate. */
export interface Flow {
  /** How many strategies each population has; one with two has one share, one with more has one each. */
  sizes: number[];
  /** Where the shares of each population begin in a state. */
  offsets: number[];
  /** Length of a state. */
  length: number;
  /** Degrees of freedom. */
  dimension: number;
  /**
   * Writes the growth of each share: with two strategies that of the log-odds of the first, with more that of
   * each logarithm, up to what is common to the population.
   */
  growth: (state: State, out: Float64Array) => void;
  /** The largest growth at the corners and in the middle: the unit of 1/time. */
  scale: number;
}

/** Makes the flow of a game at parameter values. */
export function flowAt(game: GameModel, parameters: Values): Flow {
  const shares = sharesOf(game);
  const sizes = game.populations.map((p) => p.strategies.length);
  const offsets: number[] = [];
  let length = 0;
  for (const size of sizes) {
    offsets.push(length);
    length += size === 2 ? 1 : size;
  }
  const values: Values = { ...parameters };
  const growing = game.payoffs.flatMap((row, i) => {
    const speed = compile(game.speeds[i] ?? ["n", "1"])(values);
    return row.length === 2 ? [difference(row[0]!, row[1]!, speed, values, shares)]
      : row.map((tree) => difference(tree, ["n", "0"], speed, values, shares));
  });
  const growth = (state: State, out: Float64Array) => {
    for (let k = 0; k < growing.length; k++) out[k] = growing[k]!(state);
  };
  const flow = { sizes, offsets, length, dimension: sizes.reduce((d, size) => d + size - 1, 0), growth, scale: 0 };
  flow.scale = largest(flow);
  return flow;
}

function difference(
  first: Tree, second: Tree, speed: number, values: Values, shares: string[],
): (state: State) => number {
  const [a, b] = [expand(first, values, shares), expand(second, values, shares)];
  if (a && b) return evaluator(new Map([...sum(a, b, -1)].map(([e, v]) => [e, speed * v])), shares.length);
  const [earned, other] = [compile(first), compile(second)];
  return (state) => {
    for (let k = 0; k < shares.length; k++) values[shares[k]!] = state[k]!;
    return speed * (earned(values) - other(values));
  };
}

/** Writes the rates of the shares from their growth; both have the flow's `length`. */
export function ratesFrom(flow: Flow, state: State, growth: Float64Array, out: State): void {
  for (let i = 0; i < flow.sizes.length; i++) {
    const at = flow.offsets[i]!;
    const size = flow.sizes[i]!;
    if (size === 2) {
      out[at] = state[at]! * (1 - state[at]!) * growth[at]!;
      continue;
    }
    let average = 0;
    for (let a = at; a < at + size; a++) average += state[a]! * growth[a]!;
    for (let a = at; a < at + size; a++) out[a] = state[a]! * (growth[a]! - average);
  }
}

/** Returns the rates of the shares as a function of the state. */
export function ratesOf(flow: Flow): (state: State, out: State) => void {
  const growth = new Float64Array(flow.length);
  return (state, out) => {
    flow.growth(state, growth);
    ratesFrom(flow, state, growth, out);
  };
}

/** Returns every pure profile as a state. */
export function cornersOf(flow: Flow): State[] {
  let corners: number[][] = [[]];
  for (const size of flow.sizes) {
    const own = size === 2 ? [[1], [0]] : Array.from({ length: size }, (_, a) => Array.from({ length: size }, (_, b) => +(a === b)));
    corners = corners.flatMap((rest) => own.map((part) => [...rest, ...part]));
    if (corners.length > 256) break;
  }
  return corners.filter((corner) => corner.length === flow.length).map((corner) => Float64Array.from(corner));
}

/** Returns the state at which every strategy of a population has the same share. */
export function middleOf(flow: Flow): State {
  return Float64Array.from(flow.sizes.flatMap((size) => (size === 2 ? [0.5] : Array<number>(size).fill(1 / size))));
}

function largest(flow: Flow): number {
  const growth = new Float64Array(flow.length);
  let most = 0;
  for (const state of [...cornersOf(flow), middleOf(flow)]) {
    flow.growth(state, growth);
    for (let i = 0; i < flow.sizes.length; i++) {
      const [at, size] = [flow.offsets[i]!, flow.sizes[i]!];
      const own = growth.subarray(at, at + (size === 2 ? 1 : size));
      const spread = size === 2 ? Math.abs(own[0]!) : Math.max(...own) - Math.min(...own);
      if (Number.isFinite(spread)) most = Math.max(most, spread);
    }
  }
  return most;
}
