// What instruments make of a game: the parameters as they leave them, exactly.
import { Exact, NotExact } from "../exact/number.ts";
import { evaluateExact, holds } from "../expression/evaluate_exact.ts";
import type { GameModel, Instrument, Tree } from "../model.ts";
import { exponentsOf, minus, payoffPolynomials, type Polynomial } from "./share_polynomial.ts";

/** Parameters under instruments. */
export interface InForce {
  /** The exact text of each parameter; of those that move with the shares the text without instruments. */
  effective: Record<string, string>;
  /** What the parameters are that an instrument makes depend on the shares, in shares and numbers alone. */
  moving: Record<string, Tree>;
  /** Why an instrument could not be applied, a key of the languages; empty where all could. */
  trouble: string;
}

const NO_VALUE = "an instrument divides by zero or gives no rational number here";

/** Where parameters and levels of instruments stand. */
export interface Position { settings: Record<string, string>; levels: Record<string, string> }

/** The same position with one lever elsewhere; one that the file has in force is a parameter and a level. */
export function movedTo({ settings, levels }: Position, name: string, text: string): Position {
  const isParameter = name in settings;
  return {
    settings: isParameter ? { ...settings, [name]: text } : settings,
    levels: isParameter && !(name in levels) ? levels : { ...levels, [name]: text },
  };
}

/**
 * Applies the instruments that act, one after the other in the order of the file: each on the
 * parameters as the earlier ones leave them.  The level of one that the file itself has in force is a parameter
 * too: `levels` hold it as well.
 */
export function effectiveOf(
  model: GameModel, settings: Record<string, string>, levels: Record<string, string>,
): InForce {
  const shares = new Set(model.populations.flatMap((p) => p.shares));
  const now: Record<string, Tree> = {};
  for (const [name, text] of Object.entries(settings)) now[name] = ["n", text];
  const acting = instrumentsInForce(model, levels);
  for (const instrument of model.instruments) now[instrument.name] = ["n", levels[instrument.name] ?? instrument.idle];
  let trouble = "";
  for (const instrument of acting) {
    const changed: Record<string, Tree> = {};
    for (const [name, change] of Object.entries(instrument.changes)) {
      const tree = substituted(change, now);
      try {
        changed[name] = mentions(tree, shares) ? tree : ["n", evaluateExact(tree, {}).text];
      } catch (problem) {
        if (!(problem instanceof NotExact)) throw problem;
        trouble = NO_VALUE;
      }
    }
    Object.assign(now, changed);
  }
  const effective: Record<string, string> = {};
  const moving: Record<string, Tree> = {};
  for (const [name, text] of Object.entries(settings)) {
    const tree = now[name] as Tree;
    if (typeof tree !== "string" && tree[0] === "n") effective[name] = tree[1];
    else [effective[name], moving[name]] = [text, tree];
  }
  return { effective, moving, trouble };
}

/** Whether the file itself has an instrument in force: then its level is a parameter. */
export function isAlwaysInForce(model: GameModel, { name }: Instrument): boolean {
  return model.parameters.some((p) => p.name === name);
}

/** The instruments that act, those whose levels are not idle and those that always do, in the order of the file. */
export function instrumentsInForce(model: GameModel, levels: Record<string, string>): Instrument[] {
  return model.instruments.filter((i) => {
    if (isAlwaysInForce(model, i)) return true;
    const [level, idle] = [Exact.read(levels[i.name] ?? i.idle), Exact.read(i.idle)];
    return level !== null && idle !== null && !level.equals(idle);
  });
}

/**
 * The model that is played: with the payoffs and formulas that belong to its fixed parameters, and what moves with
 * the shares written into payoffs and speeds; the same one where nothing of that is to be done.
 */
export function actingModel(model: GameModel, { effective, moving }: InForce, levels: Record<string, string>): GameModel {
  const chosen = variantAt(model, effective);
  if (!Object.keys(moving).length) return chosen;
  const names = instrumentsInForce(model, levels).map((i) => i.name);
  return { ...written(chosen, moving), balanced: balancedUnder(model, names), answer: null };
}

function variantAt(model: GameModel, effective: Record<string, string>): GameModel {
  const found = model.variants?.find(({ fixed }) =>
    Object.entries(fixed).every(([name, value]) => effective[name] === value));
  return found ? { ...model, payoffs: found.payoffs, formulas: { ...model.formulas, ...found.formulas } } : model;
}

function written(model: GameModel, moving: Record<string, Tree>): GameModel {
  return {
    ...model,
    payoffs: model.payoffs.map((row) => row.map((u) => substituted(u, moving))),
    speeds: model.speeds.map((s) => substituted(s, moving)),
    form: model.form === "profiles" ? "other" : model.form,
  };
}

const BALANCED = new WeakMap<GameModel, Map<string, boolean>>();

/**
 * Whether advantages are linear in the shares of each other population and without the own share while some
 * instruments act, whatever the parameters: seen at numbers that have nothing to do with each other.
 */
function balancedUnder(model: GameModel, names: string[]): boolean {
  const known = BALANCED.get(model) ?? new Map<string, boolean>();
  BALANCED.set(model, known);
  const found = known.get(names.join());
  if (found !== undefined) return found;
  const unlike = (k: number) => `${1009 + 2 * k * k + 38 * k}/${997 + 6 * k}`;
  const settings = Object.fromEntries(model.parameters.map((p, k) => [p.name, p.fixed ? p.value ?? "0" : unlike(k)]));
  const levels = Object.fromEntries(names.map((name, k) => [name, unlike(k + model.parameters.length)]));
  const inForce = effectiveOf(model, settings, levels);
  let balanced = false;
  try {
    const payoffs = payoffPolynomials(written(model, inForce.moving), exactValues(inForce.effective));
    balanced = payoffs.every((row, i) => row.slice(1).every((u) => isBalanced(model, i, minus(u, row[0]!))));
  } catch (problem) {
    if (!(problem instanceof NotExact)) throw problem;
  }
  known.set(names.join(), balanced);
  return balanced;
}

function isBalanced(model: GameModel, i: number, advantage: Polynomial): boolean {
  const owner = model.populations.flatMap((p, j) => p.free.map(() => j));
  return [...advantage.keys()].map(exponentsOf).every((exponents) =>
    model.populations.every((_, j) => {
      const power = exponents.reduce((total, e, k) => total + (owner[k] === j ? e : 0), 0);
      return power <= Number(i !== j);
    }));
}

/** The assumptions of a model, as written, that do not hold at parameters. */
export function brokenAssumptions(model: GameModel, effective: Record<string, string>): string[] {
  const values = exactValues(effective);
  return model.assume.filter(({ condition }) => {
    try {
      return !holds(condition, values);
    } catch (problem) {
      if (problem instanceof NotExact) return true;
      throw problem;
    }
  }).map(({ text }) => text);
}

/** Exact numbers from their texts; throws `NotExact` for a text that is no number. */
export function exactValues(texts: Record<string, string>): Record<string, Exact> {
  const values: Record<string, Exact> = {};
  for (const [name, text] of Object.entries(texts)) {
    const value = Exact.read(text);
    if (!value) throw new NotExact(`${text} is not a number`);
    values[name] = value;
  }
  return values;
}

/** A tree with names replaced by trees. */
export function substituted(tree: Tree, by: Record<string, Tree>): Tree {
  if (typeof tree === "string") return by[tree] ?? tree;
  if (tree[0] === "n") return tree;
  const skip = tree[0] === "f" ? 2 : 1;
  return [...tree.slice(0, skip), ...(tree.slice(skip) as Tree[]).map((part) => substituted(part, by))] as Tree;
}

/** Whether a tree holds one of some names. */
function mentions(tree: Tree, names: Set<string>): boolean {
  if (typeof tree === "string") return names.has(tree);
  if (tree[0] === "n") return false;
  return (tree.slice(tree[0] === "f" ? 2 : 1) as Tree[]).some((part) => mentions(part, names));
}
