import { expect, it, vi } from "vitest";
import type { GameModel } from "../../model";
import { leversOf, type Lever } from "../../state/levers";
import { sample, type Sampled } from "./sampled";

/** Hawk and dove against itself: hawks alone where V ≥ C, else the mix of V/C. */
const GAME = {
  hash: "1", version: "0", title: "Hawk and dove", source: null, balanced: true, form: "profiles", refused: {}, answer: null,
  populations: [{ name: "A", share: "x", shares: ["x"], free: ["x"], strategies: [{ id: "h", name: "hawk" }, { id: "d", name: "dove" }] }],
  parameters: ["V", "C"].map((name) => ({ name, value: "3", range: ["0", "6"], fixed: false, meaning: null, unit: null })),
  instruments: [], scenarios: [], today: null, speeds: [["n", "1"]],
  assume: [{ condition: ["?", ">", "C", ["n", "1"]], text: "C > 1" }],
  payoffs: [[
    ["+", ["*", "x", ["/", ["+", "V", ["*", ["n", "-1"], "C"]], ["n", "2"]]], ["*", ["+", ["n", "1"], ["*", ["n", "-1"], "x"]], "V"]],
    ["*", ["+", ["n", "1"], ["*", ["n", "-1"], "x"]], ["/", "V", ["n", "2"]]],
  ]],
} as unknown as GameModel;

it("knows the regime at the middle of each cell exactly, and refines in steps", async () => {
  vi.stubGlobal("window", { setTimeout });
  const [v, c] = leversOf(GAME) as [Lever, Lever];
  const maps: Sampled[] = [];
  await new Promise<void>((done) => {
    sample(GAME, [v, c], { settings: { V: "3", C: "3" }, levels: {} }, (found) => {
      maps.push(found);
      if (found.last) done();
    });
  });
  expect(maps.map((m) => m.count)).toEqual([12, 24, 48]);
  for (const { count, cells, regimes, supports } of maps) {
    for (let row = 0; row < count; row++) {
      for (let column = 0; column < count; column++) {
        const [atV, atC] = [((column + 0.5) / count) * 6, ((row + 0.5) / count) * 6];
        const regime = regimes[cells[row * count + column]!]!;
        if (atC <= 1) expect(regime.kind).toBe("outside");
        else expect(regime.stable.map((id) => supports[id])).toEqual([[atV >= atC ? ["hawk"] : ["hawk", "dove"]]]);
      }
    }
    expect(regimes.reduce((sum, r) => sum + r.share, 0)).toBeCloseTo(1);
  }
});
