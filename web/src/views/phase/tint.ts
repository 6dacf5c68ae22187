// The tint of basins where no formula bounds them: the outcome of many starts, found once the levers rest.
import { computed, effect, signal } from "@preact/signals";
import type { Labelled } from "../../analysis/labels";
import type { State } from "../../dynamics/field";
import type { Flow } from "../../dynamics/growth";
import { outcomesOf } from "../../dynamics/basins";
import { labels } from "../../state/labels";
import { layers } from "../../state/store";
import { flow } from "../../state/trajectories";
import { isSolid, type Projection } from "./projection";
import { attractors, exactBasins, placed, tint } from "./scene";
import type { Stroke } from "./strokes";

/** Cells along a side, and states along an edge of a solid. */
const CELLS = 90;
const STATES = 11;
/** Milliseconds without a change after which levers rest. */
const REST = 200;

interface Tinted { of: Flow; from: Projection; strokes: Stroke[] }
const tinted = signal<Tinted[]>([]);
/** Changes whenever basins have been found. */
export const basinsShown = computed(() => tinted.value);

/** Whether a picture's basins are still being found. */
export const tinting = signal(false);

const wanted = computed(() => layers.value.includes("basins"));

/** The areas of basins in a picture; none where they are not known at the present levers. */
export function basinStrokes(projection: Projection, under: Flow, known: Labelled): Stroke[] {
  return exactBasins(projection, under, known)
    ?? tinted.value.find(({ of, from }) => of === under && from === projection)?.strokes ?? [];
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
    const open = projections.filter((p) => exactBasins(p, under, known) === null && p.shape !== "strip");
    const attracting = attractors(known).map((point) => point.state);
    if (open.length === 0 || attracting.length === 0) return;
    tinting.value = true;
    waiting = setTimeout(() => {
      let left = open.length;
      stops = open.map((projection) => {
        const starts = startsOf(projection, under.length);
        return outcomesOf(under, starts.map(({ state }) => state), attracting, (outcomes) => {
          const strokes = attracting.flatMap((_, order) => areasOf(projection, starts, outcomes, order));
          tinted.value = [...tinted.value.filter(({ of, from }) => of === under && from !== projection), { of: under, from: projection, strokes }];
          left -= 1;
          if (left === 0) tinting.value = false;
        });
      });
    }, REST);
  });
  return () => { end(); stop(); };
}

interface Start { state: State; x: number; y: number }

function startsOf(projection: Projection, length: number): Start[] {
  const found: Start[] = [];
  if (isSolid(projection)) {
    const [sides, whole] = projection.shape === "cube" ? [3, false] : [3, true];
    const fill = (shares: number[]): void => {
      if (shares.length === sides) {
        const sum = shares.reduce((a, b) => a + b, 0);
        if (whole && sum >= 1) return;
        const state = Float64Array.from(whole ? [1 - sum, ...shares] : shares);
        const place = placed(projection, state, length);
        found.push({ state, x: place[0]!, y: place[1]! });
        return;
      }
      for (let k = 0; k < STATES; k++) fill([...shares, (k + 0.5) / STATES]);
    };
    fill([]);
    return found;
  }
  const { left, right, bottom, top } = projection.box;
  const rows = Math.round((CELLS * (top - bottom)) / (right - left));
  for (let j = 0; j < rows; j++) {
    for (let k = 0; k < CELLS; k++) {
      const [x, y] = [left + ((k + 0.5) / CELLS) * (right - left), bottom + ((j + 0.5) / rows) * (top - bottom)];
      const state = projection.stateAt([x, y]);
      if (state) found.push({ state, x, y });
    }
  }
  return found;
}

/** Outlines that tell attractors apart in a solid, in widths of the picture about their place. */
const SIGNS = [
  [-1, -1, 1, -1, 1, 1, -1, 1], [0, 1.4, -1.3, -0.9, 1.3, -0.9], [0, 1.5, 1.5, 0, 0, -1.5, -1.5, 0],
  [-1.6, -0.5, 1.6, -0.5, 1.6, 0.5, -1.6, 0.5], [-0.5, -1.6, 0.5, -1.6, 0.5, 1.6, -0.5, 1.6],
];
const DARK = ["#0b6e4f", "#a35c00", "#0063a0", "#8a4a73", "#5c5c5c"];

function areasOf(projection: Projection, starts: Start[], outcomes: Int8Array, order: number): Stroke[] {
  const places: number[] = [];
  if (isSolid(projection)) {
    const sign = SIGNS[order % SIGNS.length]!;
    starts.forEach(({ x, y }, s) => {
      if (outcomes[s] !== order) return;
      for (let k = 0; k < sign.length; k += 2) places.push(x + 0.003 * sign[k]!, y + 0.003 * sign[k + 1]!);
      places.push(NaN, NaN);
    });
    return places.length ? [{ kind: "area", places: Float64Array.from(places), fill: DARK[order % DARK.length]! }] : [];
  }
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
