// The present numbers behind the names in formulas: parameters as instruments leave them, and what the short
// names stand for.
import { computed } from "@preact/signals";
import type { Exact } from "../exact/number";
import type { Layout, Tree } from "../model";
import { inForce, model } from "../state/store";
import { fold, type Known } from "./fold";
import { layoutOf } from "./layout";
import { plain } from "./plain";
import { knownAt, valueOf, type Coordinates } from "./value";

export type { Coordinates } from "./value";

/** What each name is now. */
export const known = computed<Known>(() =>
  knownAt(inForce.value.effective, inForce.value.moving, model.value?.formulas.names ?? {}));

/** Whether an instrument in force makes parameters depend on the shares, so that the conditions are others. */
export const shifting = computed(() => Object.keys(inForce.value.moving).length > 0);

/** Returns the exact value of a tree now; null where it has none that is exact. */
export function valueNow(tree: Tree, coordinates: Coordinates = {}): Exact | null {
  return valueOf(tree, known.value, coordinates);
}

/** Returns how a name is written. */
export function symbolOf(name: string): Layout {
  return model.value?.formulas.symbols[name] ?? (name.length === 1 ? name : ["w", name]);
}

/** Returns how a name is written in a line of text: π₁ for pi1. */
export function textOf(name: string): string {
  return plain(symbolOf(name));
}

/** Returns how a tree is written with the present numbers in it. */
export function folded(tree: Tree): Layout {
  return layoutOf(fold(tree, known.value), symbolOf);
}

/** The short names that formulas use, also those within what other names stand for, in the order of the model. */
export function namesIn(trees: Tree[]): string[] {
  const names = model.value?.formulas.names ?? {};
  const used = new Set<string>();
  const walk = (tree: Tree) => {
    if (typeof tree !== "string") {
      if (tree[0] !== "n") (tree.slice(tree[0] === "f" ? 2 : 1) as Tree[]).forEach(walk);
    } else if (names[tree] && !used.has(tree)) {
      used.add(tree);
      walk(names[tree].tree);
    }
  };
  trees.forEach(walk);
  return Object.keys(names).filter((name) => used.has(name));
}
