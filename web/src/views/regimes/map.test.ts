import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holdsPoint, letterOf, lettersAt, rasterOf } from "./map";

describe("a regime map", () => {
  it("finds the regime of each cell in the polygons that fill the window", () => {
    const left = [0, 0, 1, 0, 1, 4, 0, 4];
    const right = [1, 0, 2, 0, 2, 4, 1, 4];
    expect(rasterOf([[3, left], [5, right]], [[0, 2], [0, 4]], 2)).toEqual([3, 5, 3, 5]);
    expect(rasterOf([[3, left]], [[0, 2], [0, 4]], 2)).toEqual([3, -1, 3, -1]);
  });

  it("counts a point in as many halves of a cut square as in the square", () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }), (cut, x, y) => {
        fc.pre(Math.abs(x - cut - y * (1 - 2 * cut)) > 1e-9); // on the cut itself rounding decides
        const halves = [[0, 0, cut, 0, 1 - cut, 1, 0, 1], [cut, 0, 1, 0, 1, 1, 1 - cut, 1]];
        expect(halves.filter((half) => holdsPoint(half, x, y))).toHaveLength(1);
      }));
  });

  it("puts the letter of a regime inside it, as far from its border as can be", () => {
    const count = 9;
    const raster = Array.from({ length: count * count }, (_, k) => (k % count < 6 ? 0 : 1));
    const places = lettersAt(raster, count);
    expect([...places.keys()].sort()).toEqual([0, 1]);
    expect(places.get(0)![0]).toBeGreaterThan(2 / 9);
    expect(places.get(0)![0]).toBeLessThan(4 / 9);
    expect(places.get(1)![0]).toBeCloseTo(7.5 / 9);
    fc.assert(fc.property(fc.array(fc.nat({ max: 3 }), { minLength: 25, maxLength: 25 }), (cells) => {
      for (const [regime, [x, y]] of lettersAt(cells, 5)) expect(cells[Math.floor(y * 5) * 5 + Math.floor(x * 5)]).toBe(regime);
    }));
  });

  it("names regimes A to Z, then AA", () => {
    expect([0, 25, 26, 27, 52].map(letterOf)).toEqual(["A", "Z", "AA", "AB", "BA"]);
  });
});
