import fc from "fast-check";
import { expect, it } from "vitest";
import { ticksOver, ticksWithin } from "./ticks";

const low = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const width = fc.double({ min: 1e-3, max: 1e6, noNaN: true });

it("has round ticks within a window", () => {
  expect(ticksWithin([0, 20], 5)).toEqual([0, 5, 10, 15, 20]);
  expect(ticksWithin([-0.3, 0.3], 4)).toEqual([-0.2, 0, 0.2]);
  expect(ticksWithin([0, 2], 5)).toEqual([0, 0.5, 1, 1.5, 2]);
  expect(ticksWithin([0, 0.3], 5)).toEqual([0, 0.1, 0.2, 0.3]);
  fc.assert(fc.property(low, width, (from, wide) => {
    const found = ticksWithin([from, from + wide], 6);
    expect(found.length).toBeLessThanOrEqual(7);
    expect(found.every((t) => t >= from - wide * 1e-6 && t <= from + wide * (1 + 1e-6))).toBe(true);
  }));
  expect(ticksWithin([1, 1], 5)).toEqual([1]);
});

it("has round ticks that reach both ends", () => {
  for (const most of [1e-3, 0.7, 1, 19, 437, 30e3]) expect(ticksOver(0, most)[0]).toBe(0);
  for (const [from, to] of [[-839, 940], [0, 12], [-5, 0]] as const) expect(ticksOver(from, to, 6)).toContain(0);
  fc.assert(fc.property(low, width, (from, wide) => {
    const found = ticksOver(from, from + wide);
    expect(found.length).toBeLessThan(9);
    expect(found[0]).toBeLessThanOrEqual(from + wide * 1e-6);
    expect(found.at(-1)).toBeGreaterThanOrEqual(from + wide * (1 - 1e-6));
  }));
});

it("has one tick where there is nothing between the ends", () => {
  expect([ticksOver(0, 0), ticksOver(0, NaN), ticksOver(0, Infinity)]).toEqual([[0], [0], [0]]);
});
