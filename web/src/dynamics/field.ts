// The replicator field from payoffs: x_a' = speed · x_a · (u_a - average), as Python writes it.
import { compile, type Values } from "../expression/evaluate.ts";
import type { GameModel } from "../model.ts";

export type State = Float64Array;
/** Writes the rates at a state into `out`; states hold the shares of `shares` in their order. */
export type Field = (state: State, out: State) => void;

export function sharesOf(model: GameModel): string[] {
  return model.populations.flatMap((p) => p.shares);
}

/** Makes the field at parameter values; two strategies have one share, more have one each. */
export function fieldAt(model: GameModel, parameters: Values): Field {
  const values: Values = { ...parameters };
  const payoffs = model.payoffs.map((row) => row.map(compile));
  const speeds = model.speeds.map((s) => compile(s)(values));
  const names = sharesOf(model);
  return (state, out) => {
    for (let k = 0; k < names.length; k++) values[names[k]!] = state[k]!;
    let at = 0;
    for (let i = 0; i < model.populations.length; i++) {
      const size = payoffs[i]!.length;
      const speed = speeds[i]!;
      if (size === 2) {
        const x = state[at]!;
        out[at] = speed * x * (1 - x) * (payoffs[i]![0]!(values) - payoffs[i]![1]!(values));
        at += 1;
        continue;
      }
      let average = 0;
      const u = payoffs[i]!.map((f) => f(values));
      for (let a = 0; a < size; a++) average += state[at + a]! * u[a]!;
      for (let a = 0; a < size; a++) out[at + a] = speed * state[at + a]! * (u[a]! - average);
      at += size;
    }
  };
}
