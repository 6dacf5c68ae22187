// Answers of the page's own computing, for Python to compare with: one JSON question in, one JSON answer out.
// Runs on Node alone, which drops the types; so nothing that is imported here may need a bundler.
import { readFileSync } from "node:fs";
import { actingModel, effectiveOf, type Position } from "../src/analysis/instruments.ts";
import { labelsAt } from "../src/analysis/labels.ts";
import { marksOf } from "../src/analysis/marks.ts";
import { fieldAt } from "../src/dynamics/field.ts";
import { orbit } from "../src/dynamics/runge_kutta.ts";
import { fraction } from "../src/expression/evaluate.ts";
import { plain } from "../src/formulas/plain.ts";
import { holdsAt, knownAt, valueOf } from "../src/formulas/value.ts";
import type { GameModel, Layout, Tree } from "../src/model.ts";

interface Question {
  /** Parameters at each position, and levels of instruments where some are in use. */
  labels?: { model: GameModel; positions: Record<string, string>[]; levels?: Record<string, string>[] }[];
  marks?: { model: GameModel; position: Position; ranges: Record<string, [string, string]> }[];
  /** Rates at states, and the states that steps of the same length lead to from the first one. */
  steps?: { model: GameModel; settings: Record<string, string>; states: number[][]; step: number; count: number }[];
  /** Which conditions of rest points hold, and where they are. */
  conditions?: { model: GameModel; positions: Record<string, string>[] }[];
  /** Formulas as text. */
  plain?: Layout[];
}

const asked = JSON.parse(readFileSync(0, "utf8")) as Question;
const answers = {
  labels: (asked.labels ?? []).map(({ model, positions, levels }) => positions.map((settings, k) => {
    const inForce = effectiveOf(model, settings, levels?.[k] ?? {});
    return labelsAt(actingModel(model, inForce, levels?.[k] ?? {}), inForce.effective);
  })),
  marks: (asked.marks ?? []).map(({ model, position, ranges }) => Object.fromEntries(
    Object.entries(ranges).map(([name, range]) => [name, marksOf(model, position, name, range)]))),
  steps: (asked.steps ?? []).map(({ model, settings, states, step, count }) => {
    const values = Object.fromEntries(Object.entries(settings).map(([name, text]) => [name, fraction(text)]));
    const field = fieldAt(model, values);
    const rates = states.map((state) => {
      const out = new Float64Array(state.length);
      field(Float64Array.from(state), out);
      return [...out];
    });
    return { rates, path: [...orbit(field, Float64Array.from(states[0]!), step, count)] };
  }),
  conditions: (asked.conditions ?? []).map(({ model, positions }) => positions.map((at) => conditionsAt(model, at))),
  plain: (asked.plain ?? []).map(plain),
};
process.stdout.write(JSON.stringify(answers));

function conditionsAt(model: GameModel, at: Record<string, string>) {
  const known = knownAt(at, {}, model.formulas.names);
  const shares = model.populations.flatMap((p) => p.shares);
  return Object.fromEntries(Object.entries(model.formulas.points).map(([id, { exact, exists, stable_when }]) => {
    const coordinates = Object.fromEntries((exact ?? []).map((formula, k) => [shares[k]!, formula.tree]));
    const value = (tree: Tree) => valueOf(tree, known, coordinates);
    return [id, {
      exact: exact && exact.map((formula) => value(formula.tree)?.text ?? null),
      exists: exists && holdsAt(exists, value),
      stable_when: stable_when && holdsAt(stable_when, value),
    }];
  }));
}
