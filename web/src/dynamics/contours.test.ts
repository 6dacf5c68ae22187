import { describe, expect, it } from "vitest";
import { nullclines, sheetOver } from "./contours";
import { flowAt } from "./growth";
import { gameOf, planar } from "./games.fixture";

const square = sheetOver([[0, 0], [1, 0], [0, 1], [1, 1]].map((c) => Float64Array.from(c)), 20);

describe("nullclines", () => {
  it("are one line each where the advantage is linear, also through the net's own states", () => {
    const [x, y] = nullclines(planar("1/2", "1", "1/3", "1"), square);
    expect(x!.length).toBe(1);
    expect(y!.length).toBe(1);
    for (let k = 0; k < x![0]!.length; k += 2) expect(x![0]![k + 1]).toBeCloseTo(0.5, 12);
    for (let k = 0; k < y![0]!.length; k += 2) expect(y![0]![k]).toBeCloseTo(1 / 3, 12);
  });

  it("are closed where they surround something", () => {
    const d = (share: string) => ["^", ["+", share, ["n", "-1/2"]], ["n", "2"]] as ["^", ["+", string, ["n", "-1/2"]], ["n", "2"]];
    const flow = flowAt(gameOf([[["+", d("x"), d("y")], ["n", "1/16"]], [["n", "1"], ["n", "0"]]]), {});
    const [x, y] = nullclines(flow, square);
    expect(y).toEqual([]);
    expect(x!.length).toBe(1);
    const line = x![0]!;
    expect([line[0], line[1]]).toEqual([line.at(-2), line.at(-1)]);
    for (let k = 0; k < line.length; k += 2) expect(Math.hypot(line[k]! - 0.5, line[k + 1]! - 0.5)).toBeCloseTo(0.25, 2);
  });

  it("are none where all payoffs are equal", () => {
    expect(nullclines(planar("0", "0", "0", "0"), square)).toEqual([[], []]);
  });
});
