import { describe, expect, it } from "vitest";
import { basinOf, divideOf, hasClosedOrbits, planarOf } from "./planar";
import { outcomeOf } from "./basins";
import { periodOf } from "./period";
import { stableManifold } from "./stable_manifolds";
import { gameOf, planar } from "./games.fixture";
import { flowAt } from "./growth";

describe("games of two parties without own play", () => {
  it("are told from those with it", () => {
    expect(planarOf(planar("1/2", "1", "1/3", "1"))).toEqual({ f: [-0.5, 0.5], g: [-1 / 3, expect.closeTo(2 / 3, 14)] });
    expect(planarOf(flowAt(gameOf([[["*", "x", "y"], ["n", "1/2"]], ["x", ["n", "1/2"]]]), {}))).toBeNull();
    expect(planarOf(flowAt(gameOf([[["^", "y", ["n", "2"]], ["n", "1/2"]], ["x", ["n", "1/2"]]]), {}))).toBeNull();
  });

  it("have a separatrix from corner to corner through the saddle where both rise, or both fall", () => {
    for (const [flow, ends] of [[planar("2/3", "1", "2/3", "1"), [0, 1, 1, 0]], [planar("-2/3", "-1", "-1/3", "-1"), [0, 0, 1, 1]]] as const) {
      const divide = divideOf(planarOf(flow)!)!;
      const { states } = divide;
      expect([states[0], states[1], states.at(-2), states.at(-1)]).toEqual(ends);
      // F has risen as much as G at every state: the level of the saddle.
      const { f, g } = planarOf(flow)!;
      const sign = Math.sign(f[1] - f[0]);
      const risen = (down: number, up: number, x: number) => -down * Math.log(x / (down / (down + up))) - up * Math.log((1 - x) / (up / (down + up)));
      for (let k = 2; k < states.length - 2; k += 2) {
        const [a, b] = [risen(-sign * g[0], sign * g[1], states[k]!), risen(-sign * f[0], sign * f[1], states[k + 1]!)];
        if (Math.max(a, b) < 3) expect(Math.abs(a - b)).toBeLessThan(1e-9 * (1 + a));
      }
    }
  });

  it("have none where one corner attracts all, where orbits close, or where nothing moves", () => {
    for (const flow of [planar("-1", "1", "-1", "1"), planar("1/2", "1", "-1/2", "-1"), planar("0", "0", "1/2", "1"), planar("0", "0", "0", "0")]) {
      expect(divideOf(planarOf(flow)!)).toBeNull();
    }
    expect(hasClosedOrbits(planarOf(planar("1/2", "1", "-1/2", "-1"))!)).toBe(true);
    expect(hasClosedOrbits(planarOf(planar("0", "1", "-1/2", "-1"))!)).toBe(false);
  });

  it("come inside all to the corner that attracts where no curve divides them", () => {
    for (const flow of [planar("-1", "1", "-1", "1"), planar("1/2", "1", "2", "1"), planar("0", "1", "-1", "-1/2")]) {
      expect(divideOf(planarOf(flow)!)).toBeNull();
      const corners = [[0, 0], [0, 1], [1, 0], [1, 1]];
      const ends = [0.1, 0.5, 0.9].flatMap((x) => [0.1, 0.5, 0.9].map((y) => outcomeOf(flow, Float64Array.of(x, y), corners)));
      expect(new Set(ends).size).toBe(1);
      expect(ends[0]).toBeGreaterThanOrEqual(0);
    }
  });

  it("have one arm that ends on a side that is at rest", () => {
    const divide = divideOf(planarOf(planar("0", "1", "1/2", "1"))!)!;
    expect(divide.saddle).toBeNull();
    expect(Array.from(divide.states.slice(0, 2))).toEqual([0.5, 0]);
    expect(Array.from(divide.states.slice(-2))).toEqual([0, 1]);
    expect(Array.from(basinOf(divide, [1, 1]).slice(-6))).toEqual([0, 1, 1, 1, 1, 0]);
  });

  it("tell a period of what closes alone", () => {
    expect(periodOf(planar("2/3", "1", "2/3", "1"), Float64Array.of(0.2, 0.3))).toBeNull();
    expect(periodOf(planar("0", "0", "0", "0"), Float64Array.of(0.2, 0.3))).toBeNull();
    // Near the centre 2π over the square root of f'g' x(1-x) y(1-y).
    const small = periodOf(planar("1/2", "1", "-1/2", "-1"), Float64Array.of(0.5, 0.5001))!;
    expect(small.time).toBeCloseTo(8 * Math.PI, 4);
    expect(small.proven).toBe(true);
  });
});

describe("stable manifolds", () => {
  it("divide nothing where a side holds them", () => {
    expect(stableManifold(planar("1/2", "1", "1/2", "1"), Float64Array.of(1, 0))).toEqual([]);
    expect(stableManifold(planar("1/2", "1", "-1/2", "-1"), Float64Array.of(0, 0))).toEqual([]);
  });

  it("are surfaces in the cube: the middle of three coordinating parties", () => {
    const half = ["n", "1/2"] as ["n", "1/2"];
    // x' = x(1-x)(y - 1/2), y' = y(1-y)(x - 1/2), z' = z(1-z)(1/2 - z).
    const flow = flowAt(gameOf([["y", half], ["x", half], [half, "z"]]), {});
    const lines = stableManifold(flow, Float64Array.of(0.5, 0.5, 0.5));
    expect(lines.length).toBeGreaterThanOrEqual(20);
    for (const line of lines) for (let k = 0; k < line.length; k += 3) expect(line[k]! + line[k + 1]!).toBeCloseTo(1, 4);
  });
});
