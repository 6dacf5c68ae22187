// Which formula of the symbolic answer a rest point is at the present numbers.  Ids tell it only where a support has
// one candidate: of several the letters follow their places, which change with the numbers.
import { compile, fraction, type Values } from "../expression/evaluate.ts";
import type { Candidate, GameModel } from "../model.ts";
import type { LabelledPoint } from "./labels.ts";

/** How far a formula's value may be off, by rounding. */
const NEAR = 1e-9;

/** The candidate whose coordinates are those of the point; null where none is, or several are. */
export function candidateOf(model: GameModel, point: LabelledPoint, effective: Record<string, string>): Candidate | null {
  const alike = (model.answer?.points ?? []).filter((c) => String(c.support) === String(point.support));
  if (!alike.length) return null;
  const values: Values = Object.fromEntries(Object.entries(effective).map(([name, text]) => [name, fraction(text)]));
  for (const [name, tree] of model.answer!.definitions) values[name] = compile(tree)(values);
  const here = alike.filter((c) => c.exact?.every((tree, k) => Math.abs(compile(tree)(values) - point.state[k]!) < NEAR));
  return here.length === 1 ? here[0]! : null;
}
