// Where the levers stand, as the command line and Python are told it: only what differs from the game file.
import type { GameModel } from "../model.ts";
import type { View } from "../state/store.ts";

/** What stands for the model outside the page: a game of the catalogue, a file, or a cluster. */
export interface Named { kind: "game" | "cluster"; name: string }

/** A sentence for people, a key of the languages. */
export interface Note { text: string; holes?: Record<string, string> }

/** What is copied: lines, and what should be known of them. */
export interface Copied { notes: Note[]; lines: string[] }

/** Names with exact texts; a scenario comes before them and they override it. */
interface Setting { scenario: string | null; set: Record<string, string>; instruments: string[] }

export function settingOf(game: GameModel, at: Pick<View, "scenario" | "positions" | "levels">): Setting {
  const scenario = game.scenarios.find((s) => s.name === at.scenario)?.values ?? {};
  // A parameter without a value stands at 0 in the page, which no file says.
  const unsaid = game.parameters.filter((p) => p.value === null && !(p.name in scenario)).map((p) => [p.name, "0"]);
  const idle = new Map(game.instruments.map((i) => [i.name, i.idle]));
  const levels = Object.entries(at.levels).filter(([name, level]) => idle.has(name) && idle.get(name) !== level);
  return {
    scenario: at.scenario,
    set: { ...(Object.fromEntries(unsaid) as Record<string, string>), ...at.positions, ...Object.fromEntries(levels) },
    instruments: game.instruments.map((i) => i.name).filter((name) => levels.some(([other]) => other === name)),
  };
}

/** The exact starts: today's, where the game file tells it, then those that were set. */
export function startsOf(game: GameModel, at: Pick<View, "starts">): Record<string, string>[] {
  const names = game.populations.flatMap((p) => p.shares);
  const started = at.starts.filter((s) => s.state.length === names.length)
    .map((s) => Object.fromEntries(s.state.map((text, k) => [names[k]!, text])));
  return game.today ? [game.today, ...started] : started;
}

/** The file that a cluster's game is written to. */
export function gameFileOf(named: Named): string {
  const stem = named.name.replace(/\\/g, "/").replace(/\/+$/, "").split("/").pop()!.replace(/\.(zip|ya?ml)$/i, "");
  return `${stem || "cluster"}.game.yaml`;
}
