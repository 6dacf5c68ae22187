import { expect, test } from "vitest";
import type { ActingSpread, IdeaSpread } from "../../cluster";
import { fitted, roomFor, stateAt } from "./diffusion";
import { shortened } from "./exchanges";
import { apart, cost } from "./measures";

test("numbers above bars keep their order and their distance, within the picture", () => {
  for (const places of [[5, 6, 7, 90], [0, 0, 0], [98, 99, 100], [50], []]) {
    const moved = apart(places, 15, 0, 100);
    expect(moved).toHaveLength(places.length);
    moved.forEach((x, k) => {
      expect(x).toBeGreaterThanOrEqual(-1e-9);
      expect(x).toBeLessThanOrEqual(100 + 1e-9);
      if (k > 0) expect(x - moved[k - 1]!).toBeGreaterThanOrEqual(15 - 1e-9);
    });
  }
  // More than there is room for stand as far apart as can be.
  const many = apart(Array.from({ length: 20 }, () => 40), 15, 0, 100);
  many.slice(1).forEach((x, k) => { expect(x).toBeGreaterThan(many[k]!); });
});

test("a cost per tonne is told as the documents tell it", () => {
  expect([cost(-839.2), cost(-7.04), cost(156), cost(0), cost(null)]).toEqual(["−839", "−7.0", "156", "0.0", "–"]);
});

test("names are broken between words, and cut where two rows do not hold them", () => {
  expect(shortened("Gyproc")).toEqual(["Gyproc"]);
  expect(shortened("Recovery of nickel and vanadium")).toEqual(["Recovery of nickel", "and vanadium"]);
  expect(shortened("Municipality of Kalundborg", 20, 1)).toEqual(["Municipality of Kal…"]);
  const rows = shortened("东湖化工（集团）有限公司第二分公司");
  expect(rows).toHaveLength(2);
  rows.forEach((row) => { expect([...row].length).toBeLessThanOrEqual(10); });
});

test("an idea is known from the round in which it is heard, and never where it never comes", () => {
  const idea = { seeds: [0], first: [0, 2, null] } as unknown as IdeaSpread;
  expect([0, 1.9, 2, 99].map((t) => stateAt(idea, t))).toEqual([
    [true, false, false], [true, false, false], [true, true, false], [true, true, false],
  ]);
});

test("between two states that were kept the earlier one holds", () => {
  const acting = { acts: [0], frames: [{ time: 0, types: [1, 1] }, { time: 1, types: [0, 1] }] } as unknown as ActingSpread;
  expect([0, 0.99, 1, 5].map((t) => stateAt(acting, t))).toEqual([[false, false], [false, false], [true, false], [true, false]]);
});

test("places fill the width, and no name covers another name or a place", () => {
  const nodes = Array.from({ length: 25 }, (_, k) => ({ x: 0.5 + 0.02 * (k % 5), y: 0.4 + 0.01 * Math.floor(k / 5) }));
  const { at, height } = fitted(nodes);
  expect(Math.max(...at.map((p) => p.x)) - Math.min(...at.map((p) => p.x))).toBeCloseTo(480);
  at.forEach((p) => { expect(p.y).toBeLessThan(height); });
  const named = roomFor(at, nodes.map(() => "Enterprise with a long name"));
  expect(named.some((name) => name === null)).toBe(true);
  expect(roomFor([{ x: 0, y: 0 }, { x: 300, y: 0 }], ["a", "b"])).toEqual(["a", "b"]);
  expect(fitted([{ x: 0.5, y: 0.5 }]).at).toHaveLength(1);
});
