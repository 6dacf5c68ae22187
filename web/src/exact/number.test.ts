import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Exact, NotExact, ONE, quadraticRoots, ZERO } from "./number";

const whole = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n });
const positive = fc.bigInt({ min: 1n, max: 10n ** 12n });
const rationals = fc.tuple(whole, positive).map(([p, q]) => Exact.of(p, q));
/** Numbers of one field. */
const surds = fc.tuple(rationals, rationals).map(([a, b]) => a.plus(b.times(Exact.of(5).root()!)));

describe("exact numbers", () => {
  it("form a field: what is added is taken away again, what is multiplied divided", () => {
    fc.assert(fc.property(surds, surds, surds, (a, b, c) => {
      expect(a.plus(b).minus(b).equals(a)).toBe(true);
      expect(a.plus(b).times(c).equals(a.times(c).plus(b.times(c)))).toBe(true);
      if (b.sign()) expect(a.times(b).over(b).equals(a)).toBe(true);
    }));
  });

  it("have the sign that floating point shows where that is sure, and that of (a - b)(a + b) elsewhere", () => {
    fc.assert(fc.property(rationals, rationals, (a, b) => {
      const value = a.plus(b.times(Exact.of(2).root()!));
      const float = a.float + b.float * Math.SQRT2;
      if (Math.abs(float) > 1e-9 * (Math.abs(a.float) + Math.abs(b.float))) expect(value.sign()).toBe(Math.sign(float));
      const norm = a.times(a).minus(Exact.of(2).times(b).times(b)).sign();
      if (a.sign() > 0 && b.sign() < 0) expect(value.sign()).toBe(norm);
    }));
  });

  it("read what they write, and decimals as the engine does", () => {
    fc.assert(fc.property(rationals, (a) => { expect(Exact.read(a.text)!.equals(a)).toBe(true); }));
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e20, max: 1e20 }), (x) => {
      // Numbers with fewer digits than others, below 1e-300, are none that a lever stands at.
      if (Math.abs(x) > 1e-300) expect(Exact.read(String(x))!.float).toBe(x);
    }));
    for (const text of ["", "1/0", "1/2/3", "x", "0x10", "1e99999", "--1", "NaN"]) expect(Exact.read(text)).toBeNull();
    expect(Exact.read("1/0.5")!.text).toBe("2");
  });

  it("tell roots in short", () => {
    expect(Exact.of(8).root()!.text).toBe("2√2");
    expect(Exact.of(9, 4).root()!.text).toBe("3/2");
    expect(Exact.of(-1).root()).toBeNull();
    expect(ONE.plus(Exact.of(5).root()!).over(Exact.of(4)).text).toBe("(1 + √5)/4");
  });

  it("solve quadratics: both roots are roots, in order", () => {
    fc.assert(fc.property(rationals, rationals, rationals, (a, b, c) => {
      const roots = quadraticRoots(a, b, c);
      for (const t of roots) expect(a.times(t).plus(b).times(t).plus(c).sign()).toBe(0);
      if (roots.length === 2) expect(roots[0]!.compare(roots[1]!)).toBe(-1);
      const square = b.times(b).minus(Exact.of(4).times(a).times(c)).sign();
      if (a.sign()) expect(roots.length).toBe(1 + square);
    }));
  });

  it("refuse what they cannot hold", () => {
    expect(() => ONE.over(ZERO)).toThrow(NotExact);
    expect(() => Exact.of(2).root()!.plus(Exact.of(3).root()!)).toThrow(NotExact);
    expect(() => { let x = Exact.of(3); for (let k = 0; k < 20; k++) x = x.times(x); }).toThrow(NotExact);
  });
});
