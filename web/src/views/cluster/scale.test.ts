import { expect, test } from "vitest";
import { between, percent, tell } from "./scale";
import { scoresBetween } from "./difficulties";

const kt = { scale: 1000, name: "kt", places: 0 };

test("the ends of an interval are rounded outwards, and what has no end says so", () => {
  expect(between(1400, 2600, kt)).toBe("1–3");
  expect(between(1400, 1400, kt)).toBe("1");
  expect(between(1_234_567, null, kt)).toBe("≥ 1,234");
  expect(between(null, 3, kt)).toBe("–");
  expect(scoresBetween({ score: 0.5, low: 0.123, high: 0.567 })).toBe("0.12–0.57");
  expect(scoresBetween({ score: null, low: null, high: null })).toBe("–");
});

test("nothing known is a dash and never a zero", () => {
  expect(tell(null, kt)).toBe("–");
  expect(tell(0, kt)).toBe("0");
  expect(tell(-1500, kt)).toBe("−2");
});

test("a share below one is never told as all of it, nor one above zero as nothing", () => {
  expect([percent(1), percent(0.9999), percent(0.001), percent(0), percent(null)]).toEqual(["100 %", "> 99 %", "< 1 %", "0 %", "–"]);
});
