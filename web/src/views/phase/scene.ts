// What is drawn in a picture, from the back to the front.
import type { Labelled, LabelledPoint } from "../../analysis/labels";
import { nullclines, sheetOver, type Sheet } from "../../dynamics/contours";
import type { State } from "../../dynamics/field";
import { ratesOf, type Flow } from "../../dynamics/growth";
import { basinOf, divideOf, planarOf } from "../../dynamics/planar";
import { stableManifold } from "../../dynamics/stable_manifolds";
import type { Path } from "../../dynamics/supported_path";
import { trajectory, type Trajectory } from "../../dynamics/trajectory";
import type { Run } from "../../state/trajectories";
import { isSolid, type Projection } from "./projection";
import type { Kind, Stroke } from "./strokes";

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

/** How far off a line may be, in widths of the picture: a third of a pixel. */
const SMOOTH = 0.0006;

/** Returns a line with fewer places that looks the same. */
function simplified(places: Float64Array): Float64Array {
  const count = places.length / 2;
  const kept = [0];
  let from = 0;
  for (let to = 2; to < count; to++) {
    const [dx, dy] = [places[2 * to]! - places[2 * from]!, places[2 * to + 1]! - places[2 * from + 1]!];
    const length = Math.hypot(dx, dy);
    for (let k = from + 1; k < to; k++) {
      const [u, v] = [places[2 * k]! - places[2 * from]!, places[2 * k + 1]! - places[2 * from + 1]!];
      const off = length > 1e-9 ? Math.abs(u * dy - v * dx) / length : Math.hypot(u, v);
      if (off > SMOOTH || to - from > LOOKING_AHEAD) {
        from = to - 1;
        kept.push(from);
        break;
      }
    }
  }
  if (count > 1) kept.push(count - 1);
  const found = new Float64Array(2 * kept.length);
  kept.forEach((k, j) => { found[2 * j] = places[2 * k]!; found[2 * j + 1] = places[2 * k + 1]!; });
  return found;
}

const LOOKING_AHEAD = 12;

/** Returns the line of a trajectory. */
function lineOf(projection: Projection, path: Trajectory, length: number): Float64Array {
  return simplified(placed(projection, path.states, length));
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
    const after = lineOf(projection, run.forward, flow.length);
    lines.push({ kind, places: after });
    if (!ghost) heads.push(...headOn(after, kind === "today" ? "#7a5b00" : "#14508c"));
    if (run.backward) lines.push({ kind: ghost ? "ghost" : "before", places: lineOf(projection, run.backward, flow.length) });
  }
  const order = { before: 0, trajectory: 1, today: 2 } as Record<string, number>;
  return [...lines.sort((a, b) => (order[a.kind] ?? 0) - (order[b.kind] ?? 0)), ...heads];
}

/** Trajectories while instruments are raised for a time. */
export function supportedStrokes(projection: Projection, paths: Path[], length: number): Stroke[] {
  const state = new Float64Array(length);
  return paths.map((path) => {
    const states: number[] = [];
    path.times.forEach((from, s) => {
      const until = path.times[s + 1] ?? from;
      for (let part = 0; part < (until > from ? PARTS : 1); part++) {
        path.at(from + (part / PARTS) * (until - from), state);
        states.push(...state);
      }
    });
    return { kind: "supported", places: simplified(placed(projection, Float64Array.from(states), length)) };
  });
}

/** Of a step, between two states that are drawn. */
const PARTS = 6;

/** An arrowhead half way along a line, if the line is long enough to bear one. */
function headOn(places: Float64Array, fill: string, size = HEAD): Stroke[] {
  let total = 0;
  for (let k = 2; k < places.length; k += 2) total += Math.hypot(places[k]! - places[k - 2]!, places[k + 1]! - places[k - 1]!);
  if (!(total > 3 * HEAD)) return [];
  let gone = 0;
  for (let k = 2; k < places.length; k += 2) {
    const [dx, dy] = [places[k]! - places[k - 2]!, places[k + 1]! - places[k - 1]!];
    gone += Math.hypot(dx, dy);
    if (gone >= total / 2) return [head(places[k]!, places[k + 1]!, dx, dy, size, fill)];
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

/** Areas of one colour as one. */
function together(areas: Stroke[], fill: string): Stroke {
  return { kind: "area", fill, places: Float64Array.from(areas.flatMap(({ places }) => [...places, NaN, NaN])) };
}

/** States spread evenly over what the picture shows. */
function lattice(projection: Projection, base: State, across: number): State[] {
  const found: State[] = [];
  if (isSolid(projection)) {
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
    heads.push(head(x + u / 2, y + v / 2, u, v, HEAD * 0.7, ""));
  }
  return [...lines, together(heads, "#6b7c93")];
}

/** Samples are drawn, not told: they need no digits, and turns without end would cover all. */
const SHORT = { steps: 80, tolerance: 1e-4 };
/** How far a sample goes in widths of the picture. */
const REACH = 2.2;

function shortened(places: Float64Array, reach: number): Float64Array {
  let gone = 0;
  for (let k = 2; k < places.length; k += 2) {
    gone += Math.hypot(places[k]! - places[k - 2]!, places[k + 1]! - places[k - 1]!);
    if (gone > reach) return places.subarray(0, k + 2);
  }
  return places;
}

/** Thin trajectories that cover the state space. */
export function sampleStrokes(projection: Projection, flow: Flow, base: State): Stroke[] {
  const solid = isSolid(projection);
  const paths = once(flow, `samples ${projection.shape} ${projection.shown.join()} ${base.join()}`, () =>
    lattice(projection, base, 6).flatMap((state) => {
      const after = { path: trajectory(flow, state, SHORT), forward: true };
      if (solid || after.path.end === "returned") return [after];
      return [after, { path: trajectory(flow, state, { ...SHORT, backward: true }), forward: false }];
    }));
  const lines = paths.map(({ path, forward }) => ({
    kind: "sample" as const, forward, places: shortened(lineOf(projection, path, flow.length), solid ? REACH / 2 : REACH),
  }));
  // Those that run back in time would point the wrong way.
  const heads = lines.flatMap(({ forward, places }) => (forward ? headOn(places, "", 0.7 * HEAD) : []));
  return [...lines, together(heads, "#8ba3bd")];
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

// ------------------------------------------------------------------------------------------------- nullclines

const FINE = 40;
const sheets = new WeakMap<Projection, Sheet[]>();

function sheetsOf(projection: Projection): Sheet[] {
  let found = sheets.get(projection);
  if (!found) {
    found = projection.sheets.map((corners) => sheetOver(corners, isSolid(projection) ? FINE / 2 : FINE));
    sheets.set(projection, found);
  }
  return found;
}

/** The nullclines of the shares that a picture shows; in a solid those on its faces. */
export function nullclineStrokes(projection: Projection, flow: Flow): Stroke[] {
  return sheetsOf(projection).flatMap((sheet, k) => {
    const corners = projection.sheets[k]!;
    return nullclines(flow, sheet).flatMap((lines, share) => {
      const order = projection.shown.indexOf(share);
      // On a face of a solid the share that is fixed there does not move at all.
      const fixed = corners.every((corner) => corner[share] === corners[0]![share]);
      if (order < 0 || fixed) return [];
      return lines.map((states) => ({ kind: `nullcline ${order % 3}` as Kind, places: simplified(placed(projection, states, flow.length)) }));
    });
  });
}

// ------------------------------------------------------------------------- separatrices, basins, rest sets

/** Tells whether a picture shows every share of its game, so that what divides states divides places. */
export const showsAll = (projection: Projection, flow: Flow) => projection.shown.length === flow.length;

/** What divides the starts: exact for two parties without own play, else the stable manifolds of saddles. */
export function separatrixStrokes(projection: Projection, flow: Flow, known: Labelled, ghost = false): Stroke[] {
  if (!showsAll(projection, flow) || flow.dimension < 2) return [];
  const kind: Kind = ghost ? "ghost separatrix" : isSolid(projection) ? "separatrix surface" : "separatrix";
  const planar = planarOf(flow);
  if (planar) {
    const divide = divideOf(planar);
    return divide ? [{ kind, places: placed(projection, divide.states, 2) }] : [];
  }
  const saddles = known.points.filter(({ label, signs }) => label === "saddle" && signs?.[2] === 1 && signs[1] === 0);
  const curves = once(flow, `manifolds ${saddles.map(({ state }) => state.join()).join(" ")}`, () =>
    saddles.flatMap(({ state }) => stableManifold(flow, Float64Array.from(state))));
  return curves.map((states) => ({ kind, places: simplified(placed(projection, states, flow.length)) }));
}

/** What was found under a flow: a picture that turns, or a start that is dragged, does not ask for it again. */
const remembered = new WeakMap<Flow, Map<string, unknown>>();

function once<T>(flow: Flow, key: string, find: () => T): T {
  const known = remembered.get(flow) ?? new Map<string, unknown>();
  remembered.set(flow, known);
  if (!known.has(key)) known.set(key, find());
  return known.get(key) as T;
}

/** Colours of basins, light enough for what stands on them, and the direction of their hatching. */
const TINTS: [string, number | undefined][] = [
  ["#d5ece1", undefined], ["#fbe3c4", 45], ["#d6e4f5", -45], ["#f0d9e8", 0], ["#f6f2c4", 90], ["#e2e2e2", 20], ["#d9f0f3", -20],
];

export function tint(order: number): Pick<Stroke, "fill" | "hatch"> {
  const [fill, hatch] = TINTS[order % TINTS.length]!;
  return hatch === undefined ? { fill } : { fill, hatch };
}

/** The basins of two parties without own play as areas, exact to rounding; null where they are not that simple. */
export function exactBasins(projection: Projection, flow: Flow, known: Labelled): Stroke[] | null {
  const planar = showsAll(projection, flow) ? planarOf(flow) : null;
  if (!planar || projection.shape !== "square") return null;
  const attracting = attractors(known);
  const divide = divideOf(planar);
  // Without a curve that divides it the inside all comes to the one corner that attracts.
  if (!divide) return attracting.length === 1 ? [{ kind: "area", places: Float64Array.of(0, 0, 1, 0, 1, 1, 0, 1), ...tint(0) }] : null;
  return divide.corners.flatMap((corner) => {
    const order = attracting.findIndex(({ state }) => state[0] === corner[0] && state[1] === corner[1]);
    return order < 0 ? [] : [{ kind: "area" as const, places: placed(projection, basinOf(divide, corner), 2), ...tint(order) }];
  });
}

/** The rest points that attract all states near them, in the order of the labels. */
export function attractors(known: Labelled): LabelledPoint[] {
  return known.points.filter(({ label }) => label === "asymptotically stable");
}

/** Continua of rest points, by label. */
export function continuumStrokes(projection: Projection, flow: Flow, known: Labelled): Stroke[] {
  return known.sets.flatMap(({ corners, samples, dimension, label }) => {
    const kind: Kind = `continuum ${label ?? "open"}`;
    const at = (states: number[][]) => placed(projection, Float64Array.from(states.flat()), flow.length);
    if (dimension === 1) {
      const line = samples.length > corners.length ? samples : corners;
      return line.length < 2 ? [] : [{ kind, places: at(line) }];
    }
    if (corners.length < 3) return [{ kind, places: dots(at(samples)) }];
    const outline = around(at(corners));
    return [{ kind: "area" as const, places: outline, fill: "rgba(90,90,90,0.14)", hatch: 60 }, { kind, places: closed(outline) }];
  });
}

/** Places in order around their middle. */
function around(places: Float64Array): Float64Array {
  const points = Array.from({ length: places.length / 2 }, (_, k) => [places[2 * k]!, places[2 * k + 1]!] as [number, number]);
  const [x, y] = [0, 1].map((d) => points.reduce((total, point) => total + point[d]!, 0) / points.length) as [number, number];
  points.sort((a, b) => Math.atan2(a[1] - y, a[0] - x) - Math.atan2(b[1] - y, b[0] - x));
  return Float64Array.from(points.flat());
}

/** A short stroke at each place. */
function dots(places: Float64Array): Float64Array {
  const found = new Float64Array(places.length * 3);
  for (let k = 0; k < places.length / 2; k++) {
    const [x, y] = [places[2 * k]!, places[2 * k + 1]!];
    found.set([x - 0.003, y, x + 0.003, y, NaN, NaN], 6 * k);
  }
  return found;
}

function closed(places: Float64Array): Float64Array {
  return Float64Array.of(...places, places[0]!, places[1]!);
}
