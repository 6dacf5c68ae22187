// The advantages of two-strategy populations that do not play themselves, from their values at the corners: the
// twin of packages/separatrix/src/separatrix/analysis/replicator_equations.py.  Sets of populations are bit masks.
import { type Exact, ZERO } from "../../exact/number.ts";

export class Multilinear {
  /** For each population the coefficient of every product of others' shares, by the mask of these; no zeros. */
  readonly coefficients: Map<number, Exact>[];

  /** `corners[i]` maps the mask of the populations that play their first strategy to the advantage of i. */
  constructor(corners: Map<number, Exact>[]) {
    this.coefficients = corners.map((table, i) => {
      const result = new Map(table);
      for (let axis = 0; axis < corners.length; axis++) {
        if (axis === i) continue;
        for (const [mask, value] of result) {
          if (mask & (1 << axis)) result.set(mask, value.minus(result.get(mask & ~(1 << axis))!));
        }
      }
      return new Map([...result].filter(([, value]) => value.sign() !== 0));
    });
  }

  get n(): number {
    return this.coefficients.length;
  }

  /** A coefficient of the advantage of population i. */
  coefficient(i: number, mask: number): Exact {
    return this.coefficients[i]!.get(mask) ?? ZERO;
  }

  /** The advantage of i at a state, or its derivative by the shares of other populations. */
  at(i: number, state: Exact[], ...by: number[]): Exact {
    const needed = by.reduce((mask, j) => mask | (1 << j), 0);
    let total = ZERO;
    for (const [mask, value] of this.coefficients[i]!) {
      if ((mask & needed) !== needed) continue;
      let term = value;
      for (let k = 0; k < this.n; k++) if ((mask & ~needed) & (1 << k)) term = term.times(state[k]!);
      total = total.plus(term);
    }
    return total;
  }

  /** The coefficients of the advantage of i in the shares that `fixed` leaves free; no zeros. */
  restricted(i: number, fixed: Map<number, Exact>): Map<number, Exact> {
    const result = new Map<number, Exact>();
    for (const [mask, value] of this.coefficients[i]!) {
      let [term, left] = [value, mask];
      for (const [j, share] of fixed) {
        if (mask & (1 << j)) [term, left] = [term.times(share), left & ~(1 << j)];
      }
      result.set(left, (result.get(left) ?? ZERO).plus(term));
    }
    return new Map([...result].filter(([, value]) => value.sign() !== 0));
  }
}
