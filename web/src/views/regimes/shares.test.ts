import { expect, it } from "vitest";
import { gaps, joined } from "./shares";

it("joins positions between which the set of stable states does not change", () => {
  const at = [0, 1, 2, 3, 4];
  expect(joined(at, [0.1, 0.2, 0.3, 1, 1], [2.5])).toEqual([[0, 1, 2], [3, 4]]);
  expect(joined(at, [0.1, 0.2, 0.3, 1, 1], [])).toEqual([[0, 1, 2, 3, 4]]);
});

it("leaves a position at a change, one beside a gap and all before the changes are known alone", () => {
  const at = [0, 1, 2, 3, 4];
  expect(joined(at, [0.1, 0.2, 0.3, 1, 1], [2])).toEqual([[0, 1], [2], [3, 4]]);
  expect(joined(at, [0.1, null, 0.3, 1, 1], [])).toEqual([[0], [2, 3, 4]]);
  expect(joined(at, [0.1, null, 0.3, 1, 1], null)).toEqual([[0], [2], [3], [4]]);
});

it("counts positions without shares by reason", () => {
  expect(gaps([null, "breaks_assumption", "V306", "V306", null])).toEqual([["breaks_assumption", 1], ["V306", 2]]);
});
