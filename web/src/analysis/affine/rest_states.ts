// All rest states of a game with affine payoffs, one linear system a support: the twin of
// packages/separatrix/src/separatrix/analysis/affine/rest_states.py.
import { type Exact, ONE, sum, ZERO } from "../../exact/number.ts";
import { reduced } from "../../exact/linear.ts";
import { type Support, supportsOf } from "../rest_state_ids.ts";
import { type AffineGame, indicesOf, offsetsOf } from "./affine_game.ts";

/** The rest states that play one support: a point, or a relatively open polytope with these corners. */
export interface RestFamily {
  support: Support;
  dimension: number;
  corners: Exact[][];
}

/** The equations z ↦ rows·z = right of the states that play some of the strategies of a support. */
interface System { indices: number[]; rows: Exact[][]; right: Exact[] }

export function restFamilies(game: AffineGame): RestFamily[] {
  return supportsOf(game.sizes).flatMap((support) => familyOn(game, support) ?? []);
}

function systemOf({ sizes, matrix }: AffineGame, support: Support): System {
  const indices = indicesOf(sizes, support);
  const rows: Exact[][] = [];
  const right: Exact[] = [];
  offsetsOf(sizes).forEach((offset, i) => {
    const [first, ...others] = support[i]!.map((a) => matrix[offset + a]!) as [Exact[], ...Exact[][]];
    for (const other of others) {
      rows.push(indices.map((c) => other[c]!.minus(first[c]!)));
      right.push(ZERO);
    }
    rows.push(indices.map((c) => (c >= offset && c < offset + sizes[i]! ? ONE : ZERO)));
    right.push(ONE);
  });
  return { indices, rows, right };
}

function familyOn(game: AffineGame, support: Support): RestFamily | null {
  const system = systemOf(game, support);
  const width = system.indices.length;
  const { rows, pivots } = reduced(system.rows.map((row, k) => [...row, system.right[k]!]));
  if (pivots.includes(width)) return null;
  const every = Array.from({ length: width }, (_, k) => k);
  const whole = game.matrix.length;
  if (pivots.length === width) {
    const values = rows.map((row) => row[width]!);
    if (values.some((v) => v.sign() <= 0)) return null;
    return { support, dimension: 0, corners: [embedded(values, every, system, whole)] };
  }
  // A corner is the only solution on the strategies that it plays; what the corners play together is played inside.
  const corners: Exact[][] = [];
  const met = new Set<number>();
  for (let bits = 1; bits < 2 ** width; bits++) {
    const part = every.filter((k) => bits & (1 << k));
    if (part.length > pivots.length) continue;
    const inner = reduced(rows.map((row) => [...part.map((k) => row[k]!), row[width]!]));
    if (inner.pivots.length !== part.length || inner.pivots.includes(part.length)) continue;
    const values = inner.rows.map((row) => row[part.length]!);
    if (values.some((v) => v.sign() <= 0)) continue;
    corners.push(embedded(values, part, system, whole));
    part.forEach((k) => met.add(k));
  }
  if (met.size < width) return null;
  return { support, dimension: width - pivots.length, corners };
}

/** Shares of some of the strategies of a system as shares of all. */
function embedded(values: Exact[], part: number[], { indices }: System, whole: number): Exact[] {
  const state = Array.from({ length: whole }, () => ZERO);
  part.forEach((k, at) => { state[indices[k]!] = values[at]!; });
  return state;
}

export function centreOf(corners: Exact[][]): Exact[] {
  const weight = ONE.over(sum(corners.map(() => ONE)));
  return corners[0]!.map((_, a) => sum(corners.map((c) => c[a]!)).times(weight));
}
