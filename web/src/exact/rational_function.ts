// Quotients of polynomials in one variable: what a payoff is as a function of one lever.
import { Exact, NotExact, ONE, ZERO } from "./number.ts";
import type { Algebra } from "../expression/evaluate_exact.ts";
import { plus, times, trimmed, type Univariate } from "./polynomial.ts";

export interface RationalFunction { above: Univariate; below: Univariate }

export const FUNCTIONS: Algebra<RationalFunction> = {
  number: (value) => ({ above: trimmed([value]), below: [ONE] }),
  add: (a, b) => alike(a.below, b.below)
    ? { above: plus(a.above, b.above), below: a.below }
    : { above: plus(times(a.above, b.below), times(b.above, a.below)), below: times(a.below, b.below) },
  multiply: (a, b) => ({ above: times(a.above, b.above), below: times(a.below, b.below) }),
  divide: (a, b) => {
    if (!b.above.length) throw new NotExact("division by zero");
    return { above: times(a.above, b.below), below: times(a.below, b.above) };
  },
  constant: ({ above, below }) => (above.length < 2 && below.length === 1 ? (above[0] ?? ZERO).over(below[0]!) : null),
};

/** A polynomial with the sign of a quotient everywhere but at its poles. */
export function signPolynomial({ above, below }: RationalFunction): Univariate {
  return times(above, below);
}

export function negative(f: RationalFunction): RationalFunction {
  return FUNCTIONS.multiply(FUNCTIONS.number(Exact.of(-1)), f);
}

function alike(a: Univariate, b: Univariate): boolean {
  return a.length === b.length && a.every((v, k) => v.equals(b[k]!));
}
