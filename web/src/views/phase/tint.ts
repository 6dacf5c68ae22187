// The tint of basins where no formula bounds them: the outcome of many starts, found once the levers rest.
import { computed, effect, signal, untracked } from "@preact/signals";
import type { Labelled } from "../../analysis/labels";
import type { State } from "../../dynamics/field";
import type { Flow } from "../../dynamics/growth";
import { outcomesOf } from "../../dynamics/basins";
import { labels } from "../../state/labels";
import { layers } from "../../state/store";
import { flow } from "../../state/trajectories";
import { isSolid, type Projection } from "./projection";
import { answer, servedBasins } from "./server_basins";
import { attractors, exactBasins, placed, tint } from "./scene";
import type { Stroke } from "./strokes";

/** Cells along a side, and states along an edge of a solid. */
const CELLS = 90;
const STATES = 11;
/** Milliseconds without a change after which levers rest. */
const REST = 200;

/** What was found of a picture: of a solid also what its other sides show. */
interface Found { of: Flow; from: Projection; attracting: string; starts: Start[]; outcomes: Int8Array }
const found = signal<Found[]>([]);
/** Changes whenever basins have been found. */
export const basinsShown = computed(() => [found.value, layers.value.includes("basins") && answer.value]);

/** Whether a picture's basins are still being found. */
export const tinting = signal(false);

const wanted = computed(() => layers.value.includes("basins"));

/** From how many starts the basins of the pictures are known; 0 where a formula bounds them. */
export const startsTold = computed(() =>
  found.value.filter(({ of }) => of === flow.value).reduce((count, { starts }) => count + starts.length, 0));

function foundOf(projection: Projection, under: Flow, known: Labelled): Found | undefined {
  const ids = idsOf(known);
  return found.value.find(({ of, from, attracting }) => of === under && attracting === ids
    && (from === projection || (isSolid(from) && from.shape === projection.shape)));
}

const idsOf = (known: Labelled) => attractors(known).map(({ id }) => id).join();

/** The areas of basins in a picture; none where they are not known at the present levers. */
export function basinStrokes(projection: Projection, under: Flow, known: Labelled): Stroke[] {
  const exact = exactBasins(projection, under, known);
  if (exact) return exact;
  const served = servedBasins(projection, under.length, known);
  if (served) return served;
  const told = foundOf(projection, under, known);
  if (!told) return [];
  return attractors(known).flatMap((_, order) =>
    (isSolid(projection) ? signsOf(projection, told, order, under.length) : areasOf(projection, told, order)));
}

/** Finds the basins of pictures whenever levers have rested; returns what stops it. */
export function keepTinting(projections: Projection[]): () => void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let stops: (() => void)[] = [];
  const stop = () => { clearTimeout(waiting); stops.forEach((s) => { s(); }); stops = []; tinting.value = false; };
  const end = effect(() => {
    const [under, known] = [flow.value, labels.value];
    stop();
    if (!wanted.value || !under || known.pending) return;
    const attracting = attractors(known).map(({ state }) => state);
    if (attracting.length === 0) return;
    const open = untracked(() => projections.filter((p) =>
      p.shape !== "strip" && exactBasins(p, under, known) === null && !foundOf(p, under, known)));
    if (open.length === 0) return;
    tinting.value = true;
    waiting = setTimeout(() => {
      let left = open.length;
      stops = open.map((from) => {
        const starts = startsOf(from);
        return outcomesOf(under, starts.map(({ state }) => state), attracting, (outcomes) => {
          const others = found.value.filter((other) => other.of === under && projections.includes(other.from));
          found.value = [...others, { of: under, from, attracting: idsOf(known), starts, outcomes }];
          left -= 1;
          if (left === 0) tinting.value = false;
        });
      });
    }, REST);
  });
  return () => { end(); stop(); };
}

/** In a solid the place depends on the side from which it is seen. */
interface Start { state: State; x: number; y: number }

function startsOf(projection: Projection): Start[] {
  const starts: Start[] = [];
  if (isSolid(projection)) {
    const [sides, whole] = projection.shape === "cube" ? [3, false] : [3, true];
    const fill = (shares: number[]): void => {
      if (shares.length === sides) {
        const sum = shares.reduce((a, b) => a + b, 0);
        if (whole && sum >= 1) return;
        starts.push({ state: Float64Array.from(whole ? [1 - sum, ...shares] : shares), x: NaN, y: NaN });
        return;
      }
      for (let k = 0; k < STATES; k++) fill([...shares, (k + 0.5) / STATES]);
    };
    fill([]);
    return starts;
  }
  const { left, right, bottom, top } = projection.box;
  const rows = Math.round((CELLS * (top - bottom)) / (right - left));
  for (let j = 0; j < rows; j++) {
    for (let k = 0; k < CELLS; k++) {
      const [x, y] = [left + ((k + 0.5) / CELLS) * (right - left), bottom + ((j + 0.5) / rows) * (top - bottom)];
      const state = projection.stateAt([x, y]);
      if (state) starts.push({ state, x, y });
    }
  }
  return starts;
}

/** Outlines that tell attractors apart in a solid, in widths of the picture about their place. */
const SIGNS = [
  [-1, -1, 1, -1, 1, 1, -1, 1], [0, 1.4, -1.3, -0.9, 1.3, -0.9], [0, 1.5, 1.5, 0, 0, -1.5, -1.5, 0],
  [-1.6, -0.5, 1.6, -0.5, 1.6, 0.5, -1.6, 0.5], [-0.5, -1.6, 0.5, -1.6, 0.5, 1.6, -0.5, 1.6],
];
const DARK = ["#0b6e4f", "#a35c00", "#0063a0", "#8a4a73", "#5c5c5c"];

/** The sign of an attractor's basin in a solid, and its colour. */
export function signOf(order: number): { outline: number[]; fill: string } {
  return { outline: SIGNS[order % SIGNS.length]!, fill: DARK[order % DARK.length]! };
}

function signsOf(projection: Projection, { starts, outcomes }: Found, order: number, length: number): Stroke[] {
  const { outline, fill } = signOf(order);
  const own = starts.filter((_, s) => outcomes[s] === order);
  if (own.length === 0) return [];
  const at = placed(projection, Float64Array.from(own.flatMap(({ state }) => Array.from(state))), length);
  const places: number[] = [];
  for (let s = 0; s < at.length; s += 2) {
    for (let k = 0; k < outline.length; k += 2) places.push(at[s]! + 0.003 * outline[k]!, at[s + 1]! + 0.003 * outline[k + 1]!);
    places.push(NaN, NaN);
  }
  return [{ kind: "area", places: Float64Array.from(places), fill }];
}

function areasOf(projection: Projection, { starts, outcomes }: Found, order: number): Stroke[] {
  const places: number[] = [];
  // Runs of cells in a row as one rectangle; a little higher than a cell, so that no seam shows.
  const width = (projection.box.right - projection.box.left) / CELLS;
  const half = 0.52 * width;
  for (let s = 0; s < starts.length; s++) {
    if (outcomes[s] !== order) continue;
    const first = starts[s]!;
    let last = first;
    while (s + 1 < starts.length && outcomes[s + 1] === order && starts[s + 1]!.y === first.y) last = starts[++s]!;
    const [l, r, b, t] = [first.x - width / 2, last.x + width / 2, first.y - half, first.y + half];
    places.push(l, b, r, b, r, t, l, t, NaN, NaN);
  }
  return places.length ? [{ kind: "area", places: Float64Array.from(places), ...tint(order) }] : [];
}
