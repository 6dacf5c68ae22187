import { describe, expect, it } from "vitest";
import type { GameModel, Tree } from "../model";
import { actingModel, brokenAssumptions, effectiveOf } from "./instruments";
import { labelsAt } from "./labels";
import { marksOf } from "./marks";
import { RestStateIds } from "./rest_state_ids";

const n = (text: string): Tree => ["n", text];
const instrument = (name: string, changes: Record<string, Tree>) => (
  { name, meaning: null, unit: null, strategy: null, idle: "0", range: ["0", "1"], changes, cost: {} });
/** One population; the first strategy earns p at every other of its kind, the second q. */
const GAME = {
  populations: [{ name: "A", share: "x", shares: ["x"], free: ["x"], strategies: [{ id: "a", name: "a" }, { id: "b", name: "b" }] }],
  parameters: [{ name: "p", value: "2" }, { name: "q", value: "1" }],
  instruments: [
    instrument("half", { p: ["*", "p", ["+", n("1"), ["*", n("-1"), "half"]]], q: ["+", "q", "p"] }),
    instrument("crowd", { q: ["+", "q", ["*", "crowd", "x"]] }),
  ],
  speeds: [n("1")], payoffs: [[["*", "x", "p"], "q"]], balanced: false, form: "other", assume: [
    { condition: ["?", ">", "p", "q"], text: "p > q" },
  ],
} as unknown as GameModel;

describe("instruments", () => {
  it("act in their order, each on what the earlier ones leave, all changes of one at once", () => {
    const { effective, moving } = effectiveOf(GAME, { p: "2", q: "1" }, { half: "1/2", crowd: "0" });
    expect(effective).toEqual({ p: "1", q: "3" });
    expect(moving).toEqual({});
    expect(brokenAssumptions(GAME, effective)).toEqual(["p > q"]);
  });

  it("that follow the shares are written into the payoffs", () => {
    const levels = { half: "1/2", crowd: "3" };
    const inForce = effectiveOf(GAME, { p: "2", q: "1" }, levels);
    expect(Object.keys(inForce.moving)).toEqual(["q"]);
    const acting = actingModel(GAME, inForce, levels);
    // x - (3 + 3x) < 0: the second strategy takes over
    expect(labelsAt(acting, inForce.effective).points.map((p) => p.label)).toEqual(["asymptotically stable", "source"]);
  });

  it("leave a scenario the payoffs and the formulas of its own fixed numbers", () => {
    const [own, other] = [{ equations: ["at 1"], names: { q: 1 } }, { payoffs: null, equations: ["at 5"], jacobian: null }];
    const game = { ...GAME, formulas: own, variants: [{ fixed: { q: "5" }, payoffs: [["p", "p"]], formulas: other }] } as unknown as GameModel;
    const at = (q: string) => actingModel(game, { effective: { p: "2", q }, moving: {}, trouble: "" }, {});
    expect(at("1")).toBe(game);
    expect([at("5").payoffs, at("5").formulas]).toEqual([[["p", "p"]], { ...own, ...other }]);
  });

  it("say where they have no value", () => {
    const broken = { ...GAME, instruments: [instrument("half", { p: ["/", "p", ["+", "half", n("-1")]] })] } as unknown as GameModel;
    expect(effectiveOf(broken, { p: "2", q: "1" }, { half: "1" }).trouble).not.toBe("");
  });
});

describe("marks", () => {
  it("of one population are where an end begins to attract or to repel", () => {
    // f = 2x - q: at 0 it is below 0 for q > 0, at 1 above 0 for q < 2
    expect(marksOf(GAME, { settings: { p: "2", q: "1" }, levels: {} }, "q", ["-1", "3"])).toEqual([
      { at: 0, exact: "0", before: ["E2"], after: ["E1", "E2"] },
      { at: 2, exact: "2", before: ["E1", "E2"], after: ["E1"] },
    ]);
  });
});

describe("ids of rest states", () => {
  it("are those that Python documents", () => {
    const three = new RestStateIds([2, 2, 2], true);
    expect([[[1], [1], [1]], [[0], [0], [0]], [[1], [0, 1], [0, 1]], [[0, 1], [0, 1], [0, 1]]].map((s) => three.point(s)))
      .toEqual(["E1", "E8", "E9", "E15"]);
    expect(three.restSet([[1], [1], [0, 1]])).toBe("S1");
    const many = new RestStateIds([20, 20], true);
    expect([many.point([[0], [3]]), many.point([[2, 6], [1, 8]])]).toEqual(["E4", "E3-7.2-9"]);
  });
});
