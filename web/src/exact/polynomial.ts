// Polynomials in one variable with exact coefficients, constant first: division, common factors, and how many
// real roots there are (Sturm 1829).
import { Exact, HALF, NotExact, ONE, ZERO } from "./number.ts";

export type Univariate = Exact[];

/** The same without leading zeros; the zero polynomial is empty. */
export function trimmed(p: Univariate): Univariate {
  let end = p.length;
  while (end > 0 && p[end - 1]!.sign() === 0) end--;
  return p.slice(0, end);
}

/** Degree past which nothing is multiplied out. */
const HIGHEST = 60;

export function plus(a: Univariate, b: Univariate): Univariate {
  return trimmed(Array.from({ length: Math.max(a.length, b.length) }, (_, k) => (a[k] ?? ZERO).plus(b[k] ?? ZERO)));
}

export function times(a: Univariate, b: Univariate): Univariate {
  if (!a.length || !b.length) return [];
  if (b.length === 1 && b[0]!.equals(ONE)) return a;
  if (a.length + b.length > HIGHEST) throw new NotExact("a polynomial of too high a degree");
  const result: Univariate = Array.from({ length: a.length + b.length - 1 }, () => ZERO);
  a.forEach((v, i) => { if (v.sign()) b.forEach((w, j) => { result[i + j] = result[i + j]!.plus(v.times(w)); }); });
  return trimmed(result);
}

export function remainder(a: Univariate, b: Univariate): Univariate {
  return divided(a, b)[1];
}

/** Quotient and remainder. */
export function divided(a: Univariate, b: Univariate): [Univariate, Univariate] {
  let rest = trimmed(a);
  const by = trimmed(b);
  const lead = by[by.length - 1]!;
  const quotient: Univariate = [];
  while (rest.length >= by.length) {
    const shift = rest.length - by.length;
    const factor = rest[rest.length - 1]!.over(lead);
    quotient[shift] = factor;
    rest = trimmed(rest.map((v, k) => (k >= shift && k < rest.length - 1 ? v.minus(factor.times(by[k - shift]!)) : v)).slice(0, -1));
  }
  return [Array.from({ length: quotient.length }, (_, k) => quotient[k] ?? ZERO), rest];
}

/** The greatest common divisor, with leading coefficient one. */
export function common(a: Univariate, b: Univariate): Univariate {
  let [p, q] = [trimmed(a), trimmed(b)];
  while (q.length) [p, q] = [q, monic(remainder(p, q))];
  return monic(p);
}

function monic(p: Univariate): Univariate {
  const lead = p[p.length - 1];
  return lead ? p.map((v) => v.over(lead)) : p;
}

export function derivativeOf(p: Univariate): Univariate {
  return p.slice(1).map((v, k) => v.times(Exact.of(k + 1)));
}

export function valueOf(p: Univariate, x: Exact): Exact {
  return p.reduceRight((total, v) => total.times(x).plus(v), ZERO);
}

/** The simple factors p = f1·f2²·f3³…, constants left out: a list of polynomials by multiplicity (Yun 1976). */
export function byMultiplicity(p: Univariate): Univariate[] {
  const result: Univariate[] = [];
  let rest = monic(trimmed(p));
  let shared = common(rest, derivativeOf(rest));
  let simple = divided(rest, shared)[0];
  while (simple.length > 1) {
    const next = common(shared, simple);
    result.push(divided(simple, next)[0]);
    rest = shared;
    shared = divided(rest, next)[0];
    simple = next;
  }
  return result;
}

/** The Sturm chain that begins with two polynomials. */
export function sturmChain(first: Univariate, second: Univariate): Univariate[] {
  const chain = [trimmed(first), trimmed(second)];
  while (chain[chain.length - 1]!.length > 0) {
    const rest = remainder(chain[chain.length - 2]!, chain[chain.length - 1]!);
    // only positive factors may be taken out
    const lead = rest[rest.length - 1];
    const size = lead && (lead.sign() < 0 ? lead.negative() : lead);
    chain.push(rest.map((v) => v.negative().over(size!)));
  }
  return chain.slice(0, -1);
}

/** Changes of sign along a list of signs, zeros left out. */
export function variations(signs: number[]): number {
  const told = signs.filter((s) => s !== 0);
  return told.slice(1).filter((s, k) => s !== told[k]).length;
}

export function signsAt(chain: Univariate[], x: Exact): number[] {
  return chain.map((p) => valueOf(p, x).sign());
}

/** Signs far out: to the right, or with `which` of -1 to the left. */
export function signsFarOut(chain: Univariate[], which: 1 | -1): number[] {
  return chain.map((p) => p[p.length - 1]!.sign() * (which < 0 && p.length % 2 === 0 ? -1 : 1));
}

/** An interval that holds just one root; both ends are the root itself where that is rational and was met. */
type Isolated = [Exact, Exact];

/** Isolates the distinct roots of a polynomial in an open interval whose ends are no roots, ascending. */
export function isolated(p: Univariate, low: Exact, high: Exact): Isolated[] {
  const chain = sturmChain(p, derivativeOf(p));
  const found: Isolated[] = [];
  const look = (a: Exact, b: Exact, left: number, right: number) => {
    if (left === right) return;
    if (left - right === 1) { found.push([a, b]); return; }
    const middle = offRoot(p, a, b);
    const between = variations(signsAt(chain, middle));
    look(a, middle, left, between);
    look(middle, b, between, right);
  };
  look(low, high, variations(signsAt(chain, low)), variations(signsAt(chain, high)));
  return found;
}

/** A number near the middle of an interval that is no root. */
function offRoot(p: Univariate, a: Exact, b: Exact): Exact {
  const width = b.minus(a);
  for (let k = 1; ; k++) {
    const x = a.plus(width.times(Exact.of(k, k === 1 ? 2 : 2 * k + 1)));
    if (valueOf(p, x).sign()) return x;
  }
}

/** Narrows an isolating interval of a simple root to 2**-bits: to where floats find it, else by halves. */
export function narrowed(p: Univariate, [a, b]: Isolated, bits: number): Isolated {
  const width = Exact.of(1, 1n << BigInt(bits));
  let [low, high] = [a, b];
  const left = valueOf(p, low).sign();
  const near = Exact.read(String(floatRoot(p.map((v) => v.float), low.float, high.float, left)));
  if (near) {
    const [below, above] = [near.minus(width.times(HALF)), near.plus(width.times(HALF))];
    if (below.compare(low) > 0 && high.compare(above) > 0) {
      if (valueOf(p, below).sign() === left && valueOf(p, above).sign() === -left) return [below, above];
    }
  }
  while (high.minus(low).compare(width) > 0) {
    const middle = low.plus(high).times(HALF);
    const sign = valueOf(p, middle).sign();
    if (sign === 0) return [middle, middle];
    if (sign === left) low = middle;
    else high = middle;
  }
  return [low, high];
}

/** The root by halving in floating point. */
function floatRoot(p: number[], low: number, high: number, left: number): number {
  for (let k = 0; k < 80; k++) {
    const middle = (low + high) / 2;
    const value = p.reduceRight((total, v) => total * middle + v, 0);
    if (Math.sign(value) === left) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
