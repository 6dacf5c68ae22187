// The linearised field near a rest point of two free shares, in the plane of the picture.
import { compile } from "../expression/evaluate";
import { fold, type Known } from "../formulas/fold";
import type { Formula, GameModel } from "../model";
import { sharesOf } from "./field";

/** A 2×2 matrix by rows. */
export type Matrix2 = [number, number, number, number];
export type Point2 = [number, number];

/** Where the corners of a state space of two free shares are drawn, in their order around it; null for others. */
export function cornersOf(game: GameModel): Point2[] | null {
  const sizes = game.populations.map((p) => p.strategies.length);
  if (sizes.length === 2 && sizes.every((s) => s === 2)) return [[0, 0], [1, 0], [1, 1], [0, 1]];
  if (sizes.length === 1 && sizes[0] === 3) return [[0, 0], [1, 0], [0.5, Math.sqrt(3) / 2]];
  return null;
}

/** Where a state is drawn. */
export function placeOf(corners: Point2[], state: number[]): Point2 {
  if (corners.length === 4) return [state[0]!, state[1]!];
  return [0, 1].map((k) => state.reduce((sum, share, i) => sum + share * corners[i]![k]!, 0)) as Point2;
}

/** The derivative of the field at a state, as a map of the plane of the picture. */
export function linearised(game: GameModel, jacobian: Formula[][], known: Known, corners: Point2[], state: number[]): Matrix2 {
  const at = Object.fromEntries(sharesOf(game).map((share, k) => [share, state[k]!]));
  const rows = jacobian.map((row) => row.map((entry) => compile(fold(entry.tree, known))(at)));
  if (corners.length === 4) return [rows[0]![0]!, rows[0]![1]!, rows[1]![0]!, rows[1]![1]!];
  // Steps from the first corner to the others span the plane; the first share is one less the others.
  const sides = [1, 2].map((k) => [corners[k]![0] - corners[0]![0], corners[k]![1] - corners[0]![1]] as Point2);
  const within = [1, 2].map((i) => [1, 2].map((j) => rows[i]![j]! - rows[i]![0]!)) as [Point2, Point2];
  const side: Matrix2 = [sides[0]![0], sides[1]![0], sides[0]![1], sides[1]![1]];
  return times(times(side, [...within[0], ...within[1]]), inverse(side));
}

function times(a: Matrix2, b: Matrix2): Matrix2 {
  return [a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3], a[2] * b[0] + a[3] * b[2], a[2] * b[1] + a[3] * b[3]];
}

function inverse(m: Matrix2): Matrix2 {
  const det = m[0] * m[3] - m[1] * m[2];
  return [m[3] / det, -m[1] / det, -m[2] / det, m[0] / det];
}

/** The real eigenvalues with a direction of length one for each; none where all directions are the same. */
export function directions([a, b, c, d]: Matrix2): { value: number; along: Point2 }[] {
  const half = (a + d) / 2;
  const root = ((a - d) / 2) ** 2 + b * c;
  if (root < 0 || (a === d && b === 0 && c === 0)) return [];
  const values = root === 0 ? [half] : [half - Math.sqrt(root), half + Math.sqrt(root)];
  return values.map((value) => {
    // The rows of m - value are at right angles to the direction: the longer one tells it better.
    const [first, second]: [Point2, Point2] = [[b, value - a], [value - d, c]];
    const [x, y] = Math.hypot(...first) >= Math.hypot(...second) ? first : second;
    const length = Math.hypot(x, y);
    return { value, along: [x / length, y / length] };
  });
}
