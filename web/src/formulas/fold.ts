// A formula with the present numbers put into it: whatever holds no share is computed, exactly.
import { Exact, NotExact, ONE, ZERO } from "../exact/number.ts";
import { evaluateExact } from "../expression/evaluate_exact.ts";
import type { Tree } from "../model.ts";

/** What a name is now: a number, another formula, or nothing but itself (a share). */
export type Known = (name: string) => Exact | Tree | null;

/** Returns a tree with numbers for all that is known; divisions by zero and roots that are not rational stay. */
export function fold(tree: Tree, known: Known): Tree {
  if (typeof tree === "string") {
    const now = known(tree);
    return now instanceof Exact ? numeral(now) : now === null || now === tree ? tree : fold(now, known);
  }
  switch (tree[0]) {
    case "n":
      return tree;
    case "+":
      return total((tree.slice(1) as Tree[]).map((t) => fold(t, known)));
    case "*":
      return product((tree.slice(1) as Tree[]).map((t) => fold(t, known)));
    case "/":
      return quotient(fold(tree[1], known), fold(tree[2], known));
    case "^":
      return computed(["^", fold(tree[1], known), fold(tree[2], known)]);
    default:
      return computed(["f", tree[1], ...(tree.slice(2) as Tree[]).map((t) => fold(t, known))]);
  }
}

function numeral(value: Exact): Tree {
  return ["n", value.text];
}

function numberOf(tree: Tree): Exact | null {
  return typeof tree !== "string" && tree[0] === "n" ? Exact.read(tree[1]) : null;
}

/** The number in front of a term, and the rest of it; null for a number alone. */
function parts(term: Tree): [Exact, Tree | null] {
  const alone = numberOf(term);
  if (alone) return [alone, null];
  if (typeof term === "string" || term[0] !== "*") return [ONE, term];
  const first = numberOf(term[1] as Tree);
  if (!first) return [ONE, term];
  const rest = term.slice(2) as Tree[];
  return [first, rest.length === 1 ? rest[0]! : ["*", ...rest]];
}

function term(count: Exact, rest: Tree | null): Tree {
  if (rest === null || count.sign() === 0) return numeral(count);
  if (count.equals(ONE)) return rest;
  return typeof rest !== "string" && rest[0] === "*" ? ["*", numeral(count), ...(rest.slice(1) as Tree[])] : ["*", numeral(count), rest];
}

/** A sum with like terms taken together, in the order in which they first stand. */
function total(terms: Tree[]): Tree {
  const flat = terms.flatMap((t) => (typeof t !== "string" && t[0] === "+" ? (t.slice(1) as Tree[]) : [t]));
  const counted = new Map<string, [Exact, Tree | null]>();
  for (const one of flat) {
    const [count, rest] = parts(one);
    const key = JSON.stringify(rest);
    counted.set(key, [(counted.get(key)?.[0] ?? ZERO).plus(count), rest]);
  }
  const kept = [...counted.values()].filter(([count]) => count.sign() !== 0).map(([count, rest]) => term(count, rest));
  return kept.length === 0 ? ["n", "0"] : kept.length === 1 ? kept[0]! : ["+", ...kept];
}

function product(factors: Tree[]): Tree {
  let count = ONE;
  const rest: Tree[] = [];
  for (const factor of factors) {
    const [number, other] = parts(factor);
    count = count.times(number);
    if (other !== null) rest.push(...(typeof other !== "string" && other[0] === "*" ? (other.slice(1) as Tree[]) : [other]));
  }
  return term(count, rest.length === 0 ? null : rest.length === 1 ? rest[0]! : ["*", ...rest]);
}

function quotient(above: Tree, below: Tree): Tree {
  const number = numberOf(below);
  if (number && number.sign() !== 0) return product([numeral(ONE.over(number)), above]);
  if (numberOf(above)?.sign() === 0 && !number) return above;
  return ["/", above, below];
}

/** The value of a power or a function where it is rational; else the tree as it is. */
function computed(tree: Tree): Tree {
  try {
    const value = evaluateExact(tree, {});
    return value.rational ? numeral(value) : tree;
  } catch (problem) {
    if (problem instanceof NotExact) return tree;
    throw problem;
  }
}
