// Small games that tests play.
import type { GameModel, Tree } from "../model";
import { flowAt, type Flow } from "./growth";

/** A game from payoffs alone; populations of two strategies have the shares x, y, z. */
export function gameOf(payoffs: Tree[][], shares?: string[][]): GameModel {
  return {
    populations: payoffs.map((row, i) => ({
      name: `P${i}`, share: "xyz"[i]!, shares: shares?.[i] ?? ["xyz"[i]!], free: [],
      strategies: row.map((_, a) => ({ id: `s${a}`, name: `s${a}` })),
    })),
    speeds: payoffs.map(() => ["n", "1"] as Tree), payoffs,
  } as unknown as GameModel;
}

/** A number as a tree. */
export const n = (text: string): Tree => ["n", text];
/** x' = x(1-x)(b y - a), y' = y(1-y)(d x - c). */
export function planar(a: string, b: string, c: string, d: string): Flow {
  return flowAt(gameOf([[["*", n(b), "y"], n(a)], [["*", n(d), "x"], n(c)]]), {});
}
/** Rock, paper, scissors in one population, whose shares are a, b and c. */
export const rockPaperScissors = (win: string, lose: string): Flow => {
  const of = (w: string, l: string): Tree => ["+", ["*", n(win), w], ["*", n(`-${lose}`), l]];
  return flowAt(gameOf([[of("c", "b"), of("a", "c"), of("b", "a")]], [["a", "b", "c"]]), {});
};
