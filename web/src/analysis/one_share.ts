// One population of two strategies: x' = speed·x(1-x)·f(x) with a polynomial f, so the sign of f beside a rest
// point decides everything.  The twin of packages/separatrix/src/separatrix/analysis/binary/solve.py and, where
// f is not linear, of the certified route on its only edge.
import { type AlgebraicRoot, rootsInUnitInterval } from "../exact/algebraic.ts";
import { type Exact, HALF, ONE, ZERO } from "../exact/number.ts";
import { derivativeOf, trimmed, type Univariate, valueOf } from "../exact/polynomial.ts";
import type { Found, FoundPoint } from "./labels.ts";
import { minus, type Polynomial } from "./share_polynomial.ts";
import { besideEnd } from "./two_shares.ts";
import { ALL_REST, type Signs, type Verdict } from "./verdict.ts";

const BACK = "the advantage drives the share back";
const AWAY = "the advantage drives the share away";
const PAST = "the advantage drives the share back on one side and away on the other";

/**
 * The answer from the speed times the advantage of the first strategy, a polynomial in its share.
 * `tabled`: whether the payoffs are those of a game; else no notion of the game applies to a curved one.
 */
export function oneShareAnswer(advantage: Univariate, tabled: boolean): Found {
  const f = trimmed(advantage);
  const told = tabled || f.length < 3;
  const ends = [endAt(f, 0, told), endAt(f, 1, told)];
  if (!f.length) return { points: ends, sets: [wholeSegment()], open: [], complete: true };
  const roots = rootsInUnitInterval(f);
  const sides = sidesOf(f, roots);
  const inside = roots.map((root, k) => insideAt(f, root, sides[k]!, told));
  return { points: [...ends, ...inside], sets: [], open: [], complete: true };
}

/** The speed times the advantage of the first of two strategies. */
export function advantageOf(payoffs: Polynomial[], speed: Exact): Univariate {
  const advantage = minus(payoffs[0]!, payoffs[1]!);
  const degree = Math.max(-1, ...[...advantage.keys()].map(Number));
  return Array.from({ length: degree + 1 }, (_, k) => speed.times(advantage.get(String(k)) ?? ZERO));
}

function wholeSegment(): Found["sets"][number] {
  const ends = [[0], [1]];
  return { support: [[0, 1]], dimension: 1, verdict: { label: "stable", why: ALL_REST }, corners: ends, samples: ends, nash: true };
}

/** The signs of f just below and just above each of its roots: between neighbours f has one sign. */
function sidesOf(f: Univariate, roots: AlgebraicRoot[]): [number, number][] {
  const signs = Array.from({ length: roots.length + 1 }, (_, k) => {
    const [left, right] = [roots[k - 1]?.interval[1] ?? ZERO, roots[k]?.interval[0] ?? ONE];
    return valueOf(f, left.plus(right).times(HALF)).sign();
  });
  return roots.map((_, k) => [signs[k]!, signs[k + 1]!]);
}

// --------------------------------------------------------------------------- the points

function endAt(f: Univariate, x: 0 | 1, told: boolean): FoundPoint {
  const at = x ? ONE : ZERO;
  const value = valueOf(f, at);
  const eigenvalue = x ? value.negative() : value;
  const turn = besideEnd(f, x);
  const strict = eigenvalue.sign() < 0;
  const resting: Verdict = { label: "stable", why: ALL_REST };
  return {
    support: [[1 - x]],
    state: [at],
    verdict: turn ? verdictOf(turn, turn) : resting,
    signs: signsOf(eigenvalue.sign()),
    eigenvalues: [[eigenvalue.float, 0]],
    isolated: f.length > 0,
    nash: eigenvalue.sign() <= 0,
    strictNash: strict,
    ess: told ? turn > 0 : null,
  };
}

function insideAt(f: Univariate, root: AlgebraicRoot, [below, above]: [number, number], told: boolean): FoundPoint {
  const multiple = root.multiplicity > 1;
  const near = root.interval[0];
  const slope = multiple ? ZERO : valueOf(derivativeOf(f), near).times(near).times(ONE.minus(near));
  const verdict = verdictOf(below, -above);
  return {
    support: [[0, 1]],
    state: [root],
    verdict,
    // A simple root is crossed, so the sign of the slope is that of f above it.
    signs: signsOf(multiple ? 0 : above),
    eigenvalues: [[slope.float, 0]],
    isolated: true,
    nash: true,
    strictNash: false,
    ess: told ? verdict.label === "asymptotically stable" : null,
  };
}

/** Whether states on two sides move towards the point (1) or away (-1). */
function verdictOf(one: number, other: number): Verdict {
  if (one > 0 && other > 0) return { label: "asymptotically stable", why: BACK };
  return one < 0 && other < 0 ? { label: "source", why: AWAY } : { label: "unstable", why: PAST };
}

function signsOf(sign: number): Signs {
  return [Number(sign < 0), Number(sign === 0), Number(sign > 0)];
}
