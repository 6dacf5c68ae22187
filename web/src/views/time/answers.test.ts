import { describe, expect, it } from "vitest";
import { pulsesOf } from "./answers";

describe("a programme in the schedule", () => {
  it("has a pulse for each stretch on which a level is not the standing one", () => {
    const steps = [
      { start: 0, duration: 0.5, levels: { a: 1, b: 0 } },
      { start: 0.5, duration: 0.25, levels: { a: 1, b: 2 } },
      { start: 0.75, duration: 0.25, levels: { a: 0.25, b: 2 } },
    ];
    expect(pulsesOf(steps, { a: "1/4", b: "0" })).toEqual([
      { instrument: "a", level: "1", from: "0", until: "0.75" },
      { instrument: "b", level: "2", from: "0.5", until: "1" },
    ]);
  });

  it("writes numbers that a box can hold", () => {
    const [pulse] = pulsesOf([{ start: 0, duration: 0.1 + 0.2, levels: { a: 1 / 3 } }], { a: "0" });
    expect(pulse).toEqual({ instrument: "a", level: "0.333333333333", from: "0", until: "0.3" });
  });
});
