import { describe, expect, test } from "vitest";
import { found } from "./catalogue";
import { offsetOf } from "./editor";
import { excerpt, placeOf } from "./fault";

describe("an error in a file", () => {
  test("stands under what is meant", () => {
    expect(excerpt("  pay: ['Rr - C1']", 10, 2)).toEqual({ line: "  pay: ['Rr - C1']", carets: "         ^^" });
  });
  test("stands there beside letters of double width too", () => {
    expect(excerpt("名称: Rr", 5, 2).carets).toBe("      ^^");
  });
  test("stands there in the middle of a long line, at its end, and beyond it", () => {
    const text = `${"a ".repeat(200)}Rr${" b".repeat(200)}`;
    const { line, carets } = excerpt(text, 401, 2);
    expect(line.slice(carets.indexOf("^"), carets.length)).toBe("Rr");
    expect(line.startsWith("…") && line.endsWith("…")).toBe(true);
    for (const column of [-5, 0, 803, 10_000]) expect(excerpt(text, column, 1).carets.trim()).toBe("^");
    expect(excerpt("", 1, 1)).toEqual({ line: "", carets: "^" });
  });
  test("is placed as far as that is known", () => {
    const problem = { code: "", width: 1, quoted: null, text: "", hint: null, told: {} };
    expect(placeOf({ ...problem, where: "a.yaml", line: 3, column: 4 })).toBe("a.yaml:3:4");
    expect(placeOf({ ...problem, where: "payoffs", line: null, column: 4 })).toBe("payoffs");
    expect(placeOf({ ...problem, where: null, line: null, column: null })).toBe("");
  });
  test("is selected in the text, also behind characters that take two places", () => {
    const text = "a: 1\n𝜋x: Rr\n";
    const at = offsetOf(text, 2, 5);
    expect(text.slice(at, at + 2)).toBe("Rr");
    expect(offsetOf(text, 99, 1)).toBe(text.length + 1);
  });
});

describe("the catalogue", () => {
  const games = [
    { name: "hawk-dove", title: "Hawk and dove", source: "Maynard Smith (1982)", size: "2 (one population)" },
    { name: "wang-2023", title: "Air pollution", source: "Wang et al. (2023)", size: "2 × 2 × 2" },
  ];
  test("is searched by all words that are typed, in any order", () => {
    expect(found(games, "").length).toBe(2);
    expect(found(games, "2023 AIR").map((g) => g.name)).toEqual(["wang-2023"]);
    expect(found(games, "2023 hawk")).toEqual([]);
    expect(found(games, "  [(.*  ")).toEqual([]);
  });
});
