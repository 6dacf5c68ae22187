// Real roots of polynomials over the rationals that may have no closed form, and exact signs at them.
import { Exact, HALF, nearly, ONE, ZERO } from "./number.ts";
import {
  byMultiplicity, common, derivativeOf, isolated, narrowed, signsAt, sturmChain, trimmed, type Univariate, valueOf, variations,
} from "./polynomial.ts";

/** Bits to which a root is narrowed before it is rounded. */
const BITS = 46;

/** A root in (0, 1), isolated by an interval; what is needed to show it: a float, and a text. */
export interface AlgebraicRoot {
  /** A polynomial that has it as a simple root and no other in the interval. */
  polynomial: Univariate;
  interval: [Exact, Exact];
  /** How often the polynomial that was asked for has it. */
  multiplicity: number;
  /** The root itself where that is a short fraction. */
  exact: Exact | null;
  float: number;
  text: string;
}

/** The distinct roots of a polynomial in (0, 1), ascending; of the zero polynomial none are told. */
export function rootsInUnitInterval(p: Univariate): AlgebraicRoot[] {
  const whole = trimmed(p);
  if (whole.length === 2) return linearRoot(whole);
  const roots = (whole.length ? byMultiplicity(whole) : []).flatMap((factor, k) => {
    // At an end of the interval a factor may vanish too; then it holds that root just once.
    let polynomial = factor;
    for (const end of [ZERO, ONE]) if (!valueOf(polynomial, end).sign()) polynomial = without(polynomial, end);
    if (polynomial.length < 2) return [];
    return isolated(polynomial, ZERO, ONE).map((found): AlgebraicRoot => {
      const interval = narrowed(polynomial, found, BITS);
      const near = middleOf(interval);
      const exact = shortFraction(polynomial, interval);
      const { float, text } = exact ?? { float: near.float, text: nearly(near.float) };
      return { polynomial, interval: exact ? [exact, exact] : interval, multiplicity: k + 1, exact, float, text };
    });
  });
  return roots.sort((a, b) => a.interval[0].compare(b.interval[0]));
}

function linearRoot(polynomial: Univariate): AlgebraicRoot[] {
  const exact = polynomial[0]!.negative().over(polynomial[1]!);
  if (!exact.inside) return [];
  return [{ polynomial, interval: [exact, exact], multiplicity: 1, exact, float: exact.float, text: exact.text }];
}

/** The sign of another polynomial at a root. */
export function signAt(q: Univariate, root: AlgebraicRoot): -1 | 0 | 1 {
  const other = trimmed(q);
  if (!other.length) return 0;
  if (root.exact) return valueOf(other, root.exact).sign();
  const shared = common(root.polynomial, other);
  const { polynomial } = root;
  let [low, high] = root.interval;
  if (shared.length > 1 && valueOf(shared, low).sign() * valueOf(shared, high).sign() < 0) return 0;
  // Halved until the other polynomial has no root in it: then its sign is that at an end.
  const chain = sturmChain(other, derivativeOf(other));
  const left = valueOf(polynomial, low).sign();
  for (;;) {
    const [a, b] = [valueOf(other, low).sign(), valueOf(other, high).sign()];
    if (a && a === b && variations(signsAt(chain, low)) === variations(signsAt(chain, high))) return a;
    const middle = low.plus(high).times(HALF);
    if (valueOf(polynomial, middle).sign() === left) low = middle;
    else high = middle;
  }
}

/** The quotient by x - r, for a root r. */
function without(p: Univariate, root: Exact): Univariate {
  const result: Univariate = [];
  let carry = ZERO;
  for (let k = p.length - 1; k > 0; k--) result[k - 1] = carry = p[k]!.plus(carry.times(root));
  return result;
}

function middleOf([low, high]: [Exact, Exact]): Exact {
  return low.plus(high).times(HALF);
}

/** The root in an interval where it is a fraction of few digits, else null (continued fractions). */
function shortFraction(p: Univariate, interval: [Exact, Exact]): Exact | null {
  let [a, b, c, d] = [0n, 1n, 1n, 0n];
  let x = middleOf(interval);
  for (let k = 0; k < 20; k++) {
    const whole = x.p / x.r - (x.p < 0n ? 1n : 0n);
    [a, b, c, d] = [c, d, whole * c + a, whole * d + b];
    if (d > 1_000_000n) return null;
    const found = Exact.of(c, d);
    // Another root may be among the first approximations.
    const within = found.compare(interval[0]) >= 0 && interval[1].compare(found) >= 0;
    if (within && !valueOf(p, found).sign()) return found;
    const rest = x.minus(Exact.of(whole));
    if (!rest.sign()) return null;
    x = ONE.over(rest);
  }
  return null;
}
