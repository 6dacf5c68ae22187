import { describe, expect, it } from "vitest";
import type { GameModel, Tree } from "../model";
import type { Pulse } from "../state/store";
import { crossingOf, outcomeFrom, outcomeOf, settledAmong, type LabelledState } from "./arrival";
import { canBe, stretchesOf } from "./pulses";
import { follow, supported } from "./supported_path";
import golden from "./supported_path.golden.json?raw";

const n = (text: string): Tree => ["n", text];
/** One population whose members gain `advantage` by the first strategy; a reward adds to p, and is paid to each. */
function rewarded(advantage: Tree): GameModel {
  return {
    populations: [{ name: "P", share: "x", shares: ["x"], free: ["x"], strategies: [{ id: "a", name: "a" }, { id: "b", name: "b" }] }],
    parameters: [{ name: "p", value: "-1" }],
    instruments: [{
      name: "s", meaning: null, unit: null, strategy: null, idle: "0", range: ["0", "9"],
      changes: { p: ["+", "p", "s"] }, cost: { public: ["*", "s", "x"] },
    }],
    scenarios: [], speeds: [n("1")], payoffs: [[advantage, n("0")]], emissions: ["+", n("1"), ["*", n("-1"), "x"]], balanced: true,
  } as unknown as GameModel;
}
const shareAt = (odds: number) => 1 / (1 + Math.exp(-odds));
const never = () => false;

describe("a path under pulses", () => {
  const game = rewarded("p");
  const pulse = { instrument: "s", level: "3", from: "1", until: "2.5" };
  const path = follow(supported(game, { p: "-1" }, {}, [pulse]), [0.3], never);
  const begin = Math.log(0.3 / 0.7);
  /** Log-odds move at -1, then at 2, then at -1 again. */
  const odds = (t: number) => begin + (t < 1 ? -t : t < 2.5 ? -1 + 2 * (t - 1) : 2 - (t - 2.5));

  it("moves in log-odds at the advantage of each stretch of time", () => {
    const x = new Float64Array(1);
    for (const t of [0, 0.4, 1, 1.7, 2.5, 3, 8]) {
      path.at(t, x);
      expect(x[0]).toBeCloseTo(shareAt(odds(t)), 8);
    }
  });

  it("integrates what is spent and emitted", () => {
    // The integral of a share whose log-odds rise at a is ln(1 + e^odds)/a.
    const soft = (v: number) => Math.log1p(Math.exp(v));
    expect(path.spent("public", 1)).toBeCloseTo(0, 12);
    const paid = (3 / 2) * (soft(odds(2.5)) - soft(odds(1)));
    expect(path.spent("public", 2.5)).toBeCloseTo(paid, 7);
    expect(path.spent("public", 50)).toBeCloseTo(paid, 7);
    const shares = soft(odds(0)) - soft(odds(1)) + (soft(odds(2.5)) - soft(odds(1))) / 2 + soft(odds(2.5)) - soft(odds(4));
    expect(path.spent("emissions", 4)).toBeCloseTo(4 - shares, 7);
    expect(path.spent("enterprises", 4)).toBe(0);
  });

  it("counts later costs less", () => {
    const rate = 0.4;
    const less = follow(supported(game, { p: "-1" }, {}, [pulse], rate), [0.3], never);
    let sum = 0;
    const parts = 4000;
    for (let k = 0; k < parts; k++) {
      const t = 1 + ((k + 0.5) / parts) * 1.5;
      sum += (1.5 / parts) * 3 * shareAt(odds(t)) * Math.exp(-rate * t);
    }
    expect(less.spent("public", 2.5)).toBeCloseTo(sum, 6);
    expect(less.spent("emissions", 4)).toBeCloseTo(path.spent("emissions", 4), 7);
  });

  it("comes back from where a long pulse has all but driven a strategy out", () => {
    const long = { instrument: "s", level: "9", from: "0", until: "10" };
    const back = follow(supported(game, { p: "-1" }, {}, [long]), [0.3], settledAmong([{ id: "E", state: [0], label: "asymptotically stable" }]));
    const x = new Float64Array(1);
    back.at(10, x);
    expect(x[0]).toBe(1);
    expect(outcomeOf(back, [{ id: "E", state: [0], label: "asymptotically stable" }]).kind).toBe("settles");
  });
});

describe("the outcome", () => {
  // Advantage 6x - 3 + p - (-1) = 6x - 2 at idle: the boundary of the basins is 1/3.
  const game = rewarded(["+", ["*", n("6"), "x"], n("-1"), "p"]);
  const points: LabelledState[] = [
    { id: "E1", state: [0], label: "asymptotically stable" }, { id: "E2", state: [1], label: "asymptotically stable" },
    { id: "E3", state: [1 / 3], label: "source" },
  ];
  const at = (pulses: { instrument: string; level: string; from: string; until: string }[]) => supported(game, { p: "-1" }, {}, pulses);
  const bare = at([]);

  it("is that of the basin that the state is in when the pulse ends", () => {
    const enough = settledAmong(points);
    for (const until of ["0.05", "0.1", "0.2", "0.3", "0.6"]) {
      const under = at([{ instrument: "s", level: "4", from: "0", until }]);
      const path = follow(under, [0.2], enough);
      const x = new Float64Array(1);
      path.at(under.over, x);
      expect(outcomeOf(path, points)).toMatchObject({ kind: "settles", id: x[0]! > 1 / 3 ? "E2" : "E1" });
    }
  });

  it("tells when the path crosses, and then its state is on the boundary", () => {
    const under = at([{ instrument: "s", level: "4", from: "0", until: "2" }]);
    const path = follow(under, [0.2], settledAmong(points));
    const time = crossingOf(path, bare, under.over, "E2", points);
    const x = new Float64Array(1);
    path.at(time!, x);
    expect(x[0]).toBeCloseTo(1 / 3, 7);
  });

  it("arrives when it comes within a hundredth, for good", () => {
    const path = follow(bare, [0.2], settledAmong(points));
    const outcome = outcomeOf(path, points);
    const x = new Float64Array(1);
    path.at("arrives" in outcome ? outcome.arrives : NaN, x);
    expect(x[0]).toBeCloseTo(0.01, 8);
  });

  it("stays in a pure profile, whatever the pulses", () => {
    const under = at([{ instrument: "s", level: "9", from: "0", until: "2" }]);
    expect(outcomeOf(follow(under, [0], settledAmong(points)), points)).toMatchObject({ kind: "stays", id: "E1" });
  });

  it("is told of a face where a rest point attracts along it alone", () => {
    // The second party gains by its second strategy, the first by its first: (1, 0) attracts, (0, 0) only on x = 0.
    const one = rewarded("p");
    const two = {
      ...one, speeds: [n("1"), n("1")], payoffs: [[n("1"), n("0")], [n("0"), n("1")]],
      populations: [...one.populations, { ...one.populations[0]!, name: "Q", share: "y", shares: ["y"] }],
    };
    const corners: LabelledState[] = [
      { id: "E1", state: [0, 0], label: "saddle" }, { id: "E2", state: [0, 1], label: "source" },
      { id: "E3", state: [1, 0], label: "asymptotically stable" },
    ];
    const told = (start: number[]) => outcomeOf(follow(supported(two, { p: "-1" }, {}, []), start, settledAmong(corners)), corners);
    expect(told([0, 0.5])).toMatchObject({ kind: "face", id: "E1" });
    expect(told([1e-9, 0.5])).toMatchObject({ kind: "settles", id: "E3" });
  });

  it("is at rest where the start is a rest point that does not attract, and not beside it", () => {
    const told = (start: number, under = bare) => outcomeOf(follow(under, [start], settledAmong(points)), points);
    expect(told(1 / 3)).toMatchObject({ kind: "rest", from: "start", point: "E3" });
    expect(told(0.3333333)).toMatchObject({ kind: "settles", id: "E1" });
    expect(told(1 / 3, at([{ instrument: "s", level: "4", from: "0", until: "1" }]))).toMatchObject({ kind: "settles", id: "E2" });
  });

  it("is at rest where the path ends on a continuum, and where it starts there", () => {
    const one = rewarded("p");
    const two = {
      ...one, speeds: [n("1"), n("1")], payoffs: [[n("1"), n("0")], [n("0"), n("0")]],
      populations: [...one.populations, { ...one.populations[0]!, name: "Q", share: "y", shares: ["y"] }],
    };
    const told = (start: number[]) => outcomeOf(follow(supported(two, { p: "-1" }, {}, []), start, settledAmong([])), []);
    expect(told([1, 0.25])).toMatchObject({ kind: "rest", from: "start", point: null });
    expect(told([0.5, 0.25])).toMatchObject({ kind: "rest", from: "end", state: [1, expect.closeTo(0.25, 9) as number] });
  });

  it("is open where two rest points lie too near to each other to be told apart", () => {
    const beside: LabelledState[] = [...points, { id: "E4", state: [2e-5], label: "saddle" }];
    expect(outcomeOf(follow(bare, [0.2], settledAmong(beside)), beside).kind).toBe("open");
  });

  it("is not told where rounding decides on which side of a separatrix the path goes on", () => {
    expect(outcomeFrom(bare, [1 / 3 + 1e-9], points).outcome).toEqual({ kind: "divided", beside: "E3" });
    expect(outcomeFrom(bare, [1 / 3 + 1e-4], points).outcome).toMatchObject({ kind: "settles", id: "E2" });
    // Strategies that coordinate for 1, 2 and 3: from here the second and the third earn alike for ever.
    const shares = ["a", "b", "c"];
    const three = {
      populations: [{ name: "P", share: "x", shares, free: shares, strategies: shares.map((id) => ({ id, name: id })) }],
      parameters: [], instruments: [], scenarios: [], speeds: [n("1")], emissions: null, balanced: true,
      payoffs: [["a", ["*", n("2"), "b"], ["*", n("3"), "c"]]],
    } as unknown as GameModel;
    const states: LabelledState[] = [
      { id: "E2", state: [0, 1, 0], label: "asymptotically stable" }, { id: "E3", state: [0, 0, 1], label: "asymptotically stable" },
      { id: "E6", state: [0, 0.6, 0.4], label: "saddle" },
    ];
    const from = (start: number[]) => outcomeFrom(supported(three, {}, {}, []), start, states).outcome;
    expect(from([0.5, 0.3, 0.2])).not.toMatchObject({ kind: "settles" });
    expect(from([0.5, 0.301, 0.199])).toMatchObject({ kind: "settles", id: "E2" });
    expect(from([0.5, 0.299, 0.201])).toMatchObject({ kind: "settles", id: "E3" });
  });

  it("is not told where the label is missing", () => {
    const open = [{ id: "E1", state: [0], label: null }];
    expect(outcomeOf(follow(bare, [0.2], settledAmong(open)), open)).toEqual({ kind: "unlabelled", id: "E1" });
  });
});

describe("pulses", () => {
  it("split time where one begins or ends; of two of one instrument the later in the list counts", () => {
    const stretches = stretchesOf({ s: "1", r: "0" }, [
      { instrument: "s", level: "2", from: "1", until: "4" }, { instrument: "s", level: "3", from: "2", until: "3" },
    ]);
    expect(stretches.map((s) => [s.from, s.until, s.levels["s"]])).toEqual([
      [0, 1, "1"], [1, 2, "2"], [2, 3, "3"], [3, 4, "2"], [4, Infinity, "1"],
    ]);
  });

  it("cannot end before they start, or start before time 0", () => {
    expect(canBe({ instrument: "s", level: "1", from: "2", until: "2" })).toBe(false);
    expect(canBe({ instrument: "s", level: "1", from: "-1", until: "2" })).toBe(false);
    expect(canBe({ instrument: "s", level: "1", from: "1/3", until: "1/2" })).toBe(true);
  });
});

describe("beside Python", () => {
  // Written by tests/core/dynamics/integrate/test_page_pulses.py: another integrator, and quadrature along it.
  const cases = JSON.parse(golden) as Golden[];
  it.each(cases.map((one) => [one.pulses.map((p) => p.instrument).join(), one] as const))("gives the same numbers under %s", (_, one) => {
    const settings = Object.fromEntries(one.game.parameters.map((p) => [p.name, p.value ?? "0"]));
    const path = follow(supported(one.game, settings, one.standing, one.pulses, one.discount), one.start, never);
    const state = new Float64Array(one.start.length);
    one.times.forEach((time, k) => {
      path.at(time, state);
      one.expected.states[k]!.forEach((share, j) => { expect(state[j]).toBeCloseTo(share, 7); });
      for (const account of ["public", "enterprises", "emissions"] as const) {
        const expected = one.expected[account][k]!;
        expect(Math.abs(path.spent(account, time) - expected)).toBeLessThan(1e-7 * Math.max(1, Math.abs(expected)));
      }
    });
  });
});

interface Golden {
  game: GameModel;
  start: number[];
  standing: Record<string, string>;
  pulses: Pulse[];
  discount: number;
  times: number[];
  expected: { states: number[][]; public: number[]; enterprises: number[]; emissions: number[] };
}
