// Values of expressions in floating point, in the order that the tree fixes: from left to right, one rounding
// an operation.  Python does the same, so that polynomials give the same bits in both.
import { Exact } from "../exact/number.ts";
import type { Tree } from "../model.ts";

export type Values = Record<string, number>;
type Compiled = (values: Values) => number;

/** Digits up to which whole numbers are floating-point numbers, so that one division rounds once. */
const DIGITS = 15;

/** The floating-point number nearest to an exact text. */
export function fraction(text: string): number {
  const slash = text.indexOf("/");
  if (slash < 0) return Number(text);
  if (slash <= DIGITS && text.length - slash - 1 <= DIGITS) return Number(text.slice(0, slash)) / Number(text.slice(slash + 1));
  return Exact.read(text)?.float ?? NaN;
}

/** Compiles a tree to closures; no code is ever made from text. */
export function compile(tree: Tree): Compiled {
  if (typeof tree === "string") return (v) => v[tree] as number;
  switch (tree[0]) {
    case "n": {
      const value = fraction(tree[1]);
      return () => value;
    }
    case "+": {
      const terms = (tree.slice(1) as Tree[]).map(compile);
      return (v) => {
        let sum = terms[0]!(v);
        for (let k = 1; k < terms.length; k++) sum += terms[k]!(v);
        return sum;
      };
    }
    case "*": {
      const factors = (tree.slice(1) as Tree[]).map(compile);
      return (v) => {
        let product = factors[0]!(v);
        for (let k = 1; k < factors.length; k++) product *= factors[k]!(v);
        return product;
      };
    }
    case "/": {
      const [above, below] = [compile(tree[1]), compile(tree[2])];
      return (v) => above(v) / below(v);
    }
    case "^":
      return powered(compile(tree[1]), tree[2]);
    default:
      return called(tree[1], (tree.slice(2) as Tree[]).map(compile));
  }
}

function powered(base: Compiled, exponent: Tree): Compiled {
  const whole = typeof exponent !== "string" && exponent[0] === "n" && /^-?\d+$/.test(exponent[1]) ? Number(exponent[1]) : null;
  if (whole === null) {
    const power = compile(exponent);
    return (v) => Math.pow(base(v), power(v));
  }
  // Repeated multiplication: libraries differ in how they round a power.
  return (v) => {
    const b = base(v);
    let result = 1;
    for (let k = 0; k < Math.abs(whole); k++) result *= b;
    return whole < 0 ? 1 / result : result;
  };
}

function called(name: string, of: Compiled[]): Compiled {
  const first = of[0]!;
  switch (name) {
    case "exp": return (v) => Math.exp(first(v));
    case "log": return (v) => Math.log(first(v));
    case "sqrt": return (v) => Math.sqrt(first(v));
    case "min": return (v) => Math.min(...of.map((f) => f(v)));
    case "max": return (v) => Math.max(...of.map((f) => f(v)));
    case "binomial": return (v) => binomial(first(v), of[1]!(v));
    default: throw new Error(`unknown function ${name}`);
  }
}

/** Of whole numbers; what Python refuses is no number. */
function binomial(n: number, k: number): number {
  if (!Number.isInteger(n) || !Number.isInteger(k) || n < 0) return NaN;
  if (k < 0 || k > n) return 0;
  let result = 1;
  for (let j = 1; j <= k; j++) result = (result * (n - k + j)) / j;
  return Math.round(result);
}
