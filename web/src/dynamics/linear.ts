// The linear part of the replicator at a rest point: tangent directions, and the one eigenvalue that matters where
// all others lie on the other side of the imaginary axis.
import type { State } from "./field";
import { ratesOf, type Flow } from "./growth";

const STEP = 1e-6;

/** Directions in which states can move: one a share, or from the last strategy of a population to each other. */
export function tangents(flow: Flow): Float64Array[] {
  const found: Float64Array[] = [];
  flow.sizes.forEach((size, i) => {
    const at = flow.offsets[i]!;
    for (let a = 0; a < size - 1; a++) {
      const direction = new Float64Array(flow.length);
      direction[at + a] = 1;
      if (size > 2) direction[at + size - 1] = -1;
      found.push(direction);
    }
  });
  return found;
}

/** The Jacobian in the coordinates of `tangents`, by central differences. */
export function jacobian(flow: Flow, point: State): number[][] {
  const rates = ratesOf(flow);
  const directions = tangents(flow);
  const columns = directions.map((direction) => {
    const [after, before] = [new Float64Array(flow.length), new Float64Array(flow.length)];
    rates(point.map((share, k) => share + STEP * direction[k]!), after);
    rates(point.map((share, k) => share - STEP * direction[k]!), before);
    return after.map((rate, k) => (rate - before[k]!) / (2 * STEP));
  });
  // The coordinate of a tangent vector along a direction is its entry at that strategy.
  return directions.map((direction) => {
    const row = direction.findIndex((entry) => entry === 1);
    return columns.map((column) => column[row]!);
  });
}

export function transposed(matrix: number[][]): number[][] {
  return matrix.map((_, i) => matrix.map((row) => row[i]!));
}

/**
 * Returns the eigenvalue with the largest real part, which must be real and alone there; `sign` -1 returns the
 * smallest.  Newton's method from outside never passes it: all roots lie on one side (Gauss and Lucas).
 */
export function extremeEigenvalue(matrix: number[][], sign: 1 | -1): number {
  const turned = matrix.map((row) => row.map((entry) => sign * entry));
  const coefficients = characteristic(turned);
  const bound = 1 + Math.max(...turned.map((row) => row.reduce((total, entry) => total + Math.abs(entry), 0)));
  let root = bound;
  for (let k = 0; k < 200; k++) {
    let [value, slope] = [0, 0];
    for (const c of coefficients) {
      slope = slope * root + value;
      value = value * root + c;
    }
    const step = value / slope;
    if (!Number.isFinite(step)) break;
    root -= step;
    if (Math.abs(step) <= 1e-14 * bound) break;
  }
  return sign * root;
}

/** The characteristic polynomial from the highest power, by Faddeev and Le Verrier. */
function characteristic(matrix: number[][]): number[] {
  const size = matrix.length;
  const coefficients = [1];
  let power = matrix.map((row) => [...row]);
  for (let k = 1; k <= size; k++) {
    const c = -power.reduce((total, row, i) => total + row[i]!, 0) / k;
    coefficients.push(c);
    const shifted = power.map((row, i) => row.map((entry, j) => entry + (i === j ? c : 0)));
    power = matrix.map((row) => matrix.map((_, j) => row.reduce((total, entry, m) => total + entry * shifted[m]![j]!, 0)));
  }
  return coefficients;
}

/** Returns a vector of length 1 that matrix - value·1 takes to zero, in up to three dimensions. */
export function eigenvector(matrix: number[][], value: number): number[] {
  const rows = matrix.map((row, i) => row.map((entry, j) => entry - (i === j ? value : 0)));
  if (rows.length === 1) return [1];
  if (rows.length === 2) {
    const [a, b] = rows.reduce((most, row) => (norm(row) > norm(most) ? row : most)) as [number, number];
    return unit(norm([a, b]) > 0 ? [-b, a] : [1, 0]);
  }
  const [p, q, r] = rows as [number[], number[], number[]];
  return unit([cross(p, q), cross(p, r), cross(q, r)].reduce((most, v) => (norm(v) > norm(most) ? v : most)));
}

export function cross(a: number[], b: number[]): number[] {
  return [a[1]! * b[2]! - a[2]! * b[1]!, a[2]! * b[0]! - a[0]! * b[2]!, a[0]! * b[1]! - a[1]! * b[0]!];
}

export function norm(vector: number[]): number {
  return Math.hypot(...vector);
}

export function unit(vector: number[]): number[] {
  const length = norm(vector);
  return length > 0 ? vector.map((entry) => entry / length) : vector;
}
