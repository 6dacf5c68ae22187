// What is drawn in a picture, from the back to the front.
import { ratesOf, type Flow } from "../../dynamics/growth";
import type { State } from "../../dynamics/field";
import { trajectory, type Trajectory } from "../../dynamics/trajectory";
import type { Run } from "../../state/trajectories";
import type { Projection } from "./projection";
import type { Stroke } from "./strokes";

/** Lengths in widths of the picture. */
const ARROW = 0.032;
const HEAD = 0.016;

/** Returns a line through states, one after the other, as places. */
export function placed(projection: Projection, states: Float64Array, length: number): Float64Array {
  const count = states.length / length;
  const places = new Float64Array(2 * count);
  for (let k = 0; k < count; k++) projection.place(states, k * length, places, 2 * k);
  return places;
}

export function edges(projection: Projection): Stroke[] {
  return projection.edges.map(({ from, to, behind }) => ({
    kind: behind ? "edge behind" : "edge",
    places: placed(projection, Float64Array.of(...from, ...to), from.length),
  }));
}

/** Trajectories with a head each; the part before the start is drawn thinner. */
export function runStrokes(projection: Projection, runs: Run[], flow: Flow, ghost = false): Stroke[] {
  const lines: Stroke[] = [];
  const heads: Stroke[] = [];
  for (const run of runs) {
    const kind = ghost ? "ghost" : run.index === null ? "today" : "trajectory";
    const after = placed(projection, run.forward.states, flow.length);
    lines.push({ kind, places: after });
    if (!ghost) heads.push(...headOn(after, kind === "today" ? "#7a5b00" : "#14508c"));
    if (run.backward) lines.push({ kind: ghost ? "ghost" : "before", places: placed(projection, run.backward.states, flow.length) });
  }
  const order = { before: 0, trajectory: 1, today: 2 } as Record<string, number>;
  return [...lines.sort((a, b) => (order[a.kind] ?? 0) - (order[b.kind] ?? 0)), ...heads];
}

/** An arrowhead half way along a line, if the line is long enough to bear one. */
function headOn(places: Float64Array, fill: string): Stroke[] {
  let total = 0;
  for (let k = 2; k < places.length; k += 2) total += Math.hypot(places[k]! - places[k - 2]!, places[k + 1]! - places[k - 1]!);
  if (!(total > 3 * HEAD)) return [];
  let gone = 0;
  for (let k = 2; k < places.length; k += 2) {
    const [dx, dy] = [places[k]! - places[k - 2]!, places[k + 1]! - places[k - 1]!];
    gone += Math.hypot(dx, dy);
    if (gone >= total / 2) return [head(places[k]!, places[k + 1]!, dx, dy, HEAD, fill)];
  }
  return [];
}

function head(x: number, y: number, dx: number, dy: number, size: number, fill: string): Stroke {
  const length = Math.hypot(dx, dy);
  const [u, v] = [(dx / length) * size, (dy / length) * size];
  return {
    kind: "area", fill,
    places: Float64Array.of(x + u / 2, y + v / 2, x - u / 2 - 0.42 * v, y - v / 2 + 0.42 * u, x - u / 2 + 0.42 * v, y - v / 2 - 0.42 * u),
  };
}

/** States spread evenly over what the picture shows. */
export function lattice(projection: Projection, base: State, across: number): State[] {
  const found: State[] = [];
  if (projection.shape === "cube" || projection.shape === "tetrahedron") {
    const size = base.length;
    const steps = Math.round(across * 0.6);
    const whole = (used: number[]): void => {
      const left = projection.shape === "cube" ? steps : steps - used.reduce((a, b) => a + b, 0);
      if (used.length === (projection.shape === "cube" ? 3 : size - 1)) {
        const shares = used.map((u) => (projection.shape === "cube" ? (u + 0.5) / steps : (u + 0.5) / (steps + 2)));
        found.push(Float64Array.from(projection.shape === "cube" ? shares : [1 - shares.reduce((a, b) => a + b, 0), ...shares]));
        return;
      }
      for (let u = 0; u < (projection.shape === "cube" ? steps : left); u++) whole([...used, u]);
    };
    whole([]);
    return found;
  }
  const { left, right, bottom, top } = projection.box;
  if (projection.shape === "strip") {
    for (let k = 0; k < across; k++) found.push(Float64Array.of((k + 0.5) / across));
    return found;
  }
  const rows = Math.round((across * (top - bottom)) / (right - left));
  for (let j = 0; j < rows; j++) {
    for (let k = 0; k < across; k++) {
      // In a triangle every other row is shifted by half a step.
      const shift = projection.shape === "triangle" && j % 2 ? 0.5 : 0;
      const state = projection.stateAt([
        left + ((k + 0.5 + shift) / across) * (right - left), bottom + ((j + 0.5) / rows) * (top - bottom),
      ]);
      if (state) found.push(state);
    }
  }
  return found;
}

/** Short arrows of one length along the rates. */
export function fieldStrokes(projection: Projection, flow: Flow, base: State): Stroke[] {
  const rates = ratesOf(flow);
  const rate = new Float64Array(flow.length);
  const ends = new Float64Array(2 * flow.length);
  const places = new Float64Array(4);
  const lines: Stroke[] = [];
  const heads: Stroke[] = [];
  for (const state of lattice(projection, base, projection.shape === "strip" ? 20 : 16)) {
    rates(state, rate);
    // A small step shows the direction on the page.
    ends.set(state, 0);
    for (let k = 0; k < rate.length; k++) ends[flow.length + k] = state[k]! + (1e-3 * rate[k]!) / (flow.scale || 1);
    projection.place(ends, 0, places, 0);
    projection.place(ends, flow.length, places, 2);
    const [x, y, dx, dy] = [places[0]!, places[1]!, places[2]! - places[0]!, places[3]! - places[1]!];
    const length = Math.hypot(dx, dy);
    if (!(length > 1e-12)) continue;
    const [u, v] = [(dx / length) * ARROW, (dy / length) * ARROW];
    lines.push({ kind: "field", places: Float64Array.of(x - u / 2, y - v / 2, x + u / 2, y + v / 2) });
    heads.push(head(x + u / 2, y + v / 2, u, v, HEAD * 0.7, "#6b7c93"));
  }
  return [...lines, ...heads];
}

/** Thin trajectories that cover the state space. */
export function sampleStrokes(projection: Projection, flow: Flow, base: State): Stroke[] {
  const solid = projection.shape === "cube" || projection.shape === "tetrahedron";
  return lattice(projection, base, solid ? 6 : 6).flatMap((state) => {
    const after = trajectory(flow, state);
    const both: Trajectory[] = solid || after.end === "returned" ? [after] : [after, trajectory(flow, state, { backward: true })];
    return both.map((path) => ({ kind: "sample" as const, places: placed(projection, path.states, flow.length) }));
  });
}

/** The rate of the one share above and below the strip. */
export function rateStroke(flow: Flow): Stroke {
  const rates = ratesOf(flow);
  const count = 121;
  const places = new Float64Array(2 * count);
  const rate = new Float64Array(1);
  let most = 0;
  for (let k = 0; k < count; k++) {
    places[2 * k] = k / (count - 1);
    rates(Float64Array.of(places[2 * k]!), rate);
    places[2 * k + 1] = rate[0]!;
    most = Math.max(most, Math.abs(rate[0]!));
  }
  for (let k = 1; most > 0 && k < places.length; k += 2) places[k]! *= 0.22 / most;
  return { kind: "rate", places };
}
