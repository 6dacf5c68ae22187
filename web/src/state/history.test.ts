import fc from "fast-check";
import { expect, it } from "vitest";
import { NOTHING_DONE, noted, redone, undone, type History } from "./history";

it("goes back through every state to the first, and forward again to the last", () => {
  fc.assert(fc.property(fc.array(fc.integer(), { maxLength: 50 }), (states) => {
    let [history, now]: [History<number>, number] = [NOTHING_DONE, 0];
    const seen = [now];
    states.forEach((next, k) => {
      history = noted(history, now, null, k);
      now = next;
      seen.push(next);
    });
    for (const before of seen.slice(0, -1).reverse()) {
      const step = undone(history, now)!;
      [history, now] = [step.history, step.state];
      expect(now).toBe(before);
    }
    expect(undone(history, now)).toBeNull();
    for (const after of seen.slice(1)) {
      const step = redone(history, now)!;
      [history, now] = [step.history, step.state];
      expect(now).toBe(after);
    }
    expect(redone(history, now)).toBeNull();
  }));
});

it("takes one gesture as one step, and a pause or another gesture as the next", () => {
  let history: History<string> = NOTHING_DONE;
  history = noted(history, "a", "drag", 0);
  history = noted(history, "b", "drag", 500);
  history = noted(history, "c", "drag", 1400);
  expect(history.past).toEqual(["a"]);
  history = noted(history, "d", "drag", 9000);
  history = noted(history, "e", "other", 9001);
  expect(history.past).toEqual(["a", "d", "e"]);
});

it("forgets what was undone once something else is done", () => {
  const step = undone(noted<string>(NOTHING_DONE, "a", null, 0), "b")!;
  const history = noted(step.history, step.state, null, 1);
  expect(redone(history, "c")).toBeNull();
});

it("keeps a bounded number of steps", () => {
  let history: History<number> = NOTHING_DONE;
  for (let k = 0; k < 1000; k++) history = noted(history, k, null, k);
  expect(history.past).toHaveLength(200);
  expect(history.past.at(-1)).toBe(999);
});
