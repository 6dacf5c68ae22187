// How a tree is written: brackets, bars, signs.  The shorter twin of present/formulas/layout.py, for formulas
// that the page makes itself by putting numbers into them.
import { Exact } from "../exact/number.ts";
import type { Layout, Tree } from "../model.ts";
import { numberText } from "./number_text.ts";

type Symbols = (name: string) => Layout;

const SUM = 1, PRODUCT = 2, POWER = 4;
const MINUS: Layout = ["o", "−", "binary"];
const PLUS: Layout = ["o", "+", "binary"];
const NEGATIVE: Layout = ["o", "−", "sign"];
const TIMES: Layout = ["o", "", "times"];
const DOT: Layout = ["o", "·", "dot"];

/** Returns how a tree is written; `symbolOf` gives the symbol of a name. */
export function layoutOf(tree: Tree, symbolOf: Symbols): Layout {
  return written(tree, symbolOf, 0);
}

/** Whether a layout begins with what the parser of layouts calls it. */
function is(node: Layout | undefined, kind: string): boolean {
  return Array.isArray(node) && node[0] === kind;
}

function written(tree: Tree, of: Symbols, least: number): Layout {
  if (typeof tree === "string") return of(tree);
  switch (tree[0]) {
    case "n":
      return number(tree[1], least);
    case "+": {
      const items: Layout[] = [];
      for (const term of tree.slice(1) as Tree[]) {
        const [negative, size] = splitSign(term);
        if (items.length) items.push(negative ? MINUS : PLUS);
        else if (negative) items.push(NEGATIVE);
        items.push(written(size, of, PRODUCT));
      }
      return bracket(["r", ...items], SUM, least);
    }
    case "*": {
      const [negative, size] = splitSign(tree);
      if (negative) return bracket(["r", NEGATIVE, written(size, of, PRODUCT)], SUM, least);
      return bracket(product(powers(tree.slice(1) as Tree[]), of), PRODUCT, least);
    }
    case "/": {
      const [negative, size] = splitSign(tree[1]);
      const bar: Layout = ["/", written(negative ? size : tree[1], of, 0), written(tree[2], of, 0)];
      if (negative) return bracket(["r", NEGATIVE, bar], SUM, least);
      return least <= PRODUCT + 1 ? bar : ["f", "(", bar, ")"];
    }
    case "^":
      return ["^", written(tree[1], of, POWER + 1), written(tree[2], of, 0)];
    default: {
      const inner = (tree.slice(2) as Tree[]).map((a) => written(a, of, 0));
      if (tree[1] === "sqrt") return ["q", inner[0]!];
      const listed = inner.flatMap((a, k) => (k ? [["o", ",", "comma"] as Layout, a] : [a]));
      return ["r", ["u", tree[1]], ["f", "(", ["r", ...listed], ")"]];
    }
  }
}

function number(text: string, least: number): Layout {
  const value = Exact.read(text);
  const told = value ? numberText(value) : text;
  if (told.startsWith("−")) return bracket(["r", NEGATIVE, digits(told.slice(1))], SUM, least);
  const body = digits(told);
  return is(body, "/") && least > PRODUCT + 1 ? ["f", "(", body, ")"] : body;
}

function digits(text: string): Layout {
  const [above, below] = text.split("/");
  return below === undefined ? ["t", text] : ["/", ["t", above!], ["t", below]];
}

/** Returns whether a term is written with a minus in front, and the term without it. */
function splitSign(term: Tree): [boolean, Tree] {
  if (typeof term === "string") return [false, term];
  if (term[0] === "n" && term[1].startsWith("-")) return [true, ["n", term[1].slice(1)]];
  if (term[0] === "*") {
    const [first, ...rest] = term.slice(1) as Tree[];
    if (Array.isArray(first) && first[0] === "n" && first[1].startsWith("-")) {
      const size = first[1].slice(1);
      if (size !== "1") return [true, ["*", ["n", size], ...rest]];
      return [true, rest.length === 1 ? rest[0]! : ["*", ...rest]];
    }
  }
  if (term[0] === "/" && !is(term[1] as Layout, "+")) {
    const [negative, size] = splitSign(term[1]);
    return [negative, ["/", size, term[2]]];
  }
  return [false, term];
}

/** Equal factors as one power, as people write them. */
function powers(factors: Tree[]): Tree[] {
  const counted = new Map<string, { base: Tree; exponent: number }>();
  for (const factor of factors) {
    const [base, exponent] = powerOf(factor);
    const key = JSON.stringify(base);
    const known = counted.get(key);
    if (known && !isNumber(base)) known.exponent += exponent;
    else counted.set(known ? `${key} ${counted.size}` : key, { base, exponent });
  }
  return [...counted.values()].map(({ base, exponent }) => (exponent === 1 ? base : ["^", base, ["n", String(exponent)]]));
}

/** Whether a tree is a number alone. */
export function isNumber(tree: Tree): tree is ["n", string] {
  return typeof tree !== "string" && tree[0] === "n";
}

function powerOf(factor: Tree): [Tree, number] {
  if (typeof factor === "string" || factor[0] !== "^" || !isNumber(factor[2]) || !/^\d+$/.test(factor[2][1])) return [factor, 1];
  return [factor[1], Number(factor[2][1])];
}

function product(factors: Tree[], of: Symbols): Layout {
  if (factors.length === 1) return written(factors[0]!, of, PRODUCT);
  const items: Layout[] = [];
  factors.forEach((factor, k) => {
    const item = written(factor, of, k ? PRODUCT + 1 : PRODUCT);
    // A number after a factor would read as a part of it.
    const before = items.at(-1);
    const numeric = is(item, "t") || (is(item, "/") && (is(before, "t") || is(before, "/")));
    if (k) items.push(numeric ? DOT : TIMES);
    items.push(item);
  });
  return ["r", ...items];
}

function bracket(inner: Layout, level: number, least: number): Layout {
  if (level >= least) return inner;
  const [left, right] = ["()", "[]", "{}"][Math.min(fences(inner), 2)]!;
  return ["f", left!, inner, right!];
}

/** How many brackets stand in one another. */
function fences(inner: Layout): number {
  if (typeof inner === "string") return 0;
  if (inner[0] === "f") return 1 + "([{".indexOf(inner[1]);
  if (inner[0] === "r") return Math.max(0, ...(inner.slice(1) as Layout[]).map(fences));
  return inner[0] === "_" || inner[0] === "^" ? fences(inner[1]) : 0;
}

/** Items side by side. */
export function row(...items: Layout[]): Layout {
  return ["r", ...items];
}

/** A relation sign, such as "=". */
export function relation(sign: string): Layout {
  return ["o", sign, "relation"];
}
