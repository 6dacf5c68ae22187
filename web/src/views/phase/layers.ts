// The layers of a picture that are switched on, at the present positions of the levers, from back to front.
import { signal } from "@preact/signals";
import type { State } from "../../dynamics/field";
import { ghost, ghostRuns } from "../../state/ghost";
import { labels } from "../../state/labels";
import { canBe } from "../../dynamics/pulses";
import { followed } from "../../state/paths";
import { view } from "../../state/store";
import { flow, runs } from "../../state/trajectories";
import type { Projection } from "./projection";
import {
  continuumStrokes, edges, fieldStrokes, nullclineStrokes, rateStroke, runStrokes, sampleStrokes, separatrixStrokes,
  supportedStrokes,
} from "./scene";
import type { Kind, Stroke } from "./strokes";
import { basinStrokes } from "./tint";

/** The kinds of line in the pictures, for the legend. */
export const drawn = signal<Set<Kind>>(new Set());

/** Notes which kinds of line have been drawn. */
export function note(strokes: Stroke[]): void {
  const kinds = new Set(strokes.map(({ kind }) => kind));
  const before = drawn.peek();
  if (kinds.size !== before.size || [...kinds].some((kind) => !before.has(kind))) drawn.value = kinds;
}

/** With more trajectories of their own people need no samples, which would hide them. */
const MANY = 24;

export function strokesOf(projection: Projection, base: State): Stroke[] {
  const under = flow.value;
  if (!under) return [];
  const layers = new Set(view.value.layers);
  const known = labels.value;
  const pinned = ghost.value;
  return [
    ...(layers.has("basins") ? basinStrokes(projection, under, known) : []),
    ...edges(projection),
    ...(layers.has("trajectories") && runs.value.length <= MANY ? sampleStrokes(projection, under, base) : []),
    ...(layers.has("field") ? fieldStrokes(projection, under, base) : []),
    ...(projection.shape === "strip" ? [rateStroke(under)] : []),
    ...(layers.has("nullclines") ? nullclineStrokes(projection, under) : []),
    ...(pinned && layers.has("separatrix") ? separatrixStrokes(projection, pinned.flow, pinned.labels, true) : []),
    ...(layers.has("separatrix") ? separatrixStrokes(projection, under, known) : []),
    ...(layers.has("continua") ? continuumStrokes(projection, under, known) : []),
    ...(pinned ? runStrokes(projection, ghostRuns.value, pinned.flow, true) : []),
    ...runStrokes(projection, runs.value, under),
    ...(view.value.pulses.some(canBe) ? supportedStrokes(projection, followed.value.map(({ path }) => path), under.length) : []),
  ];
}
