import { expect, test } from "vitest";
import type { GameModel } from "../model.ts";
import type { View } from "../state/store.ts";
import { commandsOf, policyCommand, sweepCommand } from "./command.ts";

const game = { scenarios: [], parameters: [], instruments: [] } as unknown as GameModel;

function copied(file: string, scenario: string): string {
  const at = { scenario, positions: {}, levels: {} } as unknown as View;
  return policyCommand(game, at, file, ["tip"], { x: "1/2" });
}

test("names of files and scenarios are neither options nor run by a shell", () => {
  expect(copied("--out=a.yaml", "--out=b")).toBe("separatrix tip ./--out=a.yaml --from x=1/2 --scenario=--out=b");
  expect(copied("a.yaml", "'; `id` $(id)")).toBe(`separatrix tip a.yaml --from x=1/2 --scenario ''"'"'; \`id\` $(id)'`);
});

test("shares along a lever are asked for with all other levers set, and without the lever itself", () => {
  const levers = { ...game, scheduled: [], populations: [], today: null, instruments: [{ name: "subsidy", idle: "0" }] } as unknown as GameModel;
  const at = { scenario: null, positions: { C1: "7/2", R1: "2" }, levels: { subsidy: "1/4" }, starts: [], pulses: [], page: "regimes" } as unknown as View;
  const c1 = { name: "C1", range: ["0", "20"] as [string, string] };
  const command = "separatrix sweep -- --over C1=0:20:41 --measure basin --samples 1024 --set R1=2 --set subsidy=1/4";
  expect(sweepCommand(levers, at, "-a.yaml", c1)).toBe(command.replace("--", "./-a.yaml"));
  expect(commandsOf(levers, at, { kind: "game", name: "a" }, null, c1).lines.at(-1)).toBe(command.replace("--", "a"));
  expect(sweepCommand(levers, at, "a", { name: "subsidy", range: ["0", "1"] })).toContain("subsidy=0:1:41 --measure basin --samples 1024 --set C1=7/2 --set R1=2");
});
