import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rootsInUnitInterval, signAt } from "./algebraic";
import { copositivity } from "./copositive";
import { characteristic, type Matrix, product, solve } from "./linear";
import { Exact, ONE, ZERO } from "./number";
import { times, type Univariate, valueOf } from "./polynomial";
import { rootSigns } from "./root_signs";

const small = fc.integer({ min: -4, max: 4 });
const polynomial = (...coefficients: number[]): Univariate => coefficients.map((v) => Exact.of(v));
const multiplied = (factors: Univariate[]) => factors.reduce(times, [ONE]);
const squares = (n: number) => fc.array(fc.array(small, { minLength: n, maxLength: n }), { minLength: n, maxLength: n });
const exact = (rows: number[][]): Matrix => rows.map((row) => row.map((v) => Exact.of(v)));

describe("roots of polynomials", () => {
  it("are all found between 0 and 1, with their multiplicities, beside roots elsewhere", () => {
    const roots = fc.array(fc.tuple(fc.integer({ min: 1, max: 29 }), fc.integer({ min: 1, max: 3 })), { maxLength: 3 });
    fc.assert(fc.property(roots, small, (inside, other) => {
      const wanted = [...new Map(inside)].map(([k, times]) => ({ root: Exact.of(k, 30), times })).sort((a, b) => a.root.compare(b.root));
      const factors = wanted.flatMap(({ root, times }) => Array<Univariate>(times).fill([root.negative(), ONE]));
      // x² + x + 1 has no real root, and the factor x - other none inside
      const found = rootsInUnitInterval(multiplied([...factors, polynomial(1, 1, 1), polynomial(-other, 1)]));
      expect(found.map(({ exact, multiplicity }) => [exact?.text, multiplicity]))
        .toEqual(wanted.map(({ root, times }) => [root.text, times]));
    }));
  });

  it("are told apart from short fractions close by, and other polynomials have exact signs at them", () => {
    // (2x - 1)(x² - x + 9/40): the others are 1/2 ± √(1/40), where 1/2 is an approximation of either
    const p = times(polynomial(-1, 2), [Exact.of(9, 40), Exact.of(-1), ONE]);
    const found = rootsInUnitInterval(p);
    expect(found.map((r) => r.exact?.text ?? null)).toEqual([null, "1/2", null]);
    expect(found.map((r) => signAt(polynomial(-1, 2), r))).toEqual([-1, 0, 1]);
    expect(found.map((r) => signAt([Exact.of(9, 40), Exact.of(-1), ONE], r))).toEqual([0, -1, 0]);
    expect(found[2]!.float).toBeCloseTo(0.5 + Math.sqrt(1 / 40), 14);
  });

  it("lie in the half-planes of their factors", () => {
    const factors = fc.array(fc.oneof(
      small.map((a) => [polynomial(-a, 1), [Number(a < 0), Number(a === 0), 0, Number(a > 0)]] as const),
      fc.tuple(small, fc.integer({ min: 1, max: 4 })).map(([a, b]) =>
        [polynomial(a * a + b * b, -2 * a, 1), [2 * Number(a < 0), 0, 2 * Number(a === 0), 2 * Number(a > 0)]] as const),
    ), { minLength: 1, maxLength: 5 });
    fc.assert(fc.property(factors, (chosen) => {
      const { negative, zero, imaginary, positive } = rootSigns(multiplied(chosen.map(([p]) => p)));
      const wanted = [0, 1, 2, 3].map((k) => chosen.reduce((total, [, count]) => total + count[k]!, 0));
      expect([negative, zero, imaginary, positive]).toEqual(wanted);
    }));
  });
});

describe("matrices", () => {
  it("are zeros of their characteristic polynomials (Cayley and Hamilton)", () => {
    fc.assert(fc.property(squares(3), (rows) => {
      const a = exact(rows);
      const p = characteristic(a);
      let total = a.map((row) => row.map(() => ZERO));
      let power: Matrix = exact([[1, 0, 0], [0, 1, 0], [0, 0, 1]]);
      for (const c of p) {
        total = total.map((row, i) => row.map((v, j) => v.plus(c.times(power[i]![j]!))));
        power = product(a, power);
      }
      expect(total.every((row) => row.every((v) => v.sign() === 0))).toBe(true);
      expect(valueOf(p, ZERO).sign() === 0).toBe(solve(a, a) === null);
    }));
  });

  it("are copositive where no small vector shows the contrary, and a vector shows it where they are not", () => {
    fc.assert(fc.property(squares(3), fc.integer({ min: 0, max: 3 }), (rows, free) => {
      const form = rows.map((row, i) => row.map((v, j) => v + rows[j]![i]!));
      const values: number[] = [];
      const range = (k: number) => Array.from({ length: 17 }, (_, t) => t - 8).filter((t) => k < free || t >= 0);
      for (const x of range(0)) for (const y of range(1)) for (const z of range(2)) {
        if (x || y || z) values.push([x, y, z].reduce((sum, v, i) => sum + [x, y, z].reduce((s, w, j) => s + v * w * form[i]![j]!, 0), 0));
      }
      const found = copositivity(exact(form), free);
      if (found === "strict") expect(Math.min(...values)).toBeGreaterThan(0);
      if (found === "weak") expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
      if (Math.min(...values) < 0) expect(found).toBe("no");
    }), { numRuns: 40 });
  });
});
