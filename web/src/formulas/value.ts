// The exact value of a formula now: what its names stand for, looked up as deep as it goes.
import { Exact, NotExact } from "../exact/number.ts";
import { allows, evaluateIn, NUMBERS } from "../expression/evaluate_exact.ts";
import type { Formula, Tree, WrittenCondition } from "../model.ts";
import type { Known } from "./fold.ts";

/** What shares stand for in the formulas of a rest point: its coordinates. */
export type Coordinates = Record<string, Tree>;

/** What each name is: a parameter that moves with the shares, a number, or what a short name stands for. */
export function knownAt(effective: Record<string, string>, moving: Record<string, Tree>, names: Record<string, Formula>): Known {
  return (name) => {
    const text = effective[name];
    if (text === undefined) return names[name]?.tree ?? null;
    return moving[name] ?? Exact.read(text);
  };
}

/** Returns the exact value of a tree; null where it has none that is exact. */
export function valueOf(tree: Tree, known: Known, coordinates: Coordinates = {}): Exact | null {
  const seen = new Map<string, Exact | undefined>();
  const value = (name: string): Exact | undefined => {
    if (!seen.has(name)) {
      const found = coordinates[name] ?? known(name);
      seen.set(name, found === null ? undefined : found instanceof Exact ? found : evaluateIn(NUMBERS, found, value));
    }
    return seen.get(name);
  };
  try {
    return evaluateIn(NUMBERS, tree, value);
  } catch (problem) {
    if (problem instanceof NotExact) return null;
    throw problem;
  }
}

/** Whether a condition holds; null where its numbers do not tell. */
export function holdsAt(condition: WrittenCondition, value: (tree: Tree) => Exact | null): boolean | null {
  if (!Array.isArray(condition)) {
    const [left, right] = [value(condition.left), value(condition.right)];
    return left && right ? allows(condition.operator, left.compare(right)) : null;
  }
  const decides = condition[0] === "or";
  const parts = (condition.slice(1) as WrittenCondition[]).map((part) => holdsAt(part, value));
  return parts.includes(decides) ? decides : parts.includes(null) ? null : !decides;
}
