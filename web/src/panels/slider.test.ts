import fc from "fast-check";
import { expect, it } from "vitest";
import { fraction } from "../expression/evaluate";
import { nearestPosition, stepExponent } from "./slider";

it("has short decimals as positions, and the range's own ends", () => {
  expect(nearestPosition(3.14159, ["0", "20"], stepExponent(["0", "20"]))).toBe("3.1");
  expect(nearestPosition(-1, ["1/3", "2"], -2)).toBe("1/3");
  expect(nearestPosition(9, ["1/3", "2"], -2)).toBe("2");
  expect(nearestPosition(0.337, ["1/3", "2"], -2)).toBe("0.34");
});

it("never leaves the range, and never strays further than half a step", () => {
  const ends = fc.tuple(fc.integer({ min: -1e6, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1000 }));
  fc.assert(fc.property(ends, fc.double({ min: 0, max: 1, noNaN: true }), ([low, width, below], part) => {
    const range: [string, string] = [`${low}/${below}`, `${low + width}/${below}`];
    const exponent = stepExponent(range);
    const at = fraction(range[0]) + part * (fraction(range[1]) - fraction(range[0]));
    const position = nearestPosition(at, range, exponent);
    const value = fraction(position);
    expect(value).toBeGreaterThanOrEqual(fraction(range[0]));
    expect(value).toBeLessThanOrEqual(fraction(range[1]));
    if (position !== range[0] && position !== range[1]) expect(Math.abs(value - at)).toBeLessThanOrEqual(0.5000001 * 10 ** exponent);
  }));
});

it("has about two hundred steps, whatever the range", () => {
  for (const range of [["0", "1"], ["0", "20"], ["-1/1000", "1/1000"], ["0", "1000000"], ["3", "3"]] as [string, string][]) {
    const steps = (fraction(range[1]) - fraction(range[0])) / 10 ** stepExponent(range);
    if (range[0] !== range[1]) expect(steps).toBeGreaterThan(60);
    expect(steps).toBeLessThan(700);
  }
});
