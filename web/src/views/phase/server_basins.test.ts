import { describe, expect, it } from "vitest";
import type { GameModel } from "../../model";
import { projectionsOf, USUAL } from "./projection";
import { areaOf } from "./server_basins";

const population = (size: number, share: string) => ({
  name: share, share, free: [], shares: size === 2 ? [share] : Array.from({ length: size }, (_, a) => `${share}_${a}`),
  strategies: Array.from({ length: size }, (_, a) => ({ id: `${a}`, name: `${a}` })),
});
const pieces = (places: Float64Array) => {
  const found: number[][] = [[]];
  for (let k = 0; k < places.length; k += 2) {
    if (Number.isNaN(places[k])) found.push([]);
    else found.at(-1)!.push(places[k]!, places[k + 1]!);
  }
  return found.filter((piece) => piece.length > 0);
};
const size = (piece: number[]) => {
  let twice = 0;
  for (let k = 0; k < piece.length; k += 2) {
    const [x, y, u, v] = [piece[k]!, piece[k + 1]!, piece[(k + 2) % piece.length]!, piece[(k + 3) % piece.length]!];
    twice += x * v - u * y;
  }
  return Math.abs(twice) / 2;
};
const total = (places: Float64Array) => pieces(places).reduce((sum, piece) => sum + size(piece), 0);

describe("cells from the server", () => {
  it("cover the square once, each outcome its part, cells in a row as one piece", () => {
    const game = { populations: [population(2, "x"), population(2, "y")] } as unknown as GameModel;
    const [square] = projectionsOf(game, Float64Array.of(0.5, 0.5), USUAL, null);
    const cells = { axes: ["x", "y"], cells: 4, outcomes: ["E1", "E4"], rows: [[0, 0, 0, 1], [0, 0, 1, 1], [0, 1, 1, 1], [1, 0, 1, 1]] };
    const [one, other] = [0, 1].map((k) => areaOf(square!, 2, cells, k, k).places);
    expect(total(one!)).toBeCloseTo(7 / 16, 12);
    expect(total(one!) + total(other!)).toBeCloseTo(1, 12);
    expect(pieces(one!).length).toBe(4);
  });

  it("cover the triangle once, half cells along its slanting side", () => {
    const game = { populations: [population(3, "x")] } as unknown as GameModel;
    const [triangle] = projectionsOf(game, Float64Array.of(1 / 3, 1 / 3, 1 / 3), USUAL, null);
    const cells = { axes: ["x_0", "x_1"], cells: 3, outcomes: ["E1"], rows: [[0, 0, 0], [0, 0, -1], [0, -1, -1]] };
    expect(total(areaOf(triangle!, 3, cells, 0, 0).places)).toBeCloseTo(Math.sqrt(3) / 4, 12);
  });
});
