import { expect, it } from "vitest";
import type { GameModel } from "../model";
import { isMoved, leversOf, moveLevers, positionOf } from "./levers";
import { change, levels, model, openGame, settings, undo, view } from "./store";

const parameter = (name: string, value: string, range: [string, string] | null = null) =>
  ({ name, value, range, fixed: false, meaning: null, unit: null });
const GAME = {
  hash: "1", version: "0", title: "Levers", source: null, populations: [], scenarios: [], assume: [], payoffs: [], speeds: [],
  answer: null, form: "other",
  parameters: [parameter("a", "2"), parameter("b", "-1/2"), parameter("c", "0"), parameter("d", "1", ["0", "5"])],
  instruments: [{ name: "help", idle: "0", range: null, changes: {}, cost: {}, meaning: null, unit: null, strategy: null }],
} as unknown as GameModel;

it("runs to twice the value where the model tells no range, as the program's own maps do", () => {
  expect(leversOf(GAME).map((l) => [l.name, l.range])).toEqual([
    ["a", ["0", "4"]], ["b", ["-1", "0"]], ["c", ["-1", "1"]], ["d", ["0", "5"]], ["help", ["0", "1"]],
  ]);
});

it("moves parameters and instruments together in one step, and puts them back", () => {
  openGame(GAME);
  const [a, , , , help] = leversOf(GAME) as [ReturnType<typeof leversOf>[number], unknown, unknown, unknown, ReturnType<typeof leversOf>[number]];
  moveLevers([[a, "3"], [help, "1/2"]]);
  expect([positionOf(a), positionOf(help), isMoved(a), isMoved(help)]).toEqual(["3", "1/2", true, true]);
  moveLevers([[a, null]]);
  expect([positionOf(a), isMoved(a)]).toEqual(["2", false]);
  moveLevers([[help, "0.0"]]);
  expect(isMoved(help)).toBe(false);
  undo();
  undo();
  undo();
  expect([view.value.positions, view.value.levels]).toEqual([{}, {}]);
});

it("has one lever for an instrument that the file has in force, and its level follows scenario and slider", () => {
  const parameters = [...GAME.parameters, parameter("help", "0", ["0", "1"])];
  openGame({ ...GAME, parameters, scenarios: [{ name: "much", values: { help: "1/2" } }] } as unknown as GameModel);
  const help = leversOf(model.value!).filter((l) => l.name === "help");
  expect(help.map((l) => l.kind)).toEqual(["parameter"]);
  change({ scenario: "much" });
  expect(levels.value.help).toBe("1/2");
  moveLevers([[help[0]!, "1"]]);
  expect([levels.value.help, settings.value.help, view.value.levels]).toEqual(["1", "1", {}]);
});
