// Polynomials in the shares with exact coefficients: what payoffs are at given parameters.  Shares are those of
// all strategies but the last of each population, whose share is written out as one minus the others.
import { Exact, NotExact, ONE, ZERO } from "../exact/number.ts";
import { type Algebra, evaluateIn } from "../expression/evaluate_exact.ts";
import type { GameModel, Tree } from "../model.ts";

/** From the exponents, joined by commas, to the coefficient; no zeros. */
export type Polynomial = Map<string, Exact>;

/** Terms past which nothing is expanded. */
const MOST_TERMS = 5000;

/** The algebra of polynomials in so many variables. */
export function polynomials(count: number): Algebra<Polynomial> {
  const one = Array<number>(count).fill(0).join();
  const number = (value: Exact): Polynomial => (value.sign() ? new Map([[one, value]]) : new Map());
  const constant = (a: Polynomial): Exact | null => (a.size === 0 ? ZERO : a.size === 1 ? a.get(one) ?? null : null);
  return {
    number,
    constant,
    add: plus,
    multiply: times,
    divide: (a, b) => {
      const by = constant(b);
      if (by) return times(a, number(ONE.over(by)));
      return quotient(a, b);
    },
  };
}

export function plus(a: Polynomial, b: Polynomial): Polynomial {
  const result = new Map(a);
  for (const [at, value] of b) addTo(result, at, value);
  return result;
}

export function minus(a: Polynomial, b: Polynomial): Polynomial {
  const result = new Map(a);
  for (const [at, value] of b) addTo(result, at, value.negative());
  return result;
}

export function times(a: Polynomial, b: Polynomial): Polynomial {
  const result: Polynomial = new Map();
  for (const [at, value] of a) {
    const left = exponentsOf(at);
    for (const [by, factor] of b) {
      addTo(result, exponentsOf(by).map((e, k) => e + left[k]!).join(), value.times(factor));
    }
  }
  if (result.size > MOST_TERMS) throw new NotExact("a payoff with too many terms");
  return result;
}

/** An exact quotient of polynomials; throws `NotExact` where there is a remainder. */
function quotient(a: Polynomial, b: Polynomial): Polynomial {
  const lead = leading(b);
  if (!lead) throw new NotExact("division by zero");
  const result: Polynomial = new Map();
  for (let rest = a, top = leading(rest); top; top = leading(rest)) {
    const power = exponentsOf(top[0]).map((e, k) => e - exponentsOf(lead[0])[k]!);
    if (power.some((e) => e < 0)) throw new NotExact("shares in a denominator");
    const term: Polynomial = new Map([[power.join(), top[1].over(lead[1])]]);
    for (const [at, value] of term) addTo(result, at, value);
    rest = minus(rest, times(term, b));
  }
  return result;
}

/** The first term in the order of the exponents. */
function leading(a: Polynomial): [string, Exact] | null {
  let best: [string, Exact] | null = null;
  for (const term of a) {
    if (!best) { best = term; continue; }
    const [e, f] = [exponentsOf(term[0]), exponentsOf(best[0])];
    const k = e.findIndex((value, j) => value !== f[j]);
    if (k >= 0 && e[k]! > f[k]!) best = term;
  }
  return best;
}

export function exponentsOf(key: string): number[] {
  return key.split(",").map(Number);
}

/** The value at exact shares. */
export function valueAt(a: Polynomial, state: Exact[]): Exact {
  let total = ZERO;
  for (const [at, value] of a) {
    total = total.plus(exponentsOf(at).reduce((term, e, k) => (e ? term.times(state[k]!.power(e)) : term), value));
  }
  return total;
}

/** The derivative by a variable. */
export function derivative(a: Polynomial, variable: number): Polynomial {
  const result: Polynomial = new Map();
  for (const [at, value] of a) {
    const exponents = exponentsOf(at);
    const e = exponents[variable]!;
    if (!e) continue;
    exponents[variable] = e - 1;
    result.set(exponents.join(), value.times(Exact.of(e)));
  }
  return result;
}

function addTo(result: Polynomial, at: string, value: Exact): void {
  const total = (result.get(at) ?? ZERO).plus(value);
  if (total.sign()) result.set(at, total);
  else result.delete(at);
}

/** The payoffs of a game as polynomials at exact parameters; throws `NotExact` where they are none. */
export function payoffPolynomials(model: GameModel, parameters: Record<string, Exact>): Polynomial[][] {
  const names = model.populations.flatMap((p) => p.free);
  const algebra = polynomials(names.length);
  const known = new Map<string, Polynomial>();
  for (const [name, value] of Object.entries(parameters)) known.set(name, algebra.number(value));
  const variable = (k: number): Polynomial => new Map([[names.map((_, j) => Number(j === k)).join(), ONE]]);
  names.forEach((name, k) => known.set(name, variable(k)));
  for (const p of model.populations) {
    if (p.strategies.length === 2) continue;
    const rest = p.free.reduce((left, name) => minus(left, known.get(name)!), algebra.number(ONE));
    known.set(p.shares[p.shares.length - 1]!, rest);
  }
  return model.payoffs.map((row) => row.map((u) => evaluateIn(algebra, u, (name) => known.get(name))));
}

const LINEAR = new WeakMap<Tree[][], boolean>();

/**
 * Whether two-strategy populations have payoffs that are linear in each of the others' shares without the own one,
 * and a single population such in its own: seen from the trees alone, so false means no more than not known.
 */
export function cornersTellAll(model: GameModel): boolean {
  const known = LINEAR.get(model.payoffs);
  if (known !== undefined) return known;
  const alone = model.populations.length === 1;
  const found = model.populations.every((p) => p.strategies.length === 2) && model.payoffs.every((row, i) =>
    row.every((u) => model.populations.every(({ share }, j) => degreeBound(u, share) <= Number(alone || i !== j))));
  LINEAR.set(model.payoffs, found);
  return found;
}

/** The largest power of a share that a tree can hold; infinite where it stands in a denominator or function. */
function degreeBound(tree: Tree, share: string): number {
  if (typeof tree === "string") return tree === share ? 1 : 0;
  const inner = (part: Tree) => degreeBound(part, share);
  switch (tree[0]) {
    case "n": return 0;
    case "+": return Math.max(0, ...(tree.slice(1) as Tree[]).map(inner));
    case "*": return (tree.slice(1) as Tree[]).reduce((total, part) => total + inner(part), 0);
    case "/": return inner(tree[2]) ? Infinity : inner(tree[1]);
    case "^": {
      const base = inner(tree[1]);
      const power = typeof tree[2] !== "string" && tree[2][0] === "n" ? Number(tree[2][1]) : NaN;
      if (!base && !inner(tree[2])) return 0;
      return Number.isInteger(power) && power >= 0 ? base * power : Infinity;
    }
    default: return (tree.slice(2) as Tree[]).some((part) => inner(part) > 0) ? Infinity : 0;
  }
}
