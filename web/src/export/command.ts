// The view as commands of the shell: what they print has the same labels as the page.
import type { GameModel } from "../model.ts";
import type { View } from "../state/store.ts";
import { gameFileOf, settingOf, startsOf, type Copied, type Named, type Note } from "./setting.ts";

const PLAIN = /^[\w@%+=:,./-]+$/;

/** Quotes a word for a POSIX shell where it needs that. */
export function quoted(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replace(/'/g, `'"'"'`)}'`;
}

export function commandsOf(game: GameModel, at: View, named: Named): Copied {
  const { scenario, set } = settingOf(game, at);
  const file = named.kind === "cluster" ? gameFileOf(named) : named.name;
  const where = [
    ...(scenario === null ? [] : ["--scenario", scenario]),
    ...Object.entries(set).flatMap(([name, value]) => ["--set", `${name}=${value}`]),
  ];
  const lines: string[][] = named.kind === "cluster" ? [["calibrate", named.name, "--out", file]] : [];
  lines.push(["analyze", file, ...where]);
  const starts = startsOf(game, at);
  if (at.starts.length > 0 || (starts.length > 0 && at.page === "time")) {
    lines.push(["trajectory", file, ...where, ...starts.flatMap((start) => ["--from", fromOf(start)]), "--format", "csv"]);
  }
  if (at.page === "regimes" && at.axes) {
    // What is varied cannot be set as well.
    const kept = where.filter((_, k) => !axesOf(at).includes(nameSet(where, k)));
    lines.push(["regimes", file, ...at.axes.flatMap((name) => ["--over", overOf(game, name)]), ...kept]);
  }
  if (at.page === "phase") lines.push(["portrait", file, ...where, "--out", "portrait.svg"]);
  return { notes: notesOf(game, at), lines: lines.map((words) => ["separatrix", ...words].map(quoted).join(" ")) };
}

function notesOf(game: GameModel, at: View): Note[] {
  const notes: Note[] = [];
  if (at.pulses.length > 0) {
    notes.push({ text: "Support for a time is not part of these commands; what is copied as Python holds it." });
  }
  if (game.scheduled.length > 0) {
    notes.push({ text: "The game file changes {names} in time; the page does not, and `trajectory` does.", holes: { names: game.scheduled.join(", ") } });
  }
  return notes;
}

function fromOf(start: Record<string, string>): string {
  return Object.entries(start).map(([name, value]) => `${name}=${value}`).join(",");
}

const axesOf = (at: View): string[] => at.axes ?? [];

/** The name that is set by the words at this place, `--set` or what follows it; empty elsewhere. */
function nameSet(words: string[], k: number): string {
  const told = words[k] === "--set" ? words[k + 1] : words[k - 1] === "--set" ? words[k] : "";
  return told!.split("=")[0]!;
}

function overOf(game: GameModel, name: string): string {
  const range = [...game.parameters, ...game.instruments].find((p) => p.name === name)?.range;
  return range ? `${name}=${range[0]}:${range[1]}` : name;
}
