import { describe, expect, it } from "vitest";
import { moved, type Steps } from "./pulse_moves";

const steps: Steps = { time: -2, level: -1, range: [0, 1] };
const pulse = { instrument: "s", level: "0.5", from: "1", until: "2" };

describe("a pulse that is dragged", () => {
  it("keeps short exact numbers", () => {
    expect(moved(pulse, "from", 0.123456, 0, steps)).toEqual({ ...pulse, from: "1.12" });
    expect(moved(pulse, "level", 0, 0.2222, steps)).toEqual({ ...pulse, level: "0.7" });
  });

  it("keeps its start before its end, after 0, and its level within the range", () => {
    expect(moved(pulse, "from", 9, 0, steps).from).toBe("1.99");
    expect(moved(pulse, "from", -9, 0, steps).from).toBe("0");
    expect(moved(pulse, "until", -9, 0, steps).until).toBe("1.01");
    expect(moved(pulse, "level", 0, 9, steps).level).toBe("1");
    expect(moved(pulse, "level", 0, -9, steps).level).toBe("0");
  });

  it("keeps its length where it is moved as a whole, also at time 0", () => {
    expect(moved(pulse, "whole", 0.5, 0, steps)).toEqual({ ...pulse, from: "1.5", until: "2.5" });
    expect(moved(pulse, "whole", -3, 0, steps)).toEqual({ ...pulse, from: "0", until: "1" });
  });
});
