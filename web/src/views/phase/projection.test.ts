import { describe, expect, it } from "vitest";
import type { GameModel } from "../../model";
import { exactTexts } from "./exact_state";
import { isWhole, projectionsOf, put, USUAL } from "./projection";
import { readStart } from "./read_start";

const gameOf = (...sizes: number[]): GameModel => ({
  populations: sizes.map((size, i) => ({
    name: `P${i}`, share: `s${i}`, free: [], shares: size === 2 ? [`s${i}`] : Array.from({ length: size }, (_, a) => `s${i}_${a}`),
    strategies: Array.from({ length: size }, (_, a) => ({ id: `${a}`, name: `${a}` })),
  })),
} as unknown as GameModel);
const evenly = (...sizes: number[]) => Float64Array.from(sizes.flatMap((size) => (size === 2 ? [0.5] : Array<number>(size).fill(1 / size))));
const GAMES: [number[], string[], number[]][] = [
  [[2], ["strip"], [0.3]], [[2, 2], ["square"], [0.3, 0.8]], [[3], ["triangle"], [0.2, 0.3, 0.5]], [[2, 2, 2], ["cube"], [0.3, 0.4, 0.9]],
  [[4], ["tetrahedron"], [0.1, 0.2, 0.3, 0.4]], [[3, 3], ["triangle", "triangle"], [0.2, 0.3, 0.5, 0.6, 0.3, 0.1]],
  [[2, 2, 2, 2], ["square"], [0.2, 0.3, 0.5, 0.5]], [[5], ["square"], [0.2, 0.3, 0.1, 0.2, 0.2]], [[2, 3], ["square"], [0.4, 0.2, 0.3, 0.5]],
];

describe("projections", () => {
  it.each(GAMES)("of %j put a state where it is found again", (sizes, shapes, state) => {
    const base = evenly(...sizes);
    const found = projectionsOf(gameOf(...sizes), base, USUAL, null);
    expect(found.map(({ shape }) => shape)).toEqual(shapes);
    for (const projection of found) {
      const [out, again] = [new Float64Array(2), new Float64Array(2)];
      projection.place(Float64Array.from(state), 0, out, 0);
      const { left, right, bottom, top } = projection.box;
      expect(out[0]! >= left && out[0]! <= right && out[1]! >= bottom && out[1]! <= top).toBe(true);
      const moved = projection.movedTo(Float64Array.from(state), [out[0]!, out[1]!])!;
      moved.forEach((share, k) => { expect(share).toBeCloseTo(state[k]!, 9); });
      // A state under the pointer lies under the pointer; one outside is none.
      const under = projection.stateAt([out[0]!, out[1]!])!;
      projection.place(under, 0, again, 0);
      expect(again[0]).toBeCloseTo(out[0]!, 9);
      expect(again[1]).toBeCloseTo(out[1]!, 9);
      expect(projection.stateAt([left - 0.2, bottom - 0.2])).toBeNull();
      expect(Array.from(projection.movedTo(Float64Array.from(state), [right + 3, top + 3])!).every((x) => x >= 0 && x <= 1)).toBe(true);
    }
  });

  it("of a slice keep the proportions of the strategies that are not shown", () => {
    const [projection] = projectionsOf(gameOf(5), Float64Array.of(0.2, 0.2, 0.3, 0.2, 0.1), USUAL, ["s0_0", "s0_1"]);
    const state = projection!.stateAt([0.1, 0.3])!;
    [0.1, 0.3, 0.3, 0.2, 0.1].forEach((share, k) => { expect(state[k]).toBeCloseTo(share, 12); });
    expect(projection!.stateAt([0.7, 0.6])).toBeNull();
  });

  it("of the whole state space are there for up to three dimensions", () => {
    expect([[2], [2, 2], [2, 2, 2], [3], [4]].every((sizes) => isWhole(gameOf(...sizes)))).toBe(true);
    expect([[2, 2, 2, 2], [5], [2, 3], [3, 3]].some((sizes) => isWhole(gameOf(...sizes)))).toBe(false);
  });

  it("of a cube hide the corner behind from every side", () => {
    for (const azimuth of [-170, -62, 0, 45, 133]) {
      for (const elevation of [-50, 0, 22, 80]) {
        const [cube] = projectionsOf(gameOf(2, 2, 2), evenly(2, 2, 2), { azimuth, elevation }, null);
        expect(cube!.edges.filter(({ behind }) => behind).length).toBe(azimuth % 90 === 0 || elevation === 0 ? 0 : 3);
        expect(cube!.axes.map(({ share }) => share)).toEqual([0, 1, 2]);
      }
    }
  });

  it("share out evenly what is left where the others had nothing", () => {
    const state = Float64Array.of(1, 0, 0);
    put(state, [0, 0, 0], [0], [0.5]);
    expect(Array.from(state)).toEqual([0.5, 0.25, 0.25]);
  });
});

describe("exact starts", () => {
  it("of a click sum to one in each population", () => {
    const game = gameOf(3, 2);
    const texts = exactTexts(game, Float64Array.of(1 / 3, 1 / 3, 1 / 3, 0.12345), Float64Array.of(0, 0, 1, 0.5), ["0", "0", "1", "1/2"]);
    expect(texts).toEqual(["0.334", "0.333", "0.333", "0.123"]);
    expect(exactTexts(game, Float64Array.of(0, 0, 1, 0.5), Float64Array.of(0, 0, 1, 1 / 3), ["0", "0", "1", "1/3"])).toEqual(["0", "0", "1", "0.5"]);
  });

  it("are read from what is typed, the last share of a population if wanted", () => {
    expect(readStart(gameOf(2, 2), " 1/3，0.25 ")).toEqual(["1/3", "0.25"]);
    expect(readStart(gameOf(3), "1/3, 1/2")).toEqual(["1/3", "1/2", "1/6"]);
    expect(readStart(gameOf(3), "1/3 1/2 1/6")).toEqual(["1/3", "1/2", "1/6"]);
    expect(readStart(gameOf(3, 2), "0.5, .5, 1")).toEqual(["0.5", ".5", "0", "1"]);
  });

  it("that are none are refused with the reason", () => {
    for (const [game, text] of [[gameOf(2, 2), "0.5"], [gameOf(2, 2), "a, b"], [gameOf(2, 2), "1.5, 0"], [gameOf(2, 2), "1/0, 0"], [gameOf(3), "0.5, 0.6"], [gameOf(3), "0.5, 0.2, 0.2"], [gameOf(2), "-0.5"], [gameOf(2), "1e400"]] as const) {
      expect(typeof readStart(game, text)).toBe("string");
    }
  });
});
