// Held to the program's own answers: tests/core/dynamics/test_page_trajectories.py writes them.
import { describe, expect, it } from "vitest";
import { fraction } from "../expression/evaluate";
import type { GameModel } from "../model";
import { fieldAt } from "./field";
import { flowAt, ratesOf, type Flow } from "./growth";
import { periodOf } from "./period";
import { basinOf, divideOf, planarOf } from "./planar";
import { stableManifold } from "./stable_manifolds";
import { outcomeOf } from "./basins";
import { trajectory } from "./trajectory";
import golden from "./trajectories.golden.json?raw";

interface Told { values: Record<string, string | null>; scenarios: Record<string, Record<string, string>> }
const answers = JSON.parse(golden) as {
  games: Record<string, GameModel & Told>;
  times: number[];
  followed: { game: string; start: number[]; states: number[][] }[];
  closed: { game: string; start: number[]; period: number }[];
  divided: { game: string; scenario: string | null; states: number[][] }[];
};

function valuesOf(slug: string, scenario: string | null = null): Record<string, number> {
  const game = answers.games[slug]!;
  const texts = { ...game.values, ...(scenario ? game.scenarios[scenario] : {}) };
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fraction(text ?? "0")]));
}
const flowOf = (slug: string, scenario: string | null = null): Flow => flowAt(answers.games[slug]!, valuesOf(slug, scenario));

/** The distance of a place from a line. */
function distance([x, y]: number[], line: ArrayLike<number>): number {
  let least = Infinity;
  for (let k = 0; k + 3 < line.length; k += 2) {
    const [dx, dy] = [line[k + 2]! - line[k]!, line[k + 3]! - line[k + 1]!];
    const part = Math.min(1, Math.max(0, ((x! - line[k]!) * dx + (y! - line[k + 1]!) * dy) / (dx * dx + dy * dy || 1)));
    least = Math.min(least, Math.hypot(x! - line[k]! - part * dx, y! - line[k + 1]! - part * dy));
  }
  return least;
}

describe("the page and the program", () => {
  it.each(answers.followed)("follow $game from $start to the same states", ({ game, start, states }) => {
    const flow = flowOf(game);
    answers.times.forEach((until, k) => {
      const path = trajectory(flow, Float64Array.from(start), { until, tolerance: 1e-11, steps: 50_000 });
      const end = path.states.slice(-flow.length);
      // What has settled before stays where it is.
      states[k]!.forEach((share, j) => { expect(Math.abs(end[j]! - share)).toBeLessThan(path.end === "settled" ? 1e-6 : 1e-8); });
    });
  });

  it.each(answers.followed)("have the rates that the trees have in $game", ({ game, states }) => {
    const [flow, field] = [flowOf(game), fieldAt(answers.games[game]!, valuesOf(game))];
    const [fast, exact] = [new Float64Array(flow.length), new Float64Array(flow.length)];
    for (const state of states) {
      ratesOf(flow)(Float64Array.from(state), fast);
      field(Float64Array.from(state), exact);
      exact.forEach((rate, k) => { expect(Math.abs(fast[k]! - rate)).toBeLessThanOrEqual(1e-11 * (1 + flow.scale)); });
    }
  });

  it.each(answers.closed)("give the orbit of $game through $start the same period", ({ game, start, period }) => {
    const found = periodOf(flowOf(game), Float64Array.from(start));
    expect(found).not.toBeNull();
    expect(Math.abs(found!.time - period)).toBeLessThan(1e-7 * period);
    expect(found!.proven).toBe(game === "matching-pennies");
  });

  it.each(answers.divided)("draw the same separatrix of $game, $scenario", ({ game, scenario, states }) => {
    const divide = divideOf(planarOf(flowOf(game, scenario))!, 400)!;
    for (const place of states) expect(distance(place, divide.states)).toBeLessThan(2e-4);
    const line = states.flat();
    for (let k = 0; k < divide.states.length; k += 2) {
      expect(distance([divide.states[k]!, divide.states[k + 1]!], line)).toBeLessThan(2e-3);
    }
  });

  it.each(answers.divided)("follow the saddle of $game, $scenario back along it", ({ game, scenario }) => {
    const flow = flowOf(game, scenario);
    const divide = divideOf(planarOf(flow)!, 400)!;
    const arms = stableManifold(flow, Float64Array.from(divide.saddle!));
    expect(arms.length).toBe(2);
    for (const arm of arms) for (let k = 0; k < arm.length; k += 2) expect(distance([arm[k]!, arm[k + 1]!], divide.states)).toBeLessThan(1e-3);
  });

  it.each(answers.divided)("tint what trajectories of $game, $scenario come to", ({ game, scenario }) => {
    const flow = flowOf(game, scenario);
    const divide = divideOf(planarOf(flow)!)!;
    const [first, second] = divide.corners.map((corner) => basinOf(divide, corner));
    const attractors = divide.corners.map((corner) => [...corner]);
    for (const x of [0.07, 0.31, 0.53, 0.79, 0.93]) {
      for (const y of [0.11, 0.37, 0.61, 0.83]) {
        if (distance([x, y], divide.states) < 5e-3) continue;
        const outcome = outcomeOf(flow, Float64Array.of(x, y), attractors);
        expect([inside([x, y], first!), inside([x, y], second!)]).toEqual([outcome === 0, outcome === 1]);
      }
    }
  });
});

/** Whether a place is inside an outline: a ray from it crosses the outline an odd number of times. */
function inside([x, y]: number[], outline: Float64Array): boolean {
  let odd = false;
  for (let k = 0; k < outline.length; k += 2) {
    const [a, b, c, d] = [outline[k]!, outline[k + 1]!, outline[(k + 2) % outline.length]!, outline[(k + 3) % outline.length]!];
    if (b > y! !== d > y! && x! < a + ((y! - b) / (d - b)) * (c - a)) odd = !odd;
  }
  return odd;
}
