// The view as commands of the shell: what they print has the same labels as the page.
import type { GameModel } from "../model.ts";
import type { View } from "../state/store.ts";
import { POINTS, SAMPLES } from "../views/regimes/shares.ts";
import { gameFileOf, settingOf, startsOf, type Copied, type Named, type Note } from "./setting.ts";

const PLAIN = /^[\w@%+=:,./-]+$/;

/** Quotes a word for a POSIX shell where it needs that. */
export function quoted(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replace(/'/g, `'"'"'`)}'`;
}

/** A file as an argument, which begins as no option does. */
const argument = (file: string): string => (file.startsWith("-") ? `./${file}` : file);

/** A lever of a regime map, with what its axis covers. */
export interface Over { name: string; range: [string, string] }

/** The commands of a view; `over` are the levers of the regime map, `along` is that of shares, where they are shown. */
export function commandsOf(game: GameModel, at: View, named: Named, over: Over[] | null = null, along: Over | null = null): Copied {
  const { scenario, set } = settingOf(game, at);
  const file = argument(named.kind === "cluster" ? gameFileOf(named) : named.name);
  const where = settings(scenario, set, []);
  const lines: string[][] = named.kind === "cluster" ? [["calibrate", argument(named.name), "--out", file]] : [];
  lines.push(["analyze", file, ...where]);
  const starts = startsOf(game, at);
  if (at.starts.length > 0 || (starts.length > 0 && at.page === "time")) {
    lines.push(["trajectory", file, ...where, ...starts.flatMap((start) => ["--from", fromOf(start)]), "--format", "csv"]);
  }
  if (over) {
    // What is varied cannot be set as well.
    const kept = settings(scenario, set, over.map(({ name }) => name));
    lines.push(["regimes", file, ...over.flatMap(({ name, range }) => ["--over", `${name}=${range[0]}:${range[1]}`]), ...kept]);
  }
  if (along) lines.push(sweepWords(game, at, file, along));
  if (at.page === "phase") lines.push(["portrait", file, ...where, "--out", "portrait.svg"]);
  return { notes: notesOf(game, at), lines: lines.map((words) => ["separatrix", ...words].map(quoted).join(" ")) };
}

/** The command that asks what policy can do where the levers stand; `words` are the verb and what it is asked. */
export function policyCommand(game: GameModel, at: View, file: string, [verb, ...words]: string[], start: Record<string, string>): string {
  const { scenario, set } = settingOf(game, at);
  return ["separatrix", verb!, argument(file), ...words, "--from", fromOf(start), ...settings(scenario, set, [])].map(quoted).join(" ");
}

/** The command that asks for shares of all starts along a lever, at the positions and of as many starts as the page. */
export function sweepCommand(game: GameModel, at: View, file: string, lever: Over): string {
  return ["separatrix", ...sweepWords(game, at, argument(file), lever)].map(quoted).join(" ");
}

function sweepWords(game: GameModel, at: View, file: string, { name, range }: Over): string[] {
  const { scenario, set } = settingOf(game, at);
  const over = ["--over", `${name}=${range[0]}:${range[1]}:${POINTS}`];
  return ["sweep", file, ...over, "--measure", "basin", "--samples", String(SAMPLES), ...settings(scenario, set, [name])];
}

function notesOf(game: GameModel, at: View): Note[] {
  const notes: Note[] = [];
  if (at.pulses.length > 0) {
    notes.push({ text: "These commands do not include temporary support; the Python code does." });
  }
  if (game.scheduled.length > 0) {
    notes.push({ text: "In the game file {names} change over time; `trajectory` takes that into account, this page does not.", holes: { names: game.scheduled.join(", ") } });
  }
  return notes;
}

function fromOf(start: Record<string, string>): string {
  return Object.entries(start).map(([name, value]) => `${name}=${value}`).join(",");
}

function settings(scenario: string | null, set: Record<string, string>, but: string[]): string[] {
  return [
    // Joined to its option, a name that begins with a hyphen is no option of its own.
    ...(scenario === null ? [] : scenario.startsWith("-") ? [`--scenario=${scenario}`] : ["--scenario", scenario]),
    ...Object.entries(set).filter(([name]) => !but.includes(name)).flatMap(([name, value]) => ["--set", `${name}=${value}`]),
  ];
}
