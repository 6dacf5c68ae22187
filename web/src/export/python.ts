// The view as a Python program: what it finds has the same labels as the page.
import { fraction } from "../expression/evaluate.ts";
import type { GameModel } from "../model.ts";
import type { Pulse, View } from "../state/store.ts";
import { quoted } from "./command.ts";
import { gameFileOf, settingOf, startsOf, type Copied, type Named, type Note } from "./setting.ts";

/** A text as Python writes it; JSON's escapes are Python's. */
const text = (of: string): string => JSON.stringify(of);
const list = (of: string[]): string => `[${of.map(text).join(", ")}]`;
const mapping = (of: Record<string, string>): string => `{${Object.entries(of).map(([k, v]) => `${text(k)}: ${text(v)}`).join(", ")}}`;

export function pythonOf(game: GameModel, at: View, named: Named): Copied {
  const { scenario, set, instruments } = settingOf(game, at);
  const plans = plansOf(at.pulses, set, game);
  const acting = game.instruments.map((i) => i.name).filter((name) => instruments.includes(name) || name in plans);
  const notes: Note[] = [];
  const lines = ["import separatrix", ""];
  if (named.kind === "cluster") {
    notes.push({ text: "First run in a terminal: {command}", holes: { command: `separatrix calibrate ${quoted(named.name)} --out ${quoted(gameFileOf(named))}` } });
  }
  lines.push(`game = separatrix.load(${text(named.kind === "cluster" ? gameFileOf(named) : named.name)})`);
  if (acting.length > 0) lines.push(`game = separatrix.with_instruments(game, ${list(acting)})`);
  lines.push(`values = ${mapping(set)}`, `scenario = ${scenario === null ? "None" : text(scenario)}`, "");
  lines.push(
    "analysis = separatrix.analyze(game, values, scenario)",
    "for point in analysis.rest_points:",
    "    print(point.id, point.state, point.stability, point.reason)",
    "print(analysis.completeness.status)",
  );
  const starts = startsOf(game, at);
  if (starts.length > 0) {
    const made = scheduled(game, acting, plans);
    const moving = made.length > 0 ? "moving" : "game";
    lines.push("", ...made, "starts = [", ...starts.map((s) => `    ${mapping(s)},`), "]");
    lines.push(
      "for start in starts:",
      `    trajectory = separatrix.trajectory(${moving}, start, values, scenario)`,
      "    print(trajectory.times[-1], trajectory.states[-1])",
    );
  }
  return { notes, lines };
}

/** How the game that moves is made, where it is another: under pulses, without what the file changes in time. */
function scheduled(game: GameModel, acting: string[], plans: Record<string, [string, string][]>): string[] {
  if (Object.keys(plans).length === 0 && game.scheduled.length === 0) return [];
  const rows = Object.entries(plans).map(([name, steps]) =>
    `    ${text(name)}: {"steps": [${steps.map(([time, level]) => `[${text(time)}, ${text(level)}]`).join(", ")}]},`);
  return [
    ...(rows.length > 0 ? ["schedule = {", ...rows, "}"] : ["schedule = {}"]),
    `moving = separatrix.load({**game.raw, "in_force": ${list(acting)}, "schedule": schedule})`,
  ];
}

/** For each instrument that is raised for a time, its level from each date on. */
function plansOf(pulses: Pulse[], set: Record<string, string>, game: GameModel): Record<string, [string, string][]> {
  const plans: Record<string, [string, string][]> = {};
  const possible = pulses.filter((p) => fraction(p.from) >= 0 && fraction(p.until) > fraction(p.from) && fraction(p.until) < Infinity);
  for (const { name, idle } of game.instruments) {
    const own = possible.filter((p) => p.instrument === name);
    if (own.length === 0) continue;
    const standing = set[name] ?? idle;
    const dates = [...new Map(["0", ...own.flatMap((p) => [p.from, p.until])].map((date) => [fraction(date), date]))]
      .sort(([a], [b]) => a - b);
    plans[name] = dates.map(([time, date]) => {
      // Where two overlap, the later in the list counts.
      const on = own.findLast((p) => fraction(p.from) <= time && time < fraction(p.until));
      return [date, on?.level ?? standing];
    });
  }
  return plans;
}
