// Which share of all starts each basin has: by a formula of the page where it has one, else by the server.
import { computed, untracked, type ReadonlySignal } from "@preact/signals";
import type { Labelled } from "../../analysis/labels";
import { divideOf, planarOf } from "../../dynamics/planar";
import type { Flow } from "../../dynamics/growth";
import { aboutWhat, settled, type Problem, type Settled } from "../../server/client";
import { labels, standing } from "../../state/labels";
import { layers, view } from "../../state/store";
import { flow } from "../../state/trajectories";
import { attractors } from "./scene";

/** What the task `basin_shares` answers. */
interface Answer {
  fractions: Record<string, number>;
  intervals: Record<string, [number, number]> | null;
  method: "exact" | "sampled";
  told: Record<string, { how_sure: string }>;
}

export interface BasinShares {
  state: Settled<unknown>["state"];
  /** By the id of a rest point, or what else becomes of starts; null while it is not known. */
  fractions: Record<string, number> | null;
  /** 95 % confidence intervals; null where the shares are exact. */
  intervals: Record<string, [number, number]> | null;
  /** How sure it is, in each language; null where the page has a formula. */
  told: Record<string, { how_sure: string }> | null;
  error: Problem | null;
}

const wanted = computed(() => layers.value.includes("basins") && view.value.page === "phase");
const own = computed(() => (wanted.value && flow.value && !labels.value.pending ? ownShares(labels.value, flow.value) : null));
const question = computed<object | null>(() => (wanted.value && !labels.value.pending && !own.value ? standing.value : null));
let asked: ReadonlySignal<Settled<Answer>> | null = null;

/** Where the shares stand; null where nobody wants them. */
export const basinShares = computed<BasinShares | null>(() => {
  const now = (asked ??= untracked(() => settled<Answer>("basin_shares", () => question.value))).value;
  if (!wanted.value) return null;
  if (own.value) return { state: "done", fractions: own.value, intervals: null, told: null, error: null };
  const { state, of, value, error } = now;
  const answers = question.value !== null && of === aboutWhat(question.value);
  if (!answers) return { state: "computing", fractions: null, intervals: null, told: null, error: null };
  return { state, error, fractions: value?.fractions ?? null, intervals: value?.intervals ?? null, told: value?.told ?? null };
});

/**
 * The shares that a page knows by itself: on a line a basin ends at the next rest points; of two parties without own
 * play the inside all comes to the one corner that attracts where nothing divides it.  Null elsewhere.
 */
export function ownShares(known: Labelled, under: Flow): Record<string, number> | null {
  const { points, sets, open, complete } = known;
  if (!complete || open.length > 0 || sets.length > 0 || points.some(({ label }) => label === null)) return null;
  const attracting = attractors(known);
  if (under.sizes.length === 1 && under.sizes[0] === 2) {
    const at = points.map(({ state }) => state[0]!).sort((a, b) => a - b);
    const shares = attracting.map(({ id, state: [x] }) => {
      const below = at.filter((other) => other < x!).at(-1) ?? x!;
      const above = at.find((other) => other > x!) ?? x!;
      return [id, above - below] as const;
    });
    // What does not come to an attractor would be missing.
    return Math.abs(shares.reduce((sum, [, share]) => sum + share, 0) - 1) < 1e-9 ? Object.fromEntries(shares) : null;
  }
  const planar = planarOf(under);
  return planar && !divideOf(planar) && attracting.length === 1 ? { [attracting[0]!.id]: 1 } : null;
}
