// A Lyapunov function for a rest state of several populations, found exactly or not at all: the twin of
// packages/separatrix/src/separatrix/analysis/binary/lyapunov_function.py, which gives the argument.
import { Exact, ONE, ZERO } from "../../exact/number.ts";
import type { Multilinear } from "./multilinear.ts";
import type { Face } from "./rest_states.ts";

/** Bounds on the ratio of two weights, by "ij" for w_i/w_j. */
type Bounds = Map<string, Exact>;

/** Whether weights w > 0 are found under which a relative entropy never grows near a state with zero advantages. */
export function weightedEntropyDecreases(game: Multilinear, face: Face, state: Exact[]): boolean {
  const n = game.n;
  const inward = face.map((pure) => (pure === 1 ? -1 : 1));
  const slope = (i: number, j: number) => game.at(i, state, j).times(Exact.of(inward[i]! * inward[j]!));
  const [low, high]: [Bounds, Bounds] = [new Map(), new Map()];
  for (const [i, j] of pairsOf(n)) {
    const [a, b] = [slope(i, j), slope(j, i)];  // w_i·a + w_j·b
    const bothPure = face[i] !== null && face[j] !== null;
    if (a.sign() === 0 || b.sign() === 0) {
      const rest = a.sign() + b.sign();
      if (rest > 0 || (rest < 0 && !bothPure)) return false;
    } else if (a.sign() === b.sign()) {
      if (a.sign() > 0 || !bothPure) return false;
    } else {
      const ratio = b.negative().over(a);
      if (!bothPure || a.sign() < 0) low.set(`${i}${j}`, ratio);
      if (!bothPure || a.sign() > 0) high.set(`${i}${j}`, ratio);
    }
  }
  const weights = weightsWithin(n, low, high);
  if (!weights) return false;
  const dominated = pairsOf(n).some(([i, j]) =>
    face[i] !== null && face[j] !== null
    && weights[i]!.times(slope(i, j)).plus(weights[j]!.times(slope(j, i))).sign() < 0);
  if (n < 3 || dominated) return true;
  const facing = Exact.of(inward[0]! * inward[1]! * inward[2]!);
  const cubic = [[0, 1, 2], [1, 0, 2], [2, 0, 1]].reduce(
    (total, [i, j, k]) => total.plus(weights[i!]!.times(facing).times(game.at(i!, state, j!, k!))), ZERO).sign();
  return cubic === 0 || (cubic < 0 && !face.includes(null));
}

/** Positive weights with the given bounds on their ratios, strictly inside where there is room. */
function weightsWithin(n: number, low: Bounds, high: Bounds): Exact[] | null {
  const [lows01, highs01] = [low.get("01"), high.get("01")];
  if (n === 2) return [between(lows01, highs01), ONE];
  // w1 = 1; w0 = r in [low01, high01]; w2 = s with 1/s in [low12, high12] and r/s in [low02, high02].
  const lower = extreme(1, lows01, product(low.get("02"), inverse(high.get("12"))));
  const upper = extreme(-1, highs01, product(high.get("02"), inverse(low.get("12"))));
  if (lower && upper && lower.compare(upper) > 0) return null;
  const r = between(lower, upper);
  const below = extreme(1, inverse(high.get("12")), over(r, high.get("02")));
  const above = extreme(-1, inverse(low.get("12")), over(r, low.get("02")));
  if (below && above && below.compare(above) > 0) return null;
  return [r, ONE, between(below, above)];
}

function between(lower: Exact | undefined, upper: Exact | undefined): Exact {
  if (!lower) return upper ? upper.over(Exact.of(2)) : ONE;
  return upper ? lower.plus(upper).over(Exact.of(2)) : lower.plus(ONE);
}

/** The larger of two bounds that are there, or with `which` of -1 the smaller. */
function extreme(which: 1 | -1, a: Exact | undefined, b: Exact | undefined): Exact | undefined {
  if (!a || !b) return a ?? b;
  return b.compare(a) === which ? b : a;
}

function inverse(value: Exact | undefined): Exact | undefined {
  return value && ONE.over(value);
}

function over(r: Exact, bound: Exact | undefined): Exact | undefined {
  return bound && r.over(bound);
}

function product(a: Exact | undefined, b: Exact | undefined): Exact | undefined {
  return a && b && a.times(b);
}

export function pairsOf(n: number): [number, number][] {
  const every = Array.from({ length: n }, (_, i) => i);
  return every.flatMap((i) => every.slice(i + 1).map((j): [number, number] => [i, j]));
}
