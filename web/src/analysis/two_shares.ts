// Two populations of two strategies whose payoffs are polynomials that may hold the own share too: rest points on
// the edges are roots in one share, those inside are solved where one of the two equations holds one share alone.
// Labels are those that eigenvalues decide; the twin is packages/separatrix/src/separatrix/analysis/certified.
import { rootsInUnitInterval, signAt, type AlgebraicRoot } from "../exact/algebraic.ts";
import { type Exact, NotExact, ONE, quadraticRoots, ZERO } from "../exact/number.ts";
import { derivativeOf, trimmed, type Univariate, valueOf } from "../exact/polynomial.ts";
import { commonZeros } from "./elimination.ts";
import type { Found, FoundPoint, Share } from "./labels.ts";
import { key, type Support } from "./rest_state_ids.ts";
import { derivative, exponentsOf, minus, plus, times, type Polynomial, valueAt } from "./share_polynomial.ts";
import { byEigenvalues, OPEN, type Signs, type Verdict } from "./verdict.ts";

const UNSOLVED = "rest points inside are roots of two equations together, which the page does not solve by itself";
const CONTINUUM = "the page does not label continua of rest points of curved payoffs by itself";

const EDGE_BACK: Verdict = {
  label: "asymptotically stable", why: "the advantage near it drives the share back along the edge of the zero eigenvalue" };
const EDGE_AWAY: Verdict = { label: "unstable", why: "the advantage near it drives the share away along an edge" };
const CLOSED: Verdict = {
  label: "centre", why: "a conserved quantity has a strict extremum at it, so closed orbits surround it" };

/** The advantages of the first strategies, each times the speed of its population. */
type Pair = [Polynomial, Polynomial];

export function twoSharesAnswer(payoffs: Polynomial[][], speeds: Exact[], tabled: boolean): Found {
  const pair = payoffs.map(([first, second], i) => times(minus(first!, second!), new Map([["0,0", speeds[i]!]]))) as Pair;
  const ownShare = pair.map((f, i) => [...f.keys()].some((at) => exponentsOf(at)[i]!));
  const words = (point: FoundPoint): FoundPoint => ({ ...point, ess: tabled ? essOf(point, ownShare.some(Boolean)) : null });
  const points = [0, 1].flatMap((x) => [0, 1].map((y) => cornerAt(pair, x as 0 | 1, y as 0 | 1)));
  const open = new Set<string>();
  for (const i of [0, 1] as const) {
    for (const end of [0, 1] as const) {
      const along = restrictedTo(pair[i], i, end);
      if (!along.length) open.add(CONTINUUM);
      else points.push(...rootsInUnitInterval(along).map((root) => edgeAt(pair, i, end, root)));
    }
  }
  const solved = statesInside(pair);
  const inside = solved?.map((state) => insideAt(pair, state, (h) => valueAt(h, state).sign()))
    ?? commonZeros(pair)?.map(({ state, sign }) => insideAt(pair, state, sign));
  if (inside) points.push(...inside.map((point) => circling(point, ownShare.some(Boolean))));
  else open.add(UNSOLVED);
  const complete = !open.size;
  // A mixed point that may lie on a continuum which is not known here would be a piece of it, and no point; then the
  // letters of others that play the same are not known either.
  const unsure = new Set(points.filter((p) => !complete && p.signs![1]).map((p) => key(p.support)));
  const sure = points.filter((p) => p.support.every((played) => played.length === 1) || !unsure.has(key(p.support)));
  if (points.some((p) => p.verdict.label === null)) open.add(OPEN);
  return { points: sure.map(words), sets: [], open: [...open], complete };
}

/** A strict Nash equilibrium is evolutionarily stable, what is not Nash is not; with own play the rest is open. */
function essOf({ nash, strictNash }: FoundPoint, ownShare: boolean): boolean | null {
  return strictNash ? true : nash === false || !ownShare ? false : null;
}

/** An advantage along the edge on which population i mixes and the other one plays purely, in the share of i. */
function restrictedTo(f: Polynomial, i: 0 | 1, end: 0 | 1): Univariate {
  const result: Univariate = [];
  for (const [at, value] of f) {
    const exponents = exponentsOf(at);
    if (exponents[1 - i] && !end) continue;
    const k = exponents[i]!;
    while (result.length <= k) result.push(ZERO);
    result[k] = result[k]!.plus(value);
  }
  return trimmed(result);
}

function pointAt(
  support: Support, state: Share[], signs: Signs, eigenvalues: [number, number][], outside: number[],
): FoundPoint {
  const nash = outside.every((s) => s <= 0);
  return {
    support, state, signs, eigenvalues, nash,
    verdict: byEigenvalues(signs) ?? { label: null, why: OPEN },
    isolated: signs[1] ? null : true,
    strictNash: outside.length === 2 && outside.every((s) => s < 0),
    ess: null,
  };
}

function counted(values: number[]): Signs {
  return [values.filter((s) => s < 0).length, values.filter((s) => s === 0).length, values.filter((s) => s > 0).length];
}

function cornerAt(pair: Pair, x: 0 | 1, y: 0 | 1): FoundPoint {
  const ends = [x, y] as const;
  const state = ends.map((end) => (end ? ONE : ZERO));
  const values = pair.map((f, i) => (ends[i] ? valueAt(f, state).negative() : valueAt(f, state)));
  const signs = values.map((v) => v.sign());
  const point = pointAt([[1 - x], [1 - y]], state, counted(signs), values.map((v) => [v.float, 0]), signs);
  const i = signs.indexOf(0) as 0 | 1;
  if (signs[1 - i]! >= 0 || signs[i] !== 0) return point;
  // One direction is neutral and the other contracts: the edge of the neutral one is a centre manifold.
  const drift = besideEnd(restrictedTo(pair[i], i, ends[1 - i]!), ends[i]!);
  if (!drift) return point;
  return { ...point, isolated: true, verdict: drift > 0 ? EDGE_BACK : EDGE_AWAY };
}

/** Whether states beside an end of an edge move towards it (1) or away (-1): the first derivative that is not 0. */
export function besideEnd(f: Univariate, end: 0 | 1): number {
  let [g, side] = [f, end ? 1 : -1];
  while (g.length) {
    const sign = valueOf(g, end ? ONE : ZERO).sign();
    if (sign) return sign * side;
    g = derivativeOf(g);
    if (end) side = -side;  // beside 1 the distance is negative
  }
  return 0;
}

function edgeAt(pair: Pair, i: 0 | 1, end: 0 | 1, root: AlgebraicRoot): FoundPoint {
  const j = (1 - i) as 0 | 1;
  const along = restrictedTo(pair[i], i, end);
  const across = restrictedTo(pair[j], i, end).map((v) => (end ? v.negative() : v));
  const slope = derivativeOf(along);
  // At a root of higher multiplicity the slope vanishes.
  const turn = root.multiplicity > 1 ? 0 : signAt(slope, root);
  const outside = signAt(across, root);
  const x = root.float;
  const value = (p: Univariate) => p.reduceRight((total, v) => total * x + v.float, 0);
  const pure = end ? ONE : ZERO;
  const support: Support = i === 0 ? [[0, 1], [1 - end]] : [[1 - end], [0, 1]];
  return pointAt(
    support, i === 0 ? [root, pure] : [pure, root], counted([turn, outside]),
    [[turn ? x * (1 - x) * value(slope) : 0, 0], [value(across), 0]], [outside]);
}

/** The states at which both advantages vanish inside; null where they are not found here. */
function statesInside(pair: Pair): Exact[][] | null {
  for (const k of [0, 1] as const) {
    for (const i of [0, 1] as const) {
      const single = inOneShare(pair[k], i);
      if (!single || single.length === 0) continue;
      if (single.length > 3) return null;
      try {
        const states: Exact[][] = [];
        for (const root of quadraticRoots(single[2] ?? ZERO, single[1] ?? ZERO, single[0] ?? ZERO)) {
          if (!root.inside) continue;
          const rest = atShare(pair[1 - k]!, i, root);
          if (!rest.length || rest.length > 3) return null;
          for (const other of quadraticRoots(rest[2] ?? ZERO, rest[1] ?? ZERO, rest[0]!)) {
            if (other.inside) states.push(i === 0 ? [root, other] : [other, root]);
          }
        }
        return states;
      } catch (problem) {
        if (problem instanceof NotExact) return null;
        throw problem;
      }
    }
  }
  return null;
}

/** A polynomial that holds no share but that of i, in this share; else null. */
function inOneShare(f: Polynomial, i: 0 | 1): Univariate | null {
  const result: Univariate = [];
  for (const [at, value] of f) {
    const exponents = exponentsOf(at);
    if (exponents[1 - i]) return null;
    while (result.length <= exponents[i]!) result.push(ZERO);
    result[exponents[i]!] = value;
  }
  return result;
}

/** A polynomial in the other share, where the share of i has a value. */
function atShare(f: Polynomial, i: 0 | 1, value: Exact): Univariate {
  const result: Univariate = [];
  for (const [at, coefficient] of f) {
    const exponents = exponentsOf(at);
    const k = exponents[1 - i]!;
    while (result.length <= k) result.push(ZERO);
    result[k] = result[k]!.plus(coefficient.times(value.power(exponents[i]!)));
  }
  return trimmed(result);
}

function insideAt(pair: Pair, state: Share[], signOf: (h: Polynomial) => number): FoundPoint {
  const [[fx, fy], [gx, gy]] = pair.map((f) => [derivative(f, 0), derivative(f, 1)]) as [Pair, Pair];
  const weights = [0, 1].map((i) => {
    const x = i ? "0,1" : "1,0";
    return new Map([[x, ONE], [i ? "0,2" : "2,0", ONE.negative()]]);
  }) as Pair;
  const [s, t] = [
    signOf(minus(times(fx, gy), times(fy, gx))),
    signOf(plus(times(weights[0], fx), times(weights[1], gy))),
  ];
  const signs: Signs = s < 0 ? [1, 0, 1] : s === 0 ? counted([0, t]) : t === 0 ? [0, 2, 0] : counted([t, t]);
  const floats = state.map((x) => x.float);
  const [a, b, c, d] = [fx, fy, gx, gy].map((h, k) => {
    const x = floats[k < 2 ? 0 : 1]!;
    return x * (1 - x) * floatAt(h, floats);
  }) as [number, number, number, number];
  const half = t === 0 ? 0 : (a + d) / 2;
  const square = half * half - (a * d - b * c);
  const root = Math.sqrt(Math.abs(square));
  const eigenvalues: [number, number][] = square >= 0 ? [[half + root, 0], [half - root, 0]] : [[half, root], [half, -root]];
  return pointAt([[0, 1], [0, 1]], state, signs, eigenvalues, []);
}

function floatAt(h: Polynomial, state: number[]): number {
  let total = 0;
  for (const [at, value] of h) total += exponentsOf(at).reduce((term, e, k) => term * state[k]! ** e, value.float);
  return total;
}

/** Without own shares there is a conserved quantity, so orbits around a state with imaginary eigenvalues are closed. */
function circling(point: FoundPoint, ownShare: boolean): FoundPoint {
  const imaginary = point.signs![1] === 2 && point.eigenvalues[0]![1] !== 0;
  return imaginary && !ownShare ? { ...point, isolated: true, verdict: CLOSED } : point;
}
