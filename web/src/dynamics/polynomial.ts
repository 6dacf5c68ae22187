// An expression at numeric parameters as a polynomial in the shares: what a frame can afford to evaluate a
// hundred thousand times.  The order of operations is not the tree's, so the last digits are not Python's;
// where these matter, `fieldAt` follows the tree.
import { fraction, compile, type Values } from "../expression/evaluate";
import type { Tree } from "../model";

/** Coefficients by exponents; these are packed four bits a share, the first share in the lowest. */
export type Polynomial = Map<number, number>;

/** Past it powers of 1 - x lose their digits when they are multiplied out, and trees stay as they are. */
const MOST = 8;
const BITS = 4;
/** Shares whose exponents one whole number holds. */
const SHARES = 12;

/** Returns the polynomial, or null where the expression is none in these shares, or one of high degree. */
export function expand(tree: Tree, values: Values, shares: string[]): Polynomial | null {
  if (shares.length > SHARES) return null;
  return expanded(tree, values, new Map(shares.map((name, k) => [name, 2 ** (BITS * k)])));
}

function expanded(tree: Tree, values: Values, units: Map<string, number>): Polynomial | null {
  if (typeof tree === "string") {
    const unit = units.get(tree);
    return unit === undefined ? constant(values[tree] ?? NaN) : new Map([[unit, 1]]);
  }
  switch (tree[0]) {
    case "n":
      return constant(fraction(tree[1]));
    case "+":
    case "*": {
      let result: Polynomial | null = null;
      for (let k = 1; k < tree.length; k++) {
        const next = expanded(tree[k] as Tree, values, units);
        if (!next) return null;
        result = result === null ? next : tree[0] === "+" ? sum(result, next, 1) : product(result, next);
        if (!result) return null;
      }
      return result;
    }
    case "/": {
      const [above, below] = [expanded(tree[1], values, units), expanded(tree[2], values, units)];
      const divisor = below && valueOf(below);
      return above && typeof divisor === "number" ? product(above, constant(1 / divisor)) : null;
    }
    case "^": {
      const [base, power] = [expanded(tree[1], values, units), expanded(tree[2], values, units)];
      const exponent = power && valueOf(power);
      if (!base || typeof exponent !== "number") return null;
      const number = valueOf(base);
      if (number !== null) return constant(Math.pow(number, exponent));
      if (!Number.isInteger(exponent) || exponent < 0 || exponent > MOST) return null;
      let result: Polynomial | null = constant(1);
      for (let k = 0; k < exponent && result; k++) result = product(result, base);
      return result;
    }
    default: {
      const inner: Tree[] = [];
      for (const argument of tree.slice(2) as Tree[]) {
        const found = expanded(argument, values, units);
        const value = found && valueOf(found);
        if (typeof value !== "number") return null;
        inner.push(["n", String(value)]);
      }
      return constant(compile(["f", tree[1], ...inner])({}));
    }
  }
}

function constant(value: number): Polynomial {
  return new Map([[0, value]]);
}

/** Returns the number that a polynomial is, or null where it holds a share. */
function valueOf(polynomial: Polynomial): number | null {
  if (polynomial.size > 1) return null;
  const [entry] = polynomial;
  return entry === undefined ? 0 : entry[0] === 0 ? entry[1] : null;
}

/** Returns a + scale·b. */
export function sum(a: Polynomial, b: Polynomial, scale: number): Polynomial {
  const result = new Map(a);
  for (const [exponents, value] of b) result.set(exponents, (result.get(exponents) ?? 0) + scale * value);
  return result;
}

function product(a: Polynomial, b: Polynomial): Polynomial | null {
  const result: Polynomial = new Map();
  for (const [e, u] of a) {
    for (const [f, v] of b) {
      const exponents = e + f;
      if (e > 0 && f > 0 && degree(exponents) > MOST) return null;
      result.set(exponents, (result.get(exponents) ?? 0) + u * v);
    }
  }
  return result;
}

function degree(exponents: number): number {
  let total = 0;
  for (let rest = exponents; rest > 0; rest = Math.floor(rest / 16)) total += rest % 16;
  return total;
}

/** Returns the exponent of each share in a monomial. */
export function exponentsOf(packed: number, count: number): number[] {
  return Array.from({ length: count }, (_, k) => Math.floor(packed / 2 ** (BITS * k)) % 16);
}

/** Returns a polynomial in `count` shares as a function of the state. */
export function evaluator(polynomial: Polynomial, count: number): (state: Float64Array) => number {
  const at = (...of: number[]) => polynomial.get(of.reduce((total, k) => total + 2 ** (BITS * k), 0)) ?? 0;
  const simple = [...polynomial.keys()].every((packed) => exponentsOf(packed, count).every((e) => e < 2));
  if (simple && count <= 3) {
    const [c, cx, cy, cz, cxy, cxz, cyz, cxyz] = [at(), at(0), at(1), at(2), at(0, 1), at(0, 2), at(1, 2), at(0, 1, 2)] as
      [number, number, number, number, number, number, number, number];
    if (count === 1) return (s) => c + cx * s[0]!;
    if (count === 2) return (s) => c + cy * s[1]! + s[0]! * (cx + cxy * s[1]!);
    return (s) => {
      const [x, y, z] = [s[0]!, s[1]!, s[2]!];
      return c + cy * y + z * (cz + cyz * y) + x * (cx + cxy * y + z * (cxz + cxyz * y));
    };
  }
  const terms = [...polynomial].filter(([, value]) => value !== 0);
  const values = Float64Array.from(terms, ([, value]) => value);
  // Which shares each monomial multiplies, one after the other.
  const factors = terms.map(([packed]) => exponentsOf(packed, count).flatMap((e, k) => Array<number>(e).fill(k)));
  return (s) => {
    let total = 0;
    for (let t = 0; t < values.length; t++) {
      let term = values[t]!;
      for (const k of factors[t]!) term *= s[k]!;
      total += term;
    }
    return total;
  };
}
