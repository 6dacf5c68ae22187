import { expect, it } from "vitest";
import type { Candidate, GameModel, Tree } from "../model";
import { candidateOf } from "./candidates";
import type { LabelledPoint } from "./labels";

const candidate = (id: string, exact: Tree): Candidate => (
  { id, support: [["a", "b"]], exact: [exact] });
const model = {
  answer: {
    definitions: [["w", ["*", "c", "c"]]],
    points: [candidate("E3a", ["/", "w", ["n", "4"]]), candidate("E3b", ["f", "sqrt", "c"])],
  },
} as unknown as GameModel;
const point = (id: string, share: number) => ({ id, support: [["a", "b"]], state: [share] }) as LabelledPoint;

it("takes the formula by its place, whatever letter that has", () => {
  // c = 1/4: w/4 = 1/64 and √c = 1/2; where one alone exists, its id has no letter
  expect(candidateOf(model, point("E3", 0.5), { c: "1/4" })?.id).toBe("E3b");
  expect(candidateOf(model, point("E3a", 1 / 64), { c: "1/4" })?.id).toBe("E3a");
});

it("takes none where no formula is at the point, or two are", () => {
  expect(candidateOf(model, point("E3", 0.7), { c: "1/4" })).toBeNull();
  // c²/4 = √c where c = 2^(4/3), and 0 = √0
  expect(candidateOf(model, point("E3a", 0), { c: "0" })).toBeNull();
});
