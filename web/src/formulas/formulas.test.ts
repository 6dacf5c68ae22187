import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Exact } from "../exact/number";
import { evaluateExact } from "../expression/evaluate_exact";
import type { Tree } from "../model";
import { fold } from "./fold";
import { layoutOf } from "./layout";
import { pieces } from "./math";
import { numberText } from "./number_text";
import { plain } from "./plain";

const text = (tree: Tree) => plain(layoutOf(tree, (name) => name));
const number = (told: string): Exact => Exact.read(told)!;

const leaf: fc.Arbitrary<Tree> = fc.oneof(
  fc.constantFrom<Tree>("a", "b", "x", "y"),
  fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 1, max: 6 })).map(([p, q]): Tree => ["n", Exact.of(p, q).text]),
);
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof({ depthSize: "small" }, leaf,
    fc.array(tie("tree"), { minLength: 2, maxLength: 3 }).map((parts): Tree => ["+", ...parts]),
    fc.array(tie("tree"), { minLength: 2, maxLength: 3 }).map((parts): Tree => ["*", ...parts]),
    fc.tuple(tie("tree"), fc.integer({ min: 1, max: 3 })).map(([base, k]): Tree => ["^", base, ["n", String(k)]])),
}));

describe("numbers put into a formula", () => {
  it("leave its value as it was", () => {
    const now: Record<string, Exact> = { a: number("3/7"), b: number("-2") };
    const shares = { x: number("1/3"), y: number("4/5") };
    fc.assert(fc.property(tree, (formula) => {
      const told = fold(formula, (name) => now[name] ?? null);
      expect(evaluateExact(told, shares).equals(evaluateExact(formula, { ...now, ...shares }))).toBe(true);
    }));
  });

  it("are computed where no share is in the way", () => {
    const known = (name: string) => ({ p: number("10"), c: number("4") })[name] ?? null;
    expect(text(fold(["*", "x", ["+", ["n", "1"], ["*", ["n", "-1"], "x"]], ["+", ["*", "p", "y"], ["*", ["n", "-1"], "c"]]], known)))
      .toBe("x(1 − x)(10y − 4)");
  });

  it("take like terms together", () => {
    expect(text(fold(["+", ["*", "a", "y"], ["*", ["n", "-3"], "y"], ["n", "1"]], (n) => (n === "a" ? number("5") : null)))).toBe("2y + 1");
  });

  it("leave a division by zero as it stands", () => {
    expect(text(fold(["/", ["n", "1"], "a"], () => number("0")))).toBe("1/0");
  });

  it("leave a root that is not rational as it stands", () => {
    expect(text(fold(["f", "sqrt", "a"], () => number("2")))).toBe("√2");
    expect(text(fold(["f", "sqrt", "a"], () => number("9/4")))).toBe("1.5");
  });

  it("follow what a name stands for", () => {
    const known = (name: string) => (name === "P" ? (["*", "a", "x"] as Tree) : name === "a" ? number("1/3") : null);
    expect(text(fold(["+", "P", ["n", "1"]], known))).toBe("1/3·x + 1");
  });
});

describe("exact numbers", () => {
  it("are decimals where these end soon, and fractions else", () => {
    expect(["7/20", "-1/3", "12", "1/1000000"].map((t) => numberText(number(t)))).toEqual(["0.35", "−1/3", "12", "0.000001"]);
  });

  it("show the beginning of what is too long, and say that more follows", () => {
    expect(numberText(number("12345678/12345679"))).toBe("0.99999…");
    expect(numberText(number("-1/98765432"))).toBe("−1.012e−8…");
    expect(numberText(number("123456789012/7"))).toBe("1.763e10…");
  });
});

describe("formulas as text", () => {
  it("have brackets where the eye needs them", () => {
    expect(text(["/", ["+", "a", "b"], ["*", "a", "b"]])).toBe("(a + b)/(ab)");
    expect(text(["*", ["+", "a", ["*", ["+", "b", "x"], "y"]], "x"])).toBe("[a + (b + x)y]x");
    expect(text(["*", ["n", "-1"], ["+", "a", "b"]])).toBe("−(a + b)");
    expect(text(["*", "x", "x", ["n", "2"]])).toBe("x²·2");
  });

  it("break within a fraction that is wider than a line", () => {
    const long = ["+", ...Array.from({ length: 20 }, (_, k) => `a${String.fromCharCode(97 + k)}`)] as Tree;
    const layout = layoutOf(["/", long, ["*", "b", "c"]], (name) => name);
    expect(Math.max(...pieces(layout).map((piece) => plain(piece).length))).toBeLessThan(9);
    expect(pieces(layout).map(plain).join("").replaceAll(" ", "")).toBe(plain(layout).replaceAll(" ", ""));
  });

  it("lose nothing where they break", () => {
    fc.assert(fc.property(tree, (formula) => {
      const layout = layoutOf(formula, (name) => name);
      expect(pieces(layout).map(plain).join("").replaceAll("·", "")).toBe(plain(layout).replaceAll("·", ""));
    }));
  });
});
