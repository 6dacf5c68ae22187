// The labels of rest sets of affine games: segments cut where a gain or an eigenvalue changes its sign, and whole
// faces at rest on which none does.  The twin of packages/separatrix/src/separatrix/analysis/affine/rest_family_labels.py,
// as far as eigenvalues decide.
import { Exact, HALF, ONE, quadraticRoots, sum, ZERO } from "../../exact/number.ts";
import { characteristic } from "../../exact/linear.ts";
import { NORMALLY_HYPERBOLIC, type Verdict } from "../verdict.ts";
import type { AffineGame } from "./affine_game.ts";
import { verdictAt } from "./answer.ts";
import { Local } from "./local.ts";
import { centreOf, type RestFamily } from "./rest_states.ts";

interface AffinePiece {
  dimension: number;
  corners: Exact[][];
  verdict: Verdict;
  /** Whether its states have an eigenvalue with positive real part. */
  positive: boolean;
  nash: boolean;
}

/** The pieces of a rest family, labelled; null where eigenvalues do not decide on all of them. */
export function piecesOf(game: AffineGame, family: RestFamily): AffinePiece[] | null {
  if (family.dimension > 1) return wholePiece(game, family);
  const found = segmentPieces(game, family);
  return found.some((p) => p.verdict.label === null) ? null : joined(found);
}

/** A face that is all at rest, on which no strategy that is not played changes the sign of its gain. */
function wholePiece(game: AffineGame, family: RestFamily): AffinePiece[] | null {
  const { support, corners, dimension } = family;
  const local = new Local(game, support, centreOf(corners));
  if (local.inner.length !== dimension) return null;
  const at = corners.map((corner) => new Local(game, support, corner));
  for (const b of local.outside.keys()) {
    const signs = at.map((corner) => corner.outside.get(b)!.sign());
    if (signs.includes(1) && signs.includes(-1)) return null;
  }
  const verdict = openPart(local);
  return verdict && [{ dimension, corners, verdict, positive: local.signs[2] > 0, nash: local.nash }];
}

/** The verdict on states beside which nothing changes its sign: eigenvalues decide for all of them, or nothing does. */
function openPart(local: Local): Verdict | null {
  const signs = local.signs;
  const normal = !signs[2] && signs[1] === local.flat;
  return signs[2] || normal ? { ...verdictAt(local), ...(normal ? { why: NORMALLY_HYPERBOLIC } : {}) } : null;
}

function segmentPieces(game: AffineGame, { support, corners }: RestFamily): AffinePiece[] {
  const [start, end] = corners as [Exact[], Exact[]];
  const at = (t: Exact) => start.map((v, a) => v.plus(t.times(end[a]!.minus(v))));
  const local = (t: Exact) => new Local(game, support, at(t));
  const open: Verdict = { label: null, why: "" };
  const cuts = cutsOf(local);
  if (!cuts) return [{ dimension: 1, corners, verdict: open, positive: false, nash: false }];
  const ends = [ZERO, ...cuts, ONE];
  return ends.slice(1).flatMap((right, k) => {
    const left = ends[k]!;
    const middle = local(left.plus(right).times(HALF));
    const pieces: AffinePiece[] = [{
      dimension: 1, corners: [at(left), at(right)], verdict: openPart(middle) ?? open,
      positive: middle.signs[2] > 0, nash: middle.nash,
    }];
    if (right !== ONE) {
      const single = local(right);
      pieces.push({
        dimension: 0, corners: [at(right)], verdict: verdictAt(single), positive: single.signs[2] > 0, nash: single.nash,
      });
    }
    return pieces;
  });
}

/** Where along a segment a gain or the real part of an eigenvalue may change its sign; null where that is not known. */
function cutsOf(local: (t: Exact) => Local): Exact[] | null {
  const samples = [1, 2, 3, 4, 5].map((k) => Exact.of(k, 6));
  const locals = samples.map(local);
  const rows = locals.map((l) => [...l.outside.values()]);
  const inner = locals[0]!.inner.length;
  // Along the segment itself the eigenvalue is zero; of what remains one or two eigenvalues are followed.
  if (inner > 3) return null;
  locals.forEach((l, k) => {
    const polynomial = characteristic(l.block);
    rows[k]!.push(...polynomial.slice(1, inner));
  });
  const cuts: Exact[] = [];
  for (let k = 0; k < rows[0]!.length; k++) {
    const roots = rootsThrough(samples, rows.map((row) => row[k]!));
    if (!roots) return null;
    for (const t of roots) if (t.inside && !cuts.some((c) => c.equals(t))) cuts.push(t);
  }
  if (cuts.some((t) => !t.rational)) return null;
  return cuts.sort((a, b) => a.compare(b));
}

/** The roots of the polynomial through five values, where that is a quadratic; none where it is zero. */
function rootsThrough(at: Exact[], values: Exact[]): Exact[] | null {
  const table = [...values];
  for (let order = 1; order < table.length; order++) {
    for (let k = table.length - 1; k >= order; k--) {
      table[k] = table[k]!.minus(table[k - 1]!).over(at[k]!.minus(at[k - order]!));
    }
  }
  const [f0, f1, f2, f3, f4] = table as [Exact, Exact, Exact, Exact, Exact];
  if (f3.sign() || f4.sign()) return null;
  const [t0, t1] = [at[0]!, at[1]!];
  return quadraticRoots(f2, f1.minus(f2.times(sum([t0, t1]))), f0.minus(f1.times(t0)).plus(f2.times(t0).times(t1)));
}

/** Neighbours along a segment with one label are one piece. */
function joined(pieces: AffinePiece[]): AffinePiece[] {
  const result: AffinePiece[] = [];
  for (const piece of pieces) {
    result.push(piece);
    const [left, middle, right] = result.slice(-3);
    if (!right || !middle || !left || piece.dimension === 0) continue;
    const alike = [middle, right].every((p) =>
      p.verdict.label === left.verdict.label && p.positive === left.positive && p.nash === left.nash);
    if (alike) result.splice(-3, 3, { ...left, corners: [left.corners[0]!, right.corners[1]!] });
  }
  return result;
}
