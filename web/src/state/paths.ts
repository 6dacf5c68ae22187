// The trajectories in time: of  and of each start, under the pulses and without them.
import { computed, effect, signal } from "@preact/signals";
import { crossingOf, outcomeFrom, type LabelledState, type Outcome } from "../dynamics/arrival";
import { canBe } from "../dynamics/pulses";
import { sharesOf, type State } from "../dynamics/field";
import { follow, supported, withoutAccounts, type Path, type Supported } from "../dynamics/supported_path";
import { fraction } from "../expression/evaluate";
import { labels } from "./labels";
import { levels, levelsOf, model, settings, settingsOf, view, type Pulse } from "./store";
import { startStates, today } from "./trajectories";

export interface Followed {
  /** "today", or the place among the starts. */
  id: string;
  path: Path;
  outcome: Outcome;
  /** Whether pulses act on it. */
  pulsed: boolean;
  /** The same start without the pulses, of the chosen one; null where there are none. */
  bare: { path: Path; outcome: Outcome } | null;
}

/** The rate per unit of time at which later costs count less. */
export const discount = computed(() => {
  const rate = fraction(view.value.more["time.discount"] ?? "0");
  return rate >= 0 && rate < Infinity ? rate : 0;
});

// Parts of the view by themselves, so that paths are not followed anew where these stay.
const pulses = computed(() => view.value.pulses);
const pinned = computed(() => view.value.pinned);
const wanted = computed(() => view.value.more["time.of"]);

const games = computed<{ pulsed: Supported; bare: Supported | null } | null>(() => {
  const game = model.value;
  if (!game) return null;
  const ready = (of: Pulse[]) => supported(game, settings.value, levels.value, of, discount.value);
  return { pulsed: ready(pulses.value), bare: pulses.value.some(canBe) ? ready([]) : null };
});

/** What stands in the way of following, a key of the languages; empty where nothing does. */
export const trouble = computed(() => games.value?.pulsed.trouble ?? "");
export const accounts = computed(() => games.value?.pulsed.accounts ?? []);
/** When the last pulse ends. */
export const over = computed(() => games.value?.pulsed.over ?? 0);

const points = computed<LabelledState[]>(() => labels.value.points);

/** Every start by its id. */
export const starting = computed<{ id: string; start: State }[]>(() => {
  const length = model.value ? sharesOf(model.value).length : 0;
  return [
    ...(today.value ? [{ id: "today", start: today.value }] : []),
    ...startStates.value.map(({ state }, k) => ({ id: String(k), start: state })).filter((s) => s.start.length === length),
  ];
});

export const followed = computed<Followed[]>(() => {
  const ready = games.value;
  if (!ready || ready.pulsed.trouble) return [];
  const told = (of: Supported, start: State) => outcomeFrom(of, start, points.value);
  const { pulsed, bare } = ready;
  const plain = withoutAccounts(pulsed);
  return starting.value.map(({ id, start }) => {
    const costed = id === chosenId.value;
    return {
      id, ...told(costed ? pulsed : plain, start), pulsed: bare !== null, bare: costed && bare ? told(bare, start) : null,
    };
  });
});

const chosenId = computed(() => {
  const ids = starting.value.map(({ id }) => id);
  return wanted.value !== undefined && ids.includes(wanted.value) ? wanted.value : ids[0];
});

/** The trajectory whose costs are told. */
export const chosen = computed<Followed | null>(() => followed.value.find((f) => f.id === chosenId.value) ?? null);

/** The chosen start where the levers were pinned, under the same pulses; null where nothing is pinned. */
export const pinnedPath = computed<Path | null>(() => {
  const [game, of, at] = [model.value, chosen.value, pinned.value];
  if (!game || !of || !at) return null;
  const there = supported(game, settingsOf(game, at), levelsOf(game, at), pulses.value);
  return there.trouble ? null : follow(there, of.path.start, () => false);
});

/** How long things rest before it is worked out when the path crosses, in milliseconds. */
const REST = 150;
const crossed = signal<{ of: Followed; time: number | null } | null>(null);

/**
 * Since when the chosen path would settle where it does without the rest of the pulses; null where it would not,
 * or is not known yet.  `keepCrossing` has to run.
 */
export const crossing = computed<number | null>(() => {
  const known = crossed.value;
  return known && known.of === chosen.value ? known.time : null;
});

/** Works out `crossing` whenever the chosen path has rested; returns what stops that. */
export function keepCrossing(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = effect(() => {
    const of = chosen.value;
    const bare = games.value?.bare;
    clearTimeout(timer);
    if (!of?.bare || !bare || of.outcome.kind !== "settles") return;
    const { id } = of.outcome;
    if (of.bare.outcome.kind === "settles" && of.bare.outcome.id === id) return;
    const [end, known] = [over.value, points.value];
    timer = setTimeout(() => { crossed.value = { of, time: crossingOf(of.path, bare, end, id, known) }; }, REST);
  });
  return () => { clearTimeout(timer); stop(); };
}

/** While something is dragged the axis of time stays as it is. */
export const heldHorizon = signal<number | null>(null);

/** Until when curves are shown. */
export const horizon = computed<number>(() => {
  if (heldHorizon.value !== null) return heldHorizon.value;
  const wanted = fraction(view.value.more["time.until"] ?? "");
  if (wanted > 0 && wanted < Infinity) return wanted;
  let until = 1.3 * over.value;
  for (const { path, outcome, bare } of followed.value) {
    for (const one of [{ path, outcome }, ...(bare ? [bare] : [])]) until = Math.max(until, shownUntil(one));
  }
  return rounded(until || 1);
});

/** Time shown of what does not settle, over the fastest growth: some turns around a rest point. */
const OPEN = 40;

function shownUntil({ path, outcome }: { path: Path; outcome: Outcome }): number {
  if (outcome.kind === "settles" || outcome.kind === "face") return 1.2 * outcome.arrives;
  return Math.min(path.end, over.value + OPEN / (path.flow.scale || 1));
}

const ROUND = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** The next round number that is not smaller. */
export function rounded(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return (ROUND.find((r) => r * power >= value * (1 - 1e-12)) ?? 10) * power;
}

/** Of a curve; fewer where there are many, none of which is read closely. */
const SAMPLES = 300;
const MANY = 12;

/** The times at which curves are drawn: evenly, and where pulses begin and end. */
export const times = computed<Float64Array>(() => {
  const until = horizon.value;
  const parts = starting.value.length > MANY ? SAMPLES / 2 : SAMPLES;
  const even = Array.from({ length: parts + 1 }, (_, k) => (k / parts) * until);
  const edges = pulses.value.filter(canBe).flatMap((p) => [fraction(p.from), fraction(p.until)]);
  return Float64Array.from(new Set([...even, ...edges.filter((t) => t < until)])).sort();
});

/** The shares of a path at the times that are drawn: one row a share. */
export function sampled(path: Path, at: Float64Array): Float64Array[] {
  const state = new Float64Array(path.flow.length);
  const rows = Array.from(state, () => new Float64Array(at.length));
  at.forEach((time, k) => {
    path.at(time, state);
    for (let j = 0; j < rows.length; j++) rows[j]![k] = state[j]!;
  });
  return rows;
}
