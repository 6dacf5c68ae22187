import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { courseOf, trajectoriesCsv } from "./csv";
import { curvesPicture } from "./curves_picture";
import type { GameModel } from "../model";
import { latexOf, numberTex } from "./latex";
import { fileStem } from "./save";
import { node, written, type SvgNode } from "./svg_tree";
import { matrixOf, thinned, tikzOf } from "./tikz";

const path = (times: number[], states: number[]) =>
  ({ times: Float64Array.from(times), states: Float64Array.from(states), end: "settled" as const, gap: NaN });

describe("trajectories as a table", () => {
  it("run from the earliest state on, the start once", () => {
    const run = { index: 0, state: Float64Array.of(0.5, 0.25), forward: path([0, 1], [0.5, 0.25, 0.75, 0.5]), backward: path([0, 2], [0.5, 0.25, 0.1, 0.2]) };
    expect(trajectoriesCsv(["x", "y"], [courseOf(run), courseOf({ ...run, backward: null })]).split("\n")).toEqual([
      "course,time,x,y", "1,-2,0.1,0.2", "1,0,0.5,0.25", "1,1,0.75,0.5", "2,0,0.5,0.25", "2,1,0.75,0.5", "",
    ]);
  });

  it("hold no formula of a spreadsheet, and quote what would break a row", () => {
    expect(trajectoriesCsv(["=cmd|' /C calc'!A0", 'a,"b'], []).trim()).toBe(`course,time,'=cmd|' /C calc'!A0,"a,""b"`);
  });

  it("leave a cell empty where a share is not known", () => {
    expect(trajectoriesCsv(["x"], [{ times: [1], states: [NaN] }]).split("\n")[1]).toBe("1,1,");
  });
});

describe("pictures", () => {
  const hostile = node("text", { x: 1, y: 2, "data-x": '"><script>' }, "</text><script>alert(1)</script>\\input{x} & \u0000");

  it("hold names as text, and numbers with two digits", () => {
    const text = written(node("svg", { width: 1.23456 }, hostile));
    expect(text).toContain('width="1.23"');
    expect(text).not.toContain("<script>");
    expect(text).toContain("&lt;script&gt;alert(1)");
  });

  it("become TikZ that prints names and obeys none of them", () => {
    expect(tikzOf(hostile)).toContain("\\textless{}script\\textgreater{}alert(1)");
    expect(tikzOf(hostile)).toContain("\\textbackslash{}input\\{x\\} \\&");
  });

  it("keep places, colours, dashes and turned texts in TikZ", () => {
    const picture = node("svg", { viewBox: "0 0 100 50", width: 200, height: 100 },
      node("g", { transform: "translate(10 20)", stroke: "#0b6e4f", fill: "none", "stroke-width": 2 },
        node("path", { d: "M0 0L10 10", "stroke-dasharray": "5 3" }), node("line", { x1: 0, x2: 1, y1: 0, y2: 0, fill: "#000000" })),
      node("text", { x: 5, y: 6, transform: "rotate(-90 5 6)", "text-anchor": "middle" }, node("tspan", { "font-style": "italic" }, "y"), " · 1"),
      node("path", { d: "M0 0L1 1Z", fill: "url(#hatch45)", stroke: "none" }), node("circle", { r: 3, fill: "rgba(1, 2, 3, 0.5)" }));
    const lines = tikzOf(picture).split("\n");
    expect(lines[2]).toBe("\\path[cm={2,0,0,2,(20pt,40pt)}, draw={rgb,255:red,11;green,110;blue,79}, line width=2.4pt, dash pattern=on 6pt off 3.6pt] svg {M0 0L10 10};");
    expect(lines[3]).not.toContain("fill");
    expect(lines[4]).toBe("\\node[anchor=base, inner sep=0pt, rotate=90] at (10pt, 12pt) {\\textit{y} \\ensuremath{\\cdot} 1};");
    expect(lines[5]).toContain("fill={rgb,255:red,1;green,2;blue,3}, fill opacity=0.5");
    expect(lines).toHaveLength(8);
  });

  it("lose only points that nearly meet", () => {
    expect(thinned("M0 0L0.1 0L0.2 0L5 0")).toBe("M0 0L5 0");
    expect(thinned("M0 0L0.1 0M3 3L3.1 3")).toBe("M0 0L0.1 0M3 3L3.1 3");
    expect(thinned("M0 0A7 7 0 0 0 0 7Z")).toBe("M0 0A7 7 0 0 0 0 7Z");
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 })), { minLength: 2 }), (points) => {
      const given = points.map(([x, y], k) => `${k ? "L" : "M"}${x} ${y}`).join("");
      const kept = new Set(thinned(given).match(/-?\d+ -?\d+/g));
      for (const [x, y] of points) expect(kept.has(`${x} ${y}`)).toBe(true);
    }));
  });

  it("are moved as SVG says", () => {
    expect(matrixOf("translate(3, 4) scale(2)")).toEqual([2, 0, 0, 2, 3, 4]);
    expect(matrixOf("rotate(90 1 0)").map((n) => Math.round(n) + 0)).toEqual([0, 1, -1, 0, 1, -1]);
    expect(matrixOf("skewX(3) nonsense(")).toEqual([1, 0, 0, 1, 0, 0]);
  });

  it("of curves break where nothing is known", () => {
    const curve = { values: [0, NaN, 1], colour: "#000000", dash: [2, 2], width: 1 };
    const picture = curvesPicture("t", [0, 1, 2], "Time", [{ title: "x", curves: [curve] }], [[0, 9]], ["today"]);
    const all = (of: SvgNode): SvgNode[] => [of, ...of.children.flatMap((c) => (typeof c === "string" ? [] : all(c)))];
    expect(all(picture).find((n) => n.name === "path")!.attributes["d"]!.match(/M/g)).toHaveLength(2);
  });
});

it("writes in TeX what a parameter is that an instrument makes follow the shares, and no matrix of the file", () => {
  const entry = { layout: "a", tree: "a" };
  const game = {
    title: "t", source: null, version: "1", hash: "h", populations: [{ shares: ["x"] }],
    formulas: { symbols: {}, names: {}, payoffs: null, equations: [entry], jacobian: [[entry]], points: { E1: { exact: [entry], eigenvalues: null } } },
  } as unknown as GameModel;
  const labelled = { points: [], sets: [], open: [], complete: true };
  const texOf = (moving: Record<string, "x">) => latexOf(game, { values: { a: "7" }, moving, labelled, unknown: "" }, "en", (text) => text);
  expect(texOf({})).toMatch(/= 7\$[^]*pmatrix[^]*symbolic/);
  expect(texOf({ a: "x" })).not.toMatch(/= 7|pmatrix|symbolic/);
  expect(texOf({ a: "x" })).toContain("the matrix of the file does not hold");
});

it("writes exact numbers in TeX", () => {
  const told: [string, string][] = [
    ["0", "0"], ["-1/2", "-\\frac{1}{2}"], ["(1 + √5)/4", "\\frac{1 + \\sqrt{5}}{4}"], ["≈ 0.41", "\\approx  0.41"], ["2 − √3", "2 - \\sqrt{3}"],
  ];
  for (const [text, tex] of told) expect(numberTex(text)).toBe(tex);
});

it("makes names of files that no system refuses", () => {
  expect(["A/B: c?", "../..", "钢铁 园区", "  ", "CON*"].map(fileStem)).toEqual(["a-b-c", "separatrix", "钢铁-园区", "separatrix", "con"]);
});
