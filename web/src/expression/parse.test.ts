import fc from "fast-check";
import { expect, it } from "vitest";
import golden from "./parse.golden.json?raw";
import { namesIn, parse, SyntaxProblem } from "./parse";
import type { Tree } from "../model";

/** A text with its tree, or with null and the offset of the fault: what Python's parser makes of it. */
const RESULTS = JSON.parse(golden) as [string, Tree | null, number?][];

it("reads every text as Python does, and finds each fault in the same place", () => {
  const different = RESULTS.filter(([text, tree, at]) => {
    try {
      return JSON.stringify(parse(text)) !== JSON.stringify(tree);
    } catch (fault) {
      return !(fault instanceof SyntaxProblem) || tree !== null || fault.at !== at;
    }
  });
  expect(different.map(([text, tree, at]) => [text, at ?? tree])).toEqual([]);
  expect(RESULTS.length).toBeGreaterThan(300);
});

it("ends every text with a tree or a told fault", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
    try {
      expect(parse(text)).toBeDefined();
    } catch (fault) {
      expect(fault).toBeInstanceOf(SyntaxProblem);
    }
  }), { numRuns: 1000 });
});

it("tells the names of a tree once each, and no function", () => {
  expect(namesIn(parse("exp(b) + a*b - min(c, 2)^a"))).toEqual(["b", "a", "c"]);
});
