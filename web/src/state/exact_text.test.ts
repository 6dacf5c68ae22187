import fc from "fast-check";
import { expect, it } from "vitest";
import { exactText, stepsText } from "./exact_text";

it("reads numbers as people write them", () => {
  const written: [string, string][] = [
    ["1/3", "1/3"], [" 0.30 ", "0.3"], [".5", "0.5"], ["5.", "5"], ["-0", "0"], ["1e-3", "0.001"], ["1.5E2", "150"],
    ["+2", "2"], ["−1/2", "-1/2"], ["０．５", "0.5"], ["3 / 4", "3/4"], ["007", "7"], ["-1.50", "-1.5"],
  ];
  for (const [text, exact] of written) expect(exactText(text)).toBe(exact);
});

it("refuses what is no number, and what floating point could not hold", () => {
  for (const text of ["", ".", "-", "1/0", "1/00", "one", "0x10", "Infinity", "NaN", "1e400", "1,5", "2x", "1/2/3",
    "1234567890123456", "1e99", "<b>"]) expect(exactText(text)).toBeNull();
});

it("changes no number that it has written itself", () => {
  fc.assert(fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: -9, max: 3 }), (count, exponent) => {
    const text = stepsText(count, exponent);
    expect(exactText(text)).toBe(text);
    expect(Number(text)).toBe(Number(`${count}e${exponent}`) + 0);
  }));
});
