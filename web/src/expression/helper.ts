// Expressions that a user watches: read, and computed exactly where that is possible.
import { Exact, NotExact } from "../exact/number";
import type { Tree } from "../model";
import { compile, type Values } from "./evaluate";
import { evaluateExact } from "./evaluate_exact";
import { namesIn, parse, SyntaxProblem } from "./parse";

/** What a name stands for: exactly, where that is known, and nearly. */
export interface Known { exact: Exact | null; near: number }

type Watched =
  | { state: "exact"; text: string; near: number; names: string[] }
  | { state: "near"; near: number; names: string[] }
  | { state: "wrong"; at: number; width: number; told: string; holes: Record<string, string | number> };

const wrong = (at: number, width: number, told: string, holes: Record<string, string | number> = {}): Watched =>
  ({ state: "wrong", at, width, told, holes });

/** Computes an expression at what names stand for. */
export function watched(text: string, known: Record<string, Known>): Watched {
  let tree;
  try {
    tree = parse(text);
  } catch (fault) {
    if (fault instanceof SyntaxProblem) return wrong(fault.at, fault.width, fault.told, fault.holes);
    throw fault;
  }
  const names = namesIn(tree);
  const unknown = names.find((n) => !Object.hasOwn(known, n));
  if (unknown !== undefined) {
    const at = Array.from(text.slice(0, text.indexOf(unknown))).length;
    return wrong(at, Array.from(unknown).length, "there is no {name} here", { name: unknown });
  }
  if (names.every((n) => known[n]!.exact !== null)) {
    try {
      const value = evaluateExact(tree, Object.fromEntries(names.map((n) => [n, known[n]!.exact!])));
      return { state: "exact", text: value.text, near: value.float, names };
    } catch (problem) {
      // Roots, exponentials, a division by zero: told in floating point, or as having no value.
      if (!(problem instanceof NotExact)) throw problem;
    }
  }
  const near = nearly(tree, Object.fromEntries(names.map((n) => [n, known[n]!.near])));
  return Number.isFinite(near) ? { state: "near", near, names } : wrong(0, 1, "it has no value here");
}

/** The value in floating point; NaN where floating point has no such function. */
function nearly(tree: Tree, values: Values): number {
  try {
    return compile(tree)(values);
  } catch {
    return NaN;
  }
}
