// One population of two strategies: x' = speed·x(1-x)·f(x) with a polynomial f, so the sign of f beside a rest
// point decides everything.  The twin of src/separatrix/analysis/rest_points/binary/one_population.py and, where
// f is not linear, of the certified route on its only edge.
import { Exact, HALF, ONE, ZERO } from "../exact/number.ts";
import { byMultiplicity, derivativeOf, isolated, narrowed, type Univariate, valueOf } from "../exact/polynomial.ts";
import type { Found, FoundPoint, Share } from "./labels.ts";
import { minus, type Polynomial } from "./share_polynomial.ts";
import { ALL_REST, type Signs, type Verdict } from "./verdict.ts";

const BACK = "the advantage drives the share back";
const AWAY = "the advantage drives the share away";
const PAST = "the advantage drives the share back on one side and away on the other";
/** Bits to which roots are narrowed before they are rounded. */
const BITS = 80;

/** A root of f inside (0, 1), with the signs of f just below and just above it. */
interface Root { share: Share; near: Exact; multiple: boolean; below: number; above: number }

/** `tabled`: whether the payoffs are those of a game; else no notion of the game applies to a curved f. */
export function oneShareAnswer(payoffs: Polynomial[], speed: Exact, tabled: boolean): Found {
  const f = coefficientsOf(minus(payoffs[0]!, payoffs[1]!)).map((v) => v.times(speed));
  const told = tabled || f.length < 3;
  const ends = [endAt(f, 0, told), endAt(f, 1, told)];
  if (!f.length) return { points: ends, sets: [wholeSegment()], open: [], complete: true };
  return { points: [...ends, ...rootsInside(f).map((root) => insideAt(f, root, told))], sets: [], open: [], complete: true };
}

function coefficientsOf(advantage: Polynomial): Univariate {
  const degree = Math.max(-1, ...[...advantage.keys()].map(Number));
  return Array.from({ length: degree + 1 }, (_, k) => advantage.get(String(k)) ?? ZERO);
}

function wholeSegment(): Found["sets"][number] {
  const ends = [[0], [1]];
  return { support: [[0, 1]], dimension: 1, verdict: { label: "stable", why: ALL_REST }, corners: ends, samples: ends, nash: true };
}

// --------------------------------------------------------------------------- the roots

function rootsInside(f: Univariate): Root[] {
  const roots = byMultiplicity(f).flatMap((factor, k) => {
    // At an end of the interval a factor may vanish too; then it holds that root just once.
    let p = factor;
    for (const end of [ZERO, ONE]) if (!valueOf(p, end).sign()) p = without(p, end);
    if (p.length < 2) return [];
    return isolated(p, ZERO, ONE).map((interval) => ({ p, interval: narrowed(p, interval, BITS), multiple: k > 0 }));
  });
  roots.sort((a, b) => a.interval[0].compare(b.interval[0]));
  // Between neighbours f has one sign; so there are as many stretches as roots, and one more.
  const cuts = roots.map((r) => r.interval);
  const signs = Array.from({ length: cuts.length + 1 }, (_, k) => {
    const [left, right] = [cuts[k - 1]?.[1] ?? ZERO, cuts[k]?.[0] ?? ONE];
    return valueOf(f, left.plus(right).times(HALF)).sign();
  });
  return roots.map(({ p, interval, multiple }, k) => {
    const near = interval[0].plus(interval[1]).times(HALF);
    const exact = simplest(p, near);
    const share = exact ?? { float: near.float, text: `≈ ${Number(near.float.toPrecision(10))}` };
    return { share, near: exact ?? near, multiple, below: signs[k]!, above: signs[k + 1]! };
  });
}

/** The quotient by x - r, for a root r. */
function without(p: Univariate, root: Exact): Univariate {
  const result: Univariate = [];
  let carry = ZERO;
  for (let k = p.length - 1; k > 0; k--) result[k - 1] = carry = p[k]!.plus(carry.times(root));
  return result;
}

/** The root near a number where it is a fraction of few digits, else null (continued fractions). */
function simplest(p: Univariate, near: Exact): Exact | null {
  let [a, b, c, d] = [0n, 1n, 1n, 0n];
  let x = near;
  for (let k = 0; k < 20; k++) {
    const whole = x.p / x.r - (x.p < 0n ? 1n : 0n);
    [a, b, c, d] = [c, d, whole * c + a, whole * d + b];
    if (d > 1_000_000n) return null;
    const found = Exact.of(c, d);
    if (!valueOf(p, found).sign()) return found;
    const rest = x.minus(Exact.of(whole));
    if (!rest.sign()) return null;
    x = ONE.over(rest);
  }
  return null;
}

// --------------------------------------------------------------------------- the points

function endAt(f: Univariate, x: 0 | 1, told: boolean): FoundPoint {
  const at = x ? ONE : ZERO;
  const value = valueOf(f, at);
  const eigenvalue = x ? value.negative() : value;
  const turn = towardsEnd(f, x);
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

/** Whether states beside an end move towards it (1) or away (-1): the first derivative that is not 0. */
function towardsEnd(f: Univariate, x: 0 | 1): number {
  let [g, side] = [f, x ? 1 : -1];
  while (g.length) {
    const sign = valueOf(g, x ? ONE : ZERO).sign();
    if (sign) return sign * side;
    g = derivativeOf(g);
    if (x) side = -side;  // beside 1 the distance is negative
  }
  return 0;
}

function insideAt(f: Univariate, { share, near, multiple, below, above }: Root, told: boolean): FoundPoint {
  const slope = multiple ? ZERO : valueOf(derivativeOf(f), near).times(near).times(ONE.minus(near));
  const verdict = verdictOf(below, -above);
  return {
    support: [[0, 1]],
    state: [share],
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
