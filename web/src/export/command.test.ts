import { expect, test } from "vitest";
import type { GameModel } from "../model.ts";
import type { View } from "../state/store.ts";
import { policyCommand } from "./command.ts";

const game = { scenarios: [], parameters: [], instruments: [] } as unknown as GameModel;

function copied(file: string, scenario: string): string {
  const at = { scenario, positions: {}, levels: {} } as unknown as View;
  return policyCommand(game, at, file, ["tip"], { x: "1/2" });
}

test("names of files and scenarios are neither options nor run by a shell", () => {
  expect(copied("--out=a.yaml", "--out=b")).toBe("separatrix tip ./--out=a.yaml --from x=1/2 --scenario=--out=b");
  expect(copied("a.yaml", "'; `id` $(id)")).toBe(`separatrix tip a.yaml --from x=1/2 --scenario ''"'"'; \`id\` $(id)'`);
});
