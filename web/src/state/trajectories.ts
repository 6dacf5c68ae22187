// The trajectories that somebody started, and the one from today's state, at the present positions of the levers.
import { computed } from "@preact/signals";
import { flowAt, type Flow } from "../dynamics/growth";
import { trajectory, type Trajectory } from "../dynamics/trajectory";
import { sharesOf, type State } from "../dynamics/field";
import { fraction } from "../expression/evaluate";
import type { GameModel } from "../model";
import { acting, model, starts, values } from "./store";

/** A trajectory through a state: after it, and before it where that was asked for. */
export interface Run {
  /** Which of the view's starts; null for today's state. */
  index: number | null;
  state: State;
  forward: Trajectory;
  backward: Trajectory | null;
}

/** The replicator at the present positions of the levers. */
export const flow = computed<Flow | null>(() => (acting.value ? flowAt(acting.value, values.value) : null));

/** Today's state, where the model tells it. */
export const today = computed<State | null>(() => (model.value?.today ? stateOf(model.value, model.value.today) : null));

/** The starts of the view as numbers. */
export const startStates = computed(() => starts.value.map((start) => ({
  state: Float64Array.from(start.state, fraction), backward: start.backward,
})));

/** Today's trajectory first, then those of the view in their order. */
export const runs = computed<Run[]>(() => (flow.value ? runsOf(flow.value, today.value, startStates.value) : []));

/** Follows today's state and starts under a flow. */
export function runsOf(under: Flow, now: State | null, starts: { state: State; backward: boolean }[]): Run[] {
  const found: Run[] = [];
  if (now) found.push({ index: null, state: now, forward: trajectory(under, now), backward: null });
  starts.forEach(({ state, backward }, index) => {
    if (state.length !== under.length) return;
    const forward = trajectory(under, state);
    // What returns has been everywhere already.
    const before = backward && forward.end !== "returned" ? trajectory(under, state, { backward: true }) : null;
    found.push({ index, state, forward, backward: before });
  });
  return found;
}

/** Returns a state from the shares that are told; one share of a population may be left out. */
function stateOf(game: GameModel, told: Record<string, string>): State | null {
  const state: number[] = [];
  for (const population of game.populations) {
    const own = population.shares.map((name) => (told[name] === undefined ? NaN : fraction(told[name])));
    const missing = own.filter(Number.isNaN).length;
    if (missing > 1 || (missing === 1 && own.length === 1)) return null;
    const left = 1 - own.reduce((total, share) => total + (Number.isNaN(share) ? 0 : share), 0);
    state.push(...own.map((share) => (Number.isNaN(share) ? left : share)));
  }
  return state.length === sharesOf(game).length ? Float64Array.from(state) : null;
}
