// Common zeros of two polynomials in two shares, one of them linear in one share: that share is a quotient of
// polynomials in the other, and what remains are roots in one share, at which signs are exact.
import { type AlgebraicRoot, rootsInUnitInterval, signAt } from "../exact/algebraic.ts";
import { nearly, ONE, ZERO } from "../exact/number.ts";
import { plus, times, type Univariate, valueOf } from "../exact/polynomial.ts";
import type { Share } from "./labels.ts";
import { exponentsOf, type Polynomial } from "./share_polynomial.ts";

/** A common zero with both shares in (0, 1). */
interface CommonZero {
  state: [Share, Share];
  /** The sign of any polynomial in the two shares there. */
  sign: (h: Polynomial) => number;
}

/** All common zeros inside; null where no share can be eliminated, or they may be a continuum. */
export function commonZeros([f, g]: [Polynomial, Polynomial]): CommonZero[] | null {
  for (const v of [0, 1] as const) {
    for (const [linear, other] of [[f, g], [g, f]] as const) {
      const [a, b, more] = inPowersOf(linear, v);
      if (more || !b?.length) continue;
      const found = eliminated(a!, b, other, v);
      if (found) return found;
    }
  }
  return null;
}

/** The coefficients of the powers of share v, each a polynomial in the other share. */
function inPowersOf(h: Polynomial, v: 0 | 1): Univariate[] {
  const result: Univariate[] = [];
  for (const [at, value] of h) {
    const exponents = exponentsOf(at);
    const [k, e] = [exponents[v]!, exponents[1 - v]!];
    while (result.length <= k) result.push([]);
    while (result[k]!.length <= e) result[k]!.push(ZERO);
    result[k]![e] = value;
  }
  return result;
}

function eliminated(a: Univariate, b: Univariate, other: Polynomial, v: 0 | 1): CommonZero[] | null {
  const minusA = a.map((value) => value.negative());
  /** h times a power of b, where share v is -a/b; and that power. */
  const cleared = (h: Polynomial): [Univariate, number] => {
    const parts = inPowersOf(h, v);
    const top = Math.max(0, parts.length - 1);
    let total: Univariate = [];
    let power: Univariate = [ONE];
    parts.forEach((part, j) => {
      let term = times(part, power);
      for (let k = j; k < top; k++) term = times(term, b);
      total = plus(total, term);
      power = times(power, minusA);
    });
    return [total, top];
  };
  const [rest] = cleared(other);
  if (!rest.length) return null;
  const zeros: CommonZero[] = [];
  for (const root of rootsInUnitInterval(rest)) {
    const below = signAt(b, root);
    if (below === 0) {
      if (signAt(a, root) === 0) return null;  // any value of the other share would do
      continue;
    }
    // 0 < -a/b < 1
    if (signAt(minusA, root) * below <= 0 || signAt(plus(a, b), root) * below <= 0) continue;
    const solved = quotientAt(minusA, b, root);
    zeros.push({
      state: v === 1 ? [root, solved] : [solved, root],
      sign: (h) => {
        const [numerator, power] = cleared(h);
        return signAt(numerator, root) * (power % 2 ? below : 1);
      },
    });
  }
  return zeros;
}

function quotientAt(above: Univariate, below: Univariate, root: AlgebraicRoot): Share {
  if (root.exact) return valueOf(above, root.exact).over(valueOf(below, root.exact));
  const at = (p: Univariate) => p.reduceRight((total, value) => total * root.float + value.float, 0);
  const float = at(above) / at(below);
  return { float, text: nearly(float) };
}
