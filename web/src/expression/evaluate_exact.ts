// Values of expressions in exact numbers, and in whatever else can be added and multiplied: the twin of
// packages/separatrix/src/separatrix/expression/evaluation.py, with its limits.
import { Exact, NotExact, ONE, ZERO } from "../exact/number.ts";
import type { Condition, Operator, Tree } from "../model.ts";

/** What a tree is evaluated in; numbers stand as exact ones until something else meets them. */
export interface Algebra<T> {
  number(value: Exact): T;
  add(a: T, b: T): T;
  multiply(a: T, b: T): T;
  divide(a: T, b: T): T;
  /** The exact number that an element is; null where it is none. */
  constant(a: T): Exact | null;
}

/** Exact numbers by themselves. */
export const NUMBERS: Algebra<Exact> = {
  number: (value) => value,
  add: (a, b) => a.plus(b),
  multiply: (a, b) => a.times(b),
  divide: (a, b) => a.over(b),
  constant: (a) => a,
};

const MOST_EXPONENT = 64;

/** Returns the value of a tree; throws `NotExact` where it has none in these numbers. */
export function evaluateIn<T>(algebra: Algebra<T>, tree: Tree, values: (name: string) => T | undefined): T {
  if (typeof tree === "string") {
    const value = values(tree);
    if (value === undefined) throw new NotExact(`no value for ${tree}`);
    return value;
  }
  const inner = (part: Tree) => evaluateIn(algebra, part, values);
  switch (tree[0]) {
    case "n":
      return algebra.number(readNumber(tree[1]));
    case "+":
      return (tree.slice(1) as Tree[]).map(inner).reduce((a, b) => algebra.add(a, b), algebra.number(ZERO));
    case "*":
      return (tree.slice(1) as Tree[]).map(inner).reduce((a, b) => algebra.multiply(a, b), algebra.number(ONE));
    case "/":
      return algebra.divide(inner(tree[1]), inner(tree[2]));
    case "^":
      return power(algebra, inner(tree[1]), algebra.constant(inner(tree[2])));
    default: {
      const of = (tree.slice(2) as Tree[]).map((part) => algebra.constant(inner(part)));
      if (of.some((value) => value === null)) throw new NotExact(`${tree[1]} of shares`);
      return algebra.number(called(tree[1], of as Exact[]));
    }
  }
}

export function evaluateExact(tree: Tree, values: Record<string, Exact>): Exact {
  return evaluateIn(NUMBERS, tree, (name) => values[name]);
}

/** Whether a condition holds at exact values. */
export function holds(condition: Condition, values: Record<string, Exact>): boolean {
  switch (condition[0]) {
    case "and":
      return (condition.slice(1) as Condition[]).every((part) => holds(part, values));
    case "or":
      return (condition.slice(1) as Condition[]).some((part) => holds(part, values));
    default: {
      const gap = evaluateExact(condition[2], values).minus(evaluateExact(condition[3], values)).sign();
      return allows(condition[1], gap);
    }
  }
}

export function allows(operator: Operator, sign: number): boolean {
  switch (operator) {
    case "<": return sign < 0;
    case "<=": return sign <= 0;
    case "==": return sign === 0;
    case "!=": return sign !== 0;
    case ">=": return sign >= 0;
    case ">": return sign > 0;
  }
}

function readNumber(text: string): Exact {
  const value = Exact.read(text);
  if (!value) throw new NotExact(`${text} is not a number`);
  return value;
}

function power<T>(algebra: Algebra<T>, base: T, exponent: Exact | null): T {
  if (exponent?.rational && exponent.r === 2n) {
    const root = algebra.constant(base)?.root();
    if (!root?.rational) throw new NotExact("a root that is not rational");
    return power(algebra, algebra.number(root), exponent.plus(exponent));
  }
  if (!exponent?.whole || Math.abs(Number(exponent.p)) > MOST_EXPONENT) throw new NotExact("a power that is not whole");
  let result = algebra.number(ONE);
  for (let k = 0; k < Math.abs(Number(exponent.p)); k++) result = algebra.multiply(result, base);
  return exponent.p < 0n ? algebra.divide(algebra.number(ONE), result) : result;
}

function called(name: string, of: Exact[]): Exact {
  const first = of[0]!;
  switch (name) {
    case "exp": if (first.equals(ZERO)) return ONE; break;
    case "log": if (first.equals(ONE)) return ZERO; break;
    case "sqrt": {
      const root = first.root();
      if (root?.rational) return root;
      break;
    }
    case "min": return of.reduce((a, b) => (b.compare(a) < 0 ? b : a));
    case "max": return of.reduce((a, b) => (b.compare(a) > 0 ? b : a));
    case "binomial": return binomial(first, of[1]!);
  }
  throw new NotExact(`${name} is not rational here`);
}

function binomial(n: Exact, k: Exact): Exact {
  if (!n.whole || !k.whole || n.p < 0n || n.p > 1000n) throw new NotExact("binomial needs whole numbers");
  if (k.p < 0n || k.p > n.p) return ZERO;
  let result = 1n;
  for (let j = 1n; j <= k.p; j++) result = (result * (n.p - k.p + j)) / j;
  return Exact.of(result);
}
