import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import golden from "../dynamics/supported_path.golden.json?raw";
import type { GameModel } from "../model";
import { change, openGame } from "./store";
import { chosen, crossing, followed, horizon, keepCrossing, pinnedPath, rounded, times } from "./paths";

const game = { ...(JSON.parse(golden) as { game: GameModel }[])[0]!.game, scenarios: [], assume: [], today: { x: "1/5", y: "3/10" } };
const subsidy = (until: string) => ({ instrument: "subsidy", level: "1", from: "0", until });

describe("paths", () => {
  beforeEach(() => { vi.useFakeTimers(); openGame(game as unknown as GameModel); });
  afterEach(() => { vi.useRealTimers(); openGame(null); });

  it("start today and at each start, and settle where labels say that a state attracts", () => {
    change({ starts: [{ state: ["9/10", "4/5"], backward: false }] });
    expect(followed.value.map(({ id, outcome }) => [id, "id" in outcome && outcome.id])).toEqual([["today", "E1"], ["0", "E4"]]);
    expect(chosen.value?.id).toBe("today");
    change({ more: { "time.of": "0" } });
    expect(chosen.value?.id).toBe("0");
  });

  it("tell when they cross once they have rested, and nothing of before", () => {
    const stop = keepCrossing();
    change({ pulses: [subsidy("3/4")] });
    expect(crossing.value).toBeNull();
    vi.advanceTimersByTime(1000);
    expect(crossing.value).toBeCloseTo(0.725124, 5);
    change({ pulses: [subsidy("7/10")] });
    expect(crossing.value).toBeNull();
    vi.advanceTimersByTime(1000);
    expect(crossing.value).toBeNull();
    stop();
  });

  it("are drawn until they have arrived, at the dates of pulses too", () => {
    change({ pulses: [subsidy("0.7777")] });
    const { outcome } = chosen.value!;
    expect(horizon.value).toBeGreaterThan("arrives" in outcome ? outcome.arrives : NaN);
    expect(Array.from(times.value)).toContain(0.7777);
    change({ more: { "time.until": "2" } });
    expect(times.value.at(-1)).toBe(2);
  });

  it("keep the one where levers were pinned beside", () => {
    expect(pinnedPath.value).toBeNull();
    change({ pinned: { positions: { C1: "0" }, levels: {}, scenario: null } });
    const state = new Float64Array(2);
    pinnedPath.value!.at(50, state);
    expect(state[0]).toBeCloseTo(1, 6);
  });
});

describe("a round number", () => {
  it("is the next one that is not smaller", () => {
    expect([0.7, 1, 1.01, 3.2, 99].map(rounded)).toEqual([0.8, 1, 1.2, 4, 100]);
  });
});
