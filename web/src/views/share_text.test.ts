import { describe, expect, it } from "vitest";
import { percentBetween, percentError, percentExact, percentTo } from "./share_text";

describe("shares in per cent", () => {
  it("are never 0 or 100 for what only rounds to it", () => {
    expect([0, 0.25, 0.55861, 1].map(percentExact)).toEqual(["0 %", "25 %", "55.86 %", "100 %"]);
    expect([0.00001, 0.99999].map(percentExact)).toEqual(["< 0.01 %", "> 99.99 %"]);
  });

  it("have intervals that are rounded outwards", () => {
    expect(percentBetween(0.43214, 0.42861, 0.43572)).toBe("43.21 % (42.86–43.58 %)");
    expect(percentBetween(0.43214, 0.40161, 0.46272)).toBe("43.2 % (40.1–46.3 %)");
    expect(percentBetween(1, 0.999268, 1)).toBe("100 % (99.92–100 %)");
  });

  it("have the digits of their error, which is rounded up", () => {
    expect([percentTo(0.943212, 0.00614), percentError(0.00614)]).toEqual(["94.32 %", "± 0.62 %"]);
    expect([percentTo(0.943212, 0.0304), percentError(0.0304)]).toEqual(["94.3 %", "± 3.1 %"]);
    expect(percentTo(0.5, 1e-13)).toBe("50 %");
  });
});
