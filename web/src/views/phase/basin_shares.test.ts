import { describe, expect, it } from "vitest";
import type { Labelled, LabelledPoint } from "../../analysis/labels";
import type { Flow } from "../../dynamics/growth";
import { ownShares } from "./basin_shares";

const point = (id: string, state: number[], label: string) => ({ id, state, label }) as unknown as LabelledPoint;
const all = (points: LabelledPoint[], more: Partial<Labelled> = {}): Labelled => ({ points, sets: [], open: [], complete: true, ...more });
const line = { sizes: [2], length: 1, dimension: 1 } as unknown as Flow;
const square = (a: number, b: number) => ({
  sizes: [2, 2], length: 2, dimension: 2, scale: 1,
  growth: (_: Float64Array, out: Float64Array) => { out.set([a, b]); },
}) as unknown as Flow;

describe("shares that the page knows", () => {
  it("end on a line at the next rest points", () => {
    const three = [point("E2", [1], "asymptotically stable"), point("E1", [0], "asymptotically stable"), point("E3", [0.3], "source")];
    const found = ownShares(all(three), line)!;
    expect(found.E1).toBeCloseTo(0.3, 12);
    expect(found.E2).toBeCloseTo(0.7, 12);
    const mixed = [point("E1", [0], "source"), point("E2", [1], "source"), point("E3", [0.3], "asymptotically stable")];
    expect(ownShares(all(mixed), line)).toEqual({ E3: 1 });
  });

  it("are none where a label is open, states may be missing or starts come to no attractor", () => {
    const whole = [point("E1", [0], "asymptotically stable"), point("E2", [1], "source")];
    expect(ownShares(all(whole), line)).toEqual({ E1: 1 });
    expect(ownShares(all(whole, { complete: false }), line)).toBeNull();
    expect(ownShares(all(whole, { open: ["?"] }), line)).toBeNull();
    expect(ownShares(all([{ ...whole[0]!, label: null }, whole[1]!]), line)).toBeNull();
    expect(ownShares(all([whole[0]!, point("E3", [0.4], "unstable"), whole[1]!]), line)).toBeNull();
  });

  it("are all of the square where one corner attracts and nothing divides it", () => {
    const corners = [[0, 0], [1, 0], [0, 1], [1, 1]].map((state, k) =>
      point(`E${k + 1}`, state, k === 3 ? "asymptotically stable" : k === 0 ? "source" : "saddle"));
    expect(ownShares(all(corners), square(1, 2))).toEqual({ E4: 1 });
    expect(ownShares(all(corners.map((p) => ({ ...p, label: "saddle" as const }))), square(1, 2))).toBeNull();
  });
});
