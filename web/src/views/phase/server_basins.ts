// Basins in fine cells from the server, where each outcome is certified: they take the place of those that the page
// finds by itself as soon as they are there.
import { computed, untracked, type ReadonlySignal } from "@preact/signals";
import type { Labelled } from "../../analysis/labels";
import { sharesOf } from "../../dynamics/field";
import { settled, type Settled } from "../../server/client";
import { labels, standing } from "../../state/labels";
import { layers, model } from "../../state/store";
import { flow } from "../../state/trajectories";
import { pictures } from "./pictures";
import { isSolid, type Projection } from "./projection";
import { attractors, exactBasins, showsAll, tint } from "./scene";
import type { Stroke } from "./strokes";

/** Along a side: a cell is about two pixels wide. */
const CELLS = 240;

/** What the task `basins` answers: rows from below, each a list of numbers of outcomes, -1 outside. */
interface BasinCells { axes: string[]; cells: number; outcomes: string[]; rows: number[][] }

/** The picture whose basins are asked for: a flat one, and alone. */
const picture = computed<Projection | null>(() => {
  const [shown, under] = [pictures.value, flow.value];
  if (!layers.value.includes("basins") || !shown || !under || shown.projections.length !== 1) return null;
  const [only] = shown.projections as [Projection];
  return only.shape === "strip" || isSolid(only) || exactBasins(only, under, labels.value) ? null : only;
});

const question = computed<object | null>(() => {
  const [game, shown, under, only] = [model.value, pictures.value, flow.value, picture.value];
  if (!game || !shown || !under || !only || !standing.value) return null;
  if (showsAll(only, under)) return { ...standing.value, cells: CELLS };
  const names = sharesOf(game);
  return {
    ...standing.value, cells: CELLS, axes: only.shown.slice(0, 2).map((k) => names[k]!),
    at: Object.fromEntries(names.map((name, k) => [name, shown.baseTexts[k]!])),
  };
});

let asked: ReadonlySignal<Settled<BasinCells>> | null = null;

/** Where the answer stands. */
export const answer = computed<Settled<BasinCells>>(() =>
  (asked ??= untracked(() => settled<BasinCells>("basins", () => question.value))).value);

/** The areas of basins as the server found them at the present levers; null while it has not. */
export function servedBasins(projection: Projection, length: number, known: Labelled): Stroke[] | null {
  if (picture.value !== projection || answer.value.state !== "done" || !answer.value.value) return null;
  const cells = answer.value.value;
  return attractors(known).flatMap(({ id }, order) => {
    const number = cells.outcomes.indexOf(id);
    return number < 0 ? [] : [areaOf(projection, length, cells, number, order)];
  });
}

/** The cells of one outcome, those beside each other in a row as one piece. */
export function areaOf(projection: Projection, length: number, { cells, rows }: BasinCells, outcome: number, order: number): Stroke {
  const corner = new Float64Array(length);
  const place = new Float64Array(2);
  const places: number[] = [];
  const [first, second, third] = projection.shown;
  const bounded = projection.sheets[0]?.length === 3;
  const put = (across: number, up: number) => {
    corner[first!] = across / cells;
    corner[second!] = up / cells;
    if (third !== undefined) corner[third] = 1 - (across + up) / cells;
    projection.place(corner, 0, place, 0);
    places.push(place[0]!, place[1]!);
  };
  rows.forEach((row, up) => {
    for (let k = 0; k < row.length; k++) {
      if (row[k] !== outcome) continue;
      const from = k;
      while (row[k + 1] === outcome) k += 1;
      // Of the cells across the slanting side only the half below it is inside.
      const slanting = bounded && k + up + 1 >= cells;
      put(from, up);
      put(k + 1, up);
      put(slanting ? k : k + 1, up + 1);
      put(from, up + 1);
      places.push(NaN, NaN);
    }
  });
  return { kind: "area", places: Float64Array.from(places), ...tint(order) };
}
