// The layers of a picture that are switched on, at the present positions of the levers, from back to front.
import type { State } from "../../dynamics/field";
import { ghost, ghostRuns } from "../../state/ghost";
import { labels } from "../../state/labels";
import { view } from "../../state/store";
import { flow, runs } from "../../state/trajectories";
import type { Projection } from "./projection";
import {
  continuumStrokes, edges, fieldStrokes, nullclineStrokes, rateStroke, runStrokes, sampleStrokes, separatrixStrokes,
} from "./scene";
import type { Stroke } from "./strokes";
import { basinStrokes } from "./tint";

export function strokesOf(projection: Projection, base: State): Stroke[] {
  const under = flow.value;
  if (!under) return [];
  const layers = new Set(view.value.layers);
  const known = labels.value;
  const pinned = ghost.value;
  return [
    ...(layers.has("basins") ? basinStrokes(projection, under, known) : []),
    ...edges(projection),
    ...(layers.has("trajectories") ? sampleStrokes(projection, under, base) : []),
    ...(layers.has("field") ? fieldStrokes(projection, under, base) : []),
    ...(projection.shape === "strip" ? [rateStroke(under)] : []),
    ...(layers.has("nullclines") ? nullclineStrokes(projection, under) : []),
    ...(pinned && layers.has("separatrix") ? separatrixStrokes(projection, pinned.flow, pinned.labels, true) : []),
    ...(layers.has("separatrix") ? separatrixStrokes(projection, under, known) : []),
    ...(layers.has("continua") ? continuumStrokes(projection, under, known) : []),
    ...(pinned ? runStrokes(projection, ghostRuns.value, pinned.flow, true) : []),
    ...runStrokes(projection, runs.value, under),
  ];
}
