// What divides the starts by where they end: the stable manifolds of saddles that no face holds, followed back in
// time.  In the plane these are two arms; in space, where one eigenvalue is positive, a surface, drawn as curves.
// Strogatz, S. H. (2015), Nonlinear Dynamics and Chaos, second edition, section 6.4.
import type { State } from "./field";
import type { Flow } from "./growth";
import { cross, eigenvector, extremeEigenvalue, jacobian, norm, tangents, transposed, unit } from "./linear";
import { trajectory } from "./trajectory";

/** How far from the saddle a curve begins: where the linear part still tells the direction. */
const BESIDE = 1e-3;
/** Curves on a surface at first, and the most. */
const CURVES = 24;
const MOST = 56;
/** Ends of neighbouring curves farther apart than this get one more between them. */
const APART = 0.25;

/**
 * Returns curves on the stable manifold of a saddle with one positive eigenvalue; none where a face holds it, so
 * that it divides nothing inside.
 */
export function stableManifold(flow: Flow, saddle: State): Float64Array[] {
  if (flow.dimension < 2 || flow.dimension > 3) return [];
  const matrix = jacobian(flow, saddle);
  const value = extremeEigenvalue(matrix, 1);
  if (!(value > 0)) return [];
  const out = eigenvector(matrix, value);
  const directions = tangents(flow);
  const inSpace = (vector: number[]): Float64Array => {
    const sum = new Float64Array(flow.length);
    vector.forEach((entry, d) => { directions[d]!.forEach((x, k) => { sum[k]! += entry * x; }); });
    return sum;
  };
  // A face holds the manifold where the way out leads off that face.
  if (leavesFace(flow, saddle, inSpace(out))) return [];
  // States that stay have no part along the way out: its left eigenvector is across them.
  const across = eigenvector(transposed(matrix), value);
  const from = (vector: number[]): State | null => begun(flow, saddle, inSpace(vector));
  if (flow.dimension === 2) {
    const along = unit([-across[1]!, across[0]!]);
    return [1, -1].flatMap((side) => curve(flow, from(along.map((entry) => side * entry))));
  }
  const first = unit(Math.abs(across[0]!) < 0.7 ? cross(across, [1, 0, 0]) : cross(across, [0, 1, 0]));
  const second = cross(across, first);
  const at = (angle: number) => curve(flow, from(first.map((entry, k) => Math.cos(angle) * entry + Math.sin(angle) * second[k]!)))[0];
  const fan = Array.from({ length: CURVES }, (_, k) => ({ angle: (2 * Math.PI * k) / CURVES, line: at((2 * Math.PI * k) / CURVES) }));
  for (let k = 0; k < fan.length && fan.length < MOST; k++) {
    const [here, next] = [fan[k]!, fan[(k + 1) % fan.length]!];
    if (!here.line || !next.line || !(apart(here.line, next.line, flow.length) > APART)) continue;
    const end = k + 1 === fan.length ? 2 * Math.PI : next.angle;
    const angle = (here.angle + end) / 2;
    if (end - here.angle < 1e-4) continue;
    fan.splice(k + 1, 0, { angle, line: at(angle) });
    k -= 1;
  }
  return fan.flatMap(({ line }) => (line ? [line] : []));
}

/** Tells whether a direction leads off a face on which the point lies. */
function leavesFace(flow: Flow, point: State, direction: Float64Array): boolean {
  return direction.some((entry, k) => Math.abs(entry) > 1e-9
    && (point[k]! === 0 || (point[k]! === 1 && flow.sizes[flow.offsets.findLastIndex((at) => at <= k)] === 2)));
}

/** A state beside the point, or null where it would leave the state space. */
function begun(flow: Flow, point: State, direction: Float64Array): State | null {
  const length = norm(Array.from(direction));
  const state = point.map((share, k) => share + (BESIDE * direction[k]!) / length);
  const clean = state.map((share, k) => (Math.abs(direction[k]!) < 1e-9 * length ? point[k]! : share));
  return clean.every((share) => share >= 0 && share <= 1) && flow.length > 0 ? clean : null;
}

function curve(flow: Flow, start: State | null): Float64Array[] {
  if (!start) return [];
  return [trajectory(flow, start, { backward: true, steps: 300, tolerance: 1e-5 }).states];
}

function apart(a: Float64Array, b: Float64Array, length: number): number {
  let most = 0;
  for (const part of [0.5, 1]) {
    const [i, j] = [a, b].map((line) => Math.floor(part * (line.length / length - 1)) * length) as [number, number];
    for (let k = 0; k < length; k++) most = Math.max(most, Math.abs(a[i + k]! - b[j + k]!));
  }
  return most;
}
