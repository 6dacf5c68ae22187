import { describe, expect, it } from "vitest";
import { fieldAt } from "./field";
import { gameOf, n, planar, rockPaperScissors } from "./games.fixture";
import { flowAt, ratesOf } from "./growth";
import { trajectory } from "./trajectory";

const last = (states: Float64Array, length: number) => Array.from(states.slice(states.length - length));

describe("trajectory", () => {
  it("follows the rates of the field as the tree has them", () => {
    const game = gameOf([[["+", ["*", "x", "y"], "p"], ["^", ["+", "y", n("-1")], n("3")]], [["f", "exp", "x"], n("1/3")]]);
    const flow = flowAt(game, { p: 0.7 });
    const [a, b] = [new Float64Array(2), new Float64Array(2)];
    for (const state of [[0.2, 0.9], [0.5, 0.5], [1, 0.25]]) {
      fieldAt(game, { p: 0.7 })(Float64Array.from(state), a);
      ratesOf(flow)(Float64Array.from(state), b);
      a.forEach((rate, k) => { expect(b[k]).toBeCloseTo(rate, 12); });
    }
  });

  it("conserves H on a closed orbit, and comes back", () => {
    const flow = planar("1/2", "1", "-1/2", "-1");
    const H = (x: number, y: number) => Math.log(x * (1 - x)) + Math.log(y * (1 - y));
    const path = trajectory(flow, Float64Array.of(0.2, 0.3), { tolerance: 1e-10, steps: 5000 });
    expect(path.end).toBe("returned");
    expect(path.gap).toBeLessThan(1e-8);
    for (let k = 0; k < path.states.length; k += 2) {
      expect(Math.abs(H(path.states[k]!, path.states[k + 1]!) - H(0.2, 0.3))).toBeLessThan(1e-6);
    }
  });

  it("goes back in time to where it came from", () => {
    for (const flow of [planar("2/3", "1", "2/3", "1"), rockPaperScissors("2", "1")]) {
      const start = Float64Array.from({ length: flow.length }, (_, k) => [0.3, 0.5, 0.2][k]!);
      const there = trajectory(flow, start, { until: 5, tolerance: 1e-10, steps: 5000 });
      const back = trajectory(flow, Float64Array.from(last(there.states, flow.length)), { until: 5, tolerance: 1e-10, steps: 5000, backward: true });
      last(back.states, flow.length).forEach((share, k) => { expect(share).toBeCloseTo(start[k]!, 7); });
    }
  });

  it("never leaves a face", () => {
    const flow = rockPaperScissors("1", "2");
    const path = trajectory(flow, Float64Array.of(0.5, 0.5, 0));
    for (let k = 2; k < path.states.length; k += 3) expect(path.states[k]).toBe(0);
    const edge = trajectory(planar("1/2", "1", "1/2", "1"), Float64Array.of(1, 0.4));
    for (let k = 0; k < edge.states.length; k += 2) expect(edge.states[k]).toBe(1);
  });

  it("stays where all payoffs are equal, and at every state of an edge at rest", () => {
    const still = flowAt(gameOf([[n("1"), n("1")], [n("0"), n("0")]]), {});
    expect(trajectory(still, Float64Array.of(0.3, 0.4)).end).toBe("settled");
    expect(trajectory(planar("0", "1", "1", "1"), Float64Array.of(0.3, 0)).times.length).toBe(1);
  });

  it("leaves a corner that repels in one direction only, however slowly it begins", () => {
    const path = trajectory(planar("1/2", "1", "1/2", "1"), Float64Array.of(1e-9, 1 - 1e-12), { steps: 2000 });
    expect(path.end).toBe("settled");
    expect(last(path.states, 2).map(Math.round)).toEqual([1, 1]);
  });
});
