import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { directions } from "./eigenvectors";

const small = fc.integer({ min: -4, max: 4 });

describe("directions of a linear field", () => {
  it("are taken to multiples of themselves", () => {
    // A matrix S·diag·S⁻¹ with whole S of determinant 1 has the columns of S for directions.
    fc.assert(fc.property(small, small, small, fc.uniqueArray(small, { minLength: 3, maxLength: 3 }), (p, q, r, values) => {
      const s = [[1, p, q], [0, 1, r], [0, 0, 1]];
      const back = [[1, -p, p * r - q], [0, 1, -r], [0, 0, 1]];
      const matrix = s.map((_, i) => s.map((__, j) => values.reduce((sum, v, k) => sum + s[i]![k]! * v * back[k]![j]!, 0)));
      const found = directions(matrix, values.map((v): [number, number] => [v, 0]));
      expect(found.length).toBe(3);
      for (const { value, along } of found) {
        matrix.forEach((row, i) => expect(row.reduce((sum, entry, j) => sum + entry * along[j]!, 0)).toBeCloseTo(value * along[i]!, 8));
      }
    }));
  });

  it("are none where every direction is one", () => {
    expect(directions([[-2, 0], [0, -2]], [[-2, 0], [-2, 0]])).toEqual([]);
    expect(directions([[0, 0], [0, 0]], [[0, 0], [0, 0]])).toEqual([]);
  });

  it("are none on a spiral", () => {
    expect(directions([[0, 1], [-1, 0]], [[0, 1], [0, -1]])).toEqual([]);
  });

  it("are one on a strip", () => {
    expect(directions([[-3]], [[-3, 0]])).toEqual([{ value: -3, along: [1] }]);
  });
});
