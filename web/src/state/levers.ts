// Levers: what can be moved, parameters and instruments alike, how far, and moving it.
import { isAlwaysInForce } from "../analysis/instruments";
import { Exact } from "../exact/number";
import type { GameModel, Instrument, Parameter } from "../model";
import { change, levels, levelsOf, model, settings, settingsOf, view } from "./store";

export interface Lever {
  name: string;
  kind: "parameter" | "instrument";
  told: Parameter | Instrument;
  /** What a slider covers: the twin of `window` in packages/separatrix/src/separatrix/studio/page_model.py. */
  range: [string, string];
}

/** All levers of a game, parameters first. */
export function leversOf(game: GameModel): Lever[] {
  return [
    ...game.parameters.filter((p) => !p.fixed)
      .map((told) => ({ name: told.name, kind: "parameter" as const, told, range: told.range ?? aroundValue(told.value) })),
    // The level of an instrument that the file itself has in force is a parameter.
    ...game.instruments.filter((i) => !isAlwaysInForce(game, i)).map((told) => ({
      name: told.name, kind: "instrument" as const, told, range: told.range ?? fromIdle(told.idle),
    })),
  ];
}

/** Where a model tells no range: from nothing to twice the value. */
function aroundValue(value: string | null): [string, string] {
  const known = Exact.read(value ?? "0");
  if (!known || known.sign() === 0) return ["-1", "1"];
  const twice = known.plus(known).text;
  return known.sign() > 0 ? ["0", twice] : [twice, "0"];
}

function fromIdle(idle: string): [string, string] {
  const known = Exact.read(idle) ?? Exact.of(0);
  return [known.text, known.plus(Exact.of(1)).text];
}

/** Where a lever stands now, as an exact text. */
export function positionOf(lever: Lever): string {
  return (lever.kind === "parameter" ? settings : levels).value[lever.name] ?? "0";
}

/** Whether a lever stands elsewhere than the scenario has it. */
export function isMoved(lever: Lever): boolean {
  return Object.hasOwn(lever.kind === "parameter" ? view.value.positions : view.value.levels, lever.name);
}

/** Moves levers to exact positions, in one step; null puts one back to where the scenario has it, and so does its number. */
export function moveLevers(to: [Lever, string | null][], gesture: string | null = null): void {
  const { scenario, ...now } = view.peek();
  const [positions, at] = [{ ...now.positions }, { ...now.levels }];
  const game = model.peek();
  const bases = { ...levelsOf(game, { levels: {}, positions: {}, scenario }), ...settingsOf(game, { positions: {}, scenario }) };
  for (const [lever, text] of to) {
    const of = lever.kind === "parameter" ? positions : at;
    if (text === null || same(text, bases[lever.name] ?? "")) delete of[lever.name];
    else of[lever.name] = text;
  }
  change({ positions, levels: at }, gesture);
}

/** Whether two texts are the same number. */
function same(a: string, b: string): boolean {
  const [x, y] = [Exact.read(a), Exact.read(b)];
  return x !== null && y !== null && x.equals(y);
}
