// The state of the page: what is open, where the levers stand.  `view` is in the link, and one step of undo is
// one change of it.
import { batch, computed, signal } from "@preact/signals";
import { actingModel, effectiveOf, isAlwaysInForce, type InForce } from "../analysis/instruments";
import { fraction, type Values } from "../expression/evaluate";
import { inLanguage } from "../languages/game";
import type { GameModel } from "../model";
import { NOTHING_DONE, noted, redone, undone, type History } from "./history";

export type Layer = "field" | "trajectories" | "nullclines" | "separatrix" | "basins" | "continua";
export const LAYERS: Layer[] = ["field", "trajectories", "nullclines", "separatrix", "basins", "continua"];
/** A trajectory that somebody started: the exact shares, and whether it also runs back in time. */
export interface Start { state: string[]; backward: boolean }
/** An instrument that is raised to a level between two dates, then idle again. */
export interface Pulse { instrument: string; level: string; from: string; until: string }
/** Where the levers stand: what a pinned view holds too. */
export interface Position { positions: Record<string, string>; levels: Record<string, string>; scenario: string | null }

/** All that a link holds.  Positions are exact texts, "3/10" or "0.3"; only those that were moved. */
export interface View extends Position {
  page: string;
  starts: Start[];
  selected: string | null;
  layers: Layer[];
  pinned: Position | null;
  pulses: Pulse[];
  axes: [string, string] | null;
  /** Expressions that are watched; none is empty. */
  helpers: string[];
  /** Whatever else a page keeps in the link, by a name that begins with its own: "phase.turn". */
  more: Record<string, string>;
}

export const EMPTY: View = {
  page: "phase", scenario: null, positions: {}, levels: {}, starts: [], selected: null,
  layers: ["trajectories", "separatrix", "continua"], pinned: null, pulses: [], axes: null, helpers: [], more: {},
};

/** The game that is open, in the words of its file. */
export const original = signal<GameModel | null>(null);
export const language = signal("en");
/** The game that is open, in the language of the page. */
export const model = computed<GameModel | null>(() => original.value && inLanguage(original.value, language.value));
export const view = signal<View>(EMPTY);
const history = signal<History<View>>(NOTHING_DONE);

/** Opens a game; nothing of what was done to the one before remains. */
export function openGame(game: GameModel | null, at: View = EMPTY): void {
  batch(() => {
    original.value = game;
    view.value = at;
    history.value = NOTHING_DONE;
  });
}

/** Changes part of the view.  Changes that follow each other with the same `gesture` are one step of undo. */
export function change(part: Partial<View>, gesture: string | null = null): void {
  const before = view.peek();
  batch(() => {
    history.value = noted(history.peek(), before, gesture, Date.now());
    view.value = { ...before, ...part };
  });
}

/** Says that a gesture has ended: the next change is a step of its own. */
export function gestureEnds(): void {
  history.value = { ...history.peek(), last: null };
}

export const canUndo = computed(() => history.value.past.length > 0);
export const canRedo = computed(() => history.value.future.length > 0);

function goTo(step: { history: History<View>; state: View } | null): void {
  if (!step) return;
  batch(() => {
    history.value = step.history;
    view.value = step.state;
  });
}

export function undo(): void { goTo(undone(history.peek(), view.peek())); }
export function redo(): void { goTo(redone(history.peek(), view.peek())); }

// Parts of the view by themselves, so that what depends on the levers is not made anew where they stay.
const positions = computed(() => view.value.positions);
const scenario = computed(() => view.value.scenario);
const raised = computed(() => view.value.levels);
/** So that a page need not be drawn anew with every move of a lever. */
export const starts = computed(() => view.value.starts);
export const layers = computed(() => view.value.layers);
export const selected = computed(() => view.value.selected);

/** The exact text of each parameter's value now, before any instrument. */
export const settings = computed<Record<string, string>>(() =>
  settingsOf(model.value, { positions: positions.value, scenario: scenario.value }));

/** The parameters to which neither the file nor the scenario gives a value: they stand at 0 until they are moved. */
export function unsaidOf(game: GameModel, scenario: string | null): string[] {
  const chosen = game.scenarios.find((s) => s.name === scenario)?.values ?? {};
  return game.parameters.filter((p) => p.value === null && !Object.hasOwn(chosen, p.name)).map((p) => p.name);
}

export function settingsOf(
  game: GameModel | null, at: Pick<View, "positions" | "scenario">,
): Record<string, string> {
  if (!game) return {};
  const base = Object.fromEntries(game.parameters.map((p) => [p.name, p.value ?? "0"]));
  const chosen = game.scenarios.find((s) => s.name === at.scenario)?.values ?? {};
  // What is fixed follows the scenario alone: payoffs were written at these numbers.
  const movable = Object.entries(at.positions).filter(([name]) => !game.parameters.some((p) => p.fixed && p.name === name));
  return { ...base, ...chosen, ...Object.fromEntries(movable) };
}

/** The exact text of each instrument's level now. */
export const levels = computed<Record<string, string>>(() => levelsOf(model.value, { levels: raised.value, positions: positions.value, scenario: scenario.value }));

export function levelsOf(
  game: GameModel | null, at: Pick<View, "levels" | "positions" | "scenario">,
): Record<string, string> {
  const instruments = game?.instruments ?? [];
  const set = settingsOf(game, at);
  // What the file itself has in force has a parameter for its level.
  const own = instruments.filter((i) => game && isAlwaysInForce(game, i)).map((i) => [i.name, set[i.name]!]);
  return { ...Object.fromEntries(instruments.map((i) => [i.name, i.idle])), ...at.levels, ...Object.fromEntries(own) };
}

/** The parameters as the instruments in force leave them. */
export const inForce = computed<InForce>(() =>
  model.value ? effectiveOf(model.value, settings.value, levels.value) : { effective: {}, moving: {}, trouble: "" });

/** The exact text of each parameter's value now, instruments in force. */
export const effective = computed(() => inForce.value.effective);

/** The model that is played: what instruments make depend on the shares is written into its payoffs. */
export const acting = computed(() => (model.value ? actingModel(model.value, inForce.value, levels.value) : null));

/** The effective parameters in floating point, as the field takes them. */
export const values = computed<Values>(() =>
  Object.fromEntries(Object.entries(effective.value).map(([name, text]) => [name, fraction(text)])),
);
