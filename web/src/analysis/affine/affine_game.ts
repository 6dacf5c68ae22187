// A game whose payoffs are affine in the shares, at exact numbers: u = M·x, x holding a share for each strategy,
// population by population.  The twin of packages/separatrix/src/separatrix/analysis/affine_game.py.
import { type Exact, ZERO } from "../../exact/number.ts";
import { dot, type Matrix } from "../../exact/linear.ts";
import type { Support } from "../rest_state_ids.ts";
import { exponentsOf, minus, type Polynomial } from "../share_polynomial.ts";

export interface AffineGame {
  sizes: number[];
  speeds: Exact[];
  /** Row = own strategy, column = share it is multiplied by; advantages over the first strategy of the population. */
  matrix: Matrix;
}

/** The index of each population's first strategy. */
export function offsetsOf(sizes: number[]): number[] {
  let at = 0;
  return sizes.map((size) => (at += size) - size);
}

/** The population of each strategy. */
export function ownersOf(sizes: number[]): number[] {
  return sizes.flatMap((size, i) => Array<number>(size).fill(i));
}

export function payoffsAt(game: AffineGame, state: Exact[]): Exact[] {
  return game.matrix.map((row) => dot(row, state));
}

/** The game as a matrix where all advantages are affine in the shares, else null. */
export function affineGame(sizes: number[], speeds: Exact[], payoffs: Polynomial[][]): AffineGame | null {
  const offsets = offsetsOf(sizes);
  const columns = sizes.flatMap((size, i) => Array.from({ length: size - 1 }, (_, k) => offsets[i]! + k));
  const width = ownersOf(sizes).length;
  const matrix: Matrix = [];
  for (const [i, row] of payoffs.entries()) {
    // Constants are written as multiples of a sum of shares that is one.
    const home = sizes.length === 1 ? 0 : i === 0 ? 1 : 0;
    for (const payoff of row) {
      const entries = Array.from({ length: width }, () => ZERO);
      for (const [at, value] of minus(payoff, row[0]!)) {
        const exponents = exponentsOf(at);
        const degree = exponents.reduce((a, b) => a + b, 0);
        if (degree > 1) return null;
        if (degree === 1) {
          const column = columns[exponents.indexOf(1)]!;
          entries[column] = entries[column]!.plus(value);
        } else {
          for (let b = 0; b < sizes[home]!; b++) {
            entries[offsets[home]! + b] = entries[offsets[home]! + b]!.plus(value);
          }
        }
      }
      matrix.push(entries);
    }
  }
  return { sizes, speeds, matrix };
}

/** For each population whether its advantages depend on its own shares. */
export function ownPlay({ sizes, matrix }: AffineGame): boolean[] {
  return offsetsOf(sizes).map((offset, i) => {
    const own = matrix.slice(offset, offset + sizes[i]!).map((row) => row.slice(offset, offset + sizes[i]!));
    return own.some((row) => row.some((v, b) =>
      !v.minus(own[0]![b]!).equals(row[0]!.minus(own[0]![0]!))));
  });
}

/** The indices, among all strategies, of those in a support. */
export function indicesOf(sizes: number[], support: Support): number[] {
  const offsets = offsetsOf(sizes);
  return support.flatMap((played, i) => played.map((a) => offsets[i]! + a));
}
