// The state of the page: what is open, where the levers stand.  Everything from `view` down is in the link,
// and one step of undo is one change of it.
import { computed, signal } from "@preact/signals";
import { fraction, type Values } from "../expression/evaluate";
import type { GameModel } from "../model";

export type Layer = "field" | "trajectories" | "nullclines" | "separatrix" | "basins" | "continua";
/** A trajectory that somebody started: the exact shares, and whether it also runs back in time. */
export interface Start { state: string[]; backward: boolean }
/** An instrument that is raised to a level between two dates, then idle again. */
export interface Pulse { instrument: string; level: string; from: string; until: string }

/** All that a link holds.  Positions are exact texts, "3/10" or "0.3"; only those that were moved. */
export interface View {
  page: string;
  scenario: string | null;
  positions: Record<string, string>;
  levels: Record<string, string>;
  starts: Start[];
  selected: string | null;
  layers: Layer[];
  pinned: { positions: Record<string, string>; levels: Record<string, string>; scenario: string | null } | null;
  pulses: Pulse[];
  axes: [string, string] | null;
  helpers: string[];
}

export const EMPTY: View = {
  page: "phase", scenario: null, positions: {}, levels: {}, starts: [], selected: null,
  layers: ["trajectories", "separatrix", "continua"], pinned: null, pulses: [], axes: null, helpers: [],
};

export const model = signal<GameModel | null>(null);
export const language = signal("en");
export const view = signal<View>(EMPTY);

/** Changes part of the view. */
export function change(part: Partial<View>): void {
  view.value = { ...view.value, ...part };
}

/** The exact text of each parameter's value now, before any instrument. */
export const settings = computed<Record<string, string>>(() => settingsOf(model.value, view.value));

export function settingsOf(
  game: GameModel | null, at: Pick<View, "positions" | "scenario">,
): Record<string, string> {
  if (!game) return {};
  const base = Object.fromEntries(game.parameters.map((p) => [p.name, p.value ?? "0"]));
  const chosen = game.scenarios.find((s) => s.name === at.scenario)?.values ?? {};
  return { ...base, ...chosen, ...at.positions };
}

/** The exact text of each instrument's level now. */
export const levels = computed<Record<string, string>>(() => ({
  ...Object.fromEntries((model.value?.instruments ?? []).map((i) => [i.name, i.idle])),
  ...view.value.levels,
}));

/** The parameters in floating point, as the field takes them; `effective` will put instruments in force. */
export const values = computed<Values>(() =>
  Object.fromEntries(Object.entries(settings.value).map(([name, text]) => [name, fraction(text)])),
);
