// The labels of rest sets: they are cut into pieces on which the label of single states is constant.  The twin of
// packages/separatrix/src/separatrix/analysis/binary/rest_branch_pieces.py and solve.py, as far as every cut is at a
// rational number or a root of a quadratic.
import { Exact, HALF, ONE, quadraticRoots, ZERO } from "../../exact/number.ts";
import { type BinaryVerdict, judge, judgePiece } from "./labels.ts";
import { isNash, linearise, signsOf } from "./linearisation.ts";
import type { Multilinear } from "./multilinear.ts";
import { factorsInside, isLinked, linkIntervals, RestBranch, solvedFor } from "./rest_states.ts";
import { pairsOf } from "./weighted_entropy.ts";

export interface Piece {
  branch: RestBranch;
  sample: Exact[];
  dimension: number;
  /** The ends of a curve's parameter; equal for a single state; null for surfaces. */
  ends: [Exact, Exact] | null;
  /** The sign of the third population's advantage on a surface, 0 on the line where it vanishes. */
  side: number | null;
}

export interface LabelledPiece extends Piece {
  verdict: BinaryVerdict;
  /** Whether its states have an eigenvalue with positive real part. */
  positive: boolean;
  nash: boolean;
}

/** The pieces of a rest set, labelled; null where some cut may lie at a number of higher degree. */
export function labelledPieces(game: Multilinear, branch: RestBranch): LabelledPiece[] | null {
  const parts = cut(game, branch);
  if (!parts) return null;
  const pending: LabelledPiece[] = [];
  for (const piece of parts) {
    pending.push(labelled(game, piece));
    for (let three = pending.slice(-3); three.length === 3 && joinable(three); three = pending.slice(-3)) {
      const [left, , right] = three as [LabelledPiece, LabelledPiece, LabelledPiece];
      pending.splice(-3, 3, { ...left, ends: [left.ends![0], right.ends![1]] });
    }
  }
  return pending;
}

/** A mixed state on the closure of a rest set of another face, as a piece by itself. */
export function singleState(game: Multilinear, branch: RestBranch): LabelledPiece {
  return labelled(game, { branch, sample: branch.state(), dimension: 0, ends: null, side: null });
}

function labelled(game: Multilinear, piece: Piece): LabelledPiece {
  const { branch, sample, dimension, ends } = piece;
  const local = linearise(game, branch.face, sample);
  const verdict = dimension ? judgePiece(game, branch, sample, ends) : judge(game, branch.face, sample, local);
  return { ...piece, verdict, positive: signsOf(local)[2] > 0, nash: isNash(local) };
}

function joinable(three: LabelledPiece[]): boolean {
  const [left, middle, right] = three as [LabelledPiece, LabelledPiece, LabelledPiece];
  const alike = (a: LabelledPiece, b: LabelledPiece) =>
    a.verdict.label === b.verdict.label && a.positive === b.positive && a.nash === b.nash;
  return left.dimension === 1 && middle.dimension === 0 && right.dimension === 1
    && left.branch === right.branch && alike(left, middle) && alike(middle, right);
}

function cut(game: Multilinear, branch: RestBranch): Piece[] | null {
  if (branch.dimension === 1) {
    const polynomials = signPolynomials(game, branch);
    return polynomials && cutAt(branch, polynomials);
  }
  const pure = places(branch).filter((i) => branch.face[i] !== null);
  if (branch.free.length === 2 && pure.length === 1) return cutFace(game, branch, pure[0]!);
  if (branch.free.length === 3 && branch.dimension === 2) return branch.master === null ? cutPlane(game, branch) : null;
  const sample = branch.state(branch.moving.map((i) => middle(branch.range(i))));
  return [{ branch, sample, dimension: branch.dimension, ends: null, side: null }];
}

function places(branch: RestBranch): number[] {
  return branch.face.map((_, i) => i);
}

function middle([low, high]: [Exact, Exact]): Exact {
  return low.plus(high).times(HALF);
}

// ---------------------------------------------------------------------------------- curves

/** A polynomial of degree two at most, constant first. */
type Quadratic = [Exact, Exact, Exact];

/** Cuts a curve at the zeros of quadratics in its parameter. */
function cutAt(branch: RestBranch, polynomials: Quadratic[], side: number | null = null): Piece[] {
  const [low, high] = branch.range(branch.moving[0]!);
  const breaks: Exact[] = [];
  for (const [c, b, a] of polynomials) {
    for (const root of quadraticRoots(a, b, c)) {
      if (order(low, root) < 0 && order(root, high) < 0 && !breaks.some((x) => x.equals(root))) breaks.push(root);
    }
  }
  const ends = [low, ...breaks.sort(order), high];
  return ends.slice(1).flatMap((right, k) => {
    const left = ends[k]!;
    const open: Piece = {
      branch, sample: branch.state([between(left, right)]), dimension: 1, ends: [left, right], side };
    if (right === high) return [open];
    return [open, { branch, sample: branch.state([right]), dimension: 0, ends: [right, right], side }];
  });
}

/** Compares numbers of any two fields. */
function order(a: Exact, b: Exact): number {
  if (a.equals(b)) return 0;
  if (a.rational || b.rational || a.d === b.d) return a.compare(b);
  for (let bits = 64; ; bits *= 2) {
    const [x, y] = [a.enclosure(bits), b.enclosure(bits)];
    if (x[1].compare(y[0]) < 0) return -1;
    if (y[1].compare(x[0]) < 0) return 1;
  }
}

/** A rational strictly between two numbers low < high of any two fields. */
function between(low: Exact, high: Exact): Exact {
  for (let bits = 8; ; bits *= 2) {
    const [above, below] = [low.enclosure(bits)[1], high.enclosure(bits)[0]];
    if (above.compare(below) < 0) return middle([above, below]);
  }
}

/** Polynomials in the parameter with the signs of what decides along a curve; null where some is no quadratic. */
function signPolynomials(game: Multilinear, branch: RestBranch): Quadratic[] | null {
  const links = branch.coordinates.filter(isLinked);
  const pure = places(branch).filter((i) => branch.face[i] !== null);
  const slopes = (of: number[], state: Exact[]) =>
    pairsOf(of.length).flatMap(([k, m]) => [game.at(of[k]!, state, of[m]!), game.at(of[m]!, state, of[k]!)]);
  if (branch.free.length === 3) {
    // -c has degree two along a straight line parallel to an axis, more along a curve
    if (links.length) return null;
    return quadratics(branch, (state) => {
      const { cubic } = linearise(game, branch.face, state);
      return [cubic![0], ...slopes([0, 1, 2], state)];
    });
  }
  if (pure.length > 1 && links.length) return null;
  return quadratics(branch, (state, t) => {
    // an advantage is a product of one with t and one with the linked share, whose denominator is cleared
    const scale = links.reduce((product, link) => product.times(link.r.plus(link.s.times(t))), ONE);
    return [...pure.map((i) => game.at(i, state)), ...slopes(pure, state)].map((v) => v.times(scale));
  });
}

/** The quadratics through the values at three parameters (Newton). */
function quadratics(branch: RestBranch, deciding: (state: Exact[], t: Exact) => Exact[]): Quadratic[] {
  const [low, high] = branch.range(branch.moving[0]!);
  const at = [1, 2, 3].map((k) => low.plus(high.minus(low).times(Exact.of(k, 4)))) as [Exact, Exact, Exact];
  const rows = at.map((t) => deciding(branch.state([t]), t));
  return rows[0]!.map((first, k) => {
    const [f1, f2] = [rows[1]![k]!, rows[2]![k]!];
    const step = at[1].minus(at[0]);
    const d1 = f1.minus(first).over(step);
    const d2 = f2.minus(f1).over(step);
    const second = d2.minus(d1).over(step.plus(step));
    // first + d1·(t - t0) + second·(t - t0)(t - t1)
    return [
      first.minus(d1.times(at[0])).plus(second.times(at[0]).times(at[1])),
      d1.minus(second.times(at[0].plus(at[1]))),
      second,
    ];
  });
}

// ---------------------------------------------------------------------------------- surfaces

/** Cuts a face that is all at rest by the sign of the third population's advantage. */
function cutFace(game: Multilinear, branch: RestBranch, w: number): Piece[] | null {
  const corners: number[] = grid([ZERO, ONE], 2).map((at) => game.at(w, branch.state(at)).sign());
  const pieces: Piece[] = [];
  for (const side of [-1, 1]) {
    if (corners.includes(side)) {
      pieces.push({ branch, sample: whereSign(game, branch, w, side), dimension: 2, ends: null, side });
    }
  }
  if (corners.every((sign) => sign === 0)) return [...pieces, ...cutPlane(game, branch)];
  if (!corners.includes(1) || !corners.includes(-1)) return pieces;
  for (const line of zeroLines(game, branch, w)) {
    // Where the drift beside the face is tangent to the line, the label changes.
    if (line.coordinates.some(isLinked)) return null;
    const turn = quadratics(line, (state) => [line.free.reduce((total, i) =>
      total.plus(game.at(w, state, i).times(state[i]!.times(ONE.minus(state[i]!))).times(game.at(i, state, w))), ZERO)]);
    pieces.push(...cutAt(line, turn, 0));
  }
  return pieces;
}

/** All lists of so many of some numbers. */
export function grid(values: Exact[], count: number): Exact[][] {
  let lists: Exact[][] = [[]];
  for (let k = 0; k < count; k++) lists = lists.flatMap((before) => values.map((v) => [...before, v]));
  return lists;
}

/** A state inside the face at which the advantage of w has a sign that it has at one of the corners. */
function whereSign(game: Multilinear, branch: RestBranch, w: number, side: number): Exact[] {
  for (let step = HALF; ; step = step.times(HALF)) {
    for (const corner of grid([ZERO, ONE], 2)) {
      const state = branch.state(corner.map((c) => c.plus(step.times(ONE.minus(c).minus(c)))));
      if (game.at(w, state).sign() === side) return state;
    }
  }
}

/** The curves in the face on which the third population is indifferent. */
function zeroLines(game: Multilinear, branch: RestBranch, w: number): RestBranch[] {
  const [u, v] = branch.moving as [number, number];
  const fixed = new Map([[w, branch.face[w] ? ONE : ZERO]]);
  return factorsInside(game.restricted(w, fixed), [u, v]).flatMap((factor) => {
    if (!factor) return [];
    if ("value" in factor) {
      return [new RestBranch(branch.face, branch.coordinates.map((c, i) => (i === factor.variable ? factor.value : c)))];
    }
    const link = solvedFor(factor, v);
    const coordinates = branch.coordinates.map((c, i) => (i === v ? link : c));
    return linkIntervals([link]).map((interval) => new RestBranch(branch.face, coordinates, u, interval));
  });
}

/** Cuts a rest surface x_u = c, beside which x_u never moves, at the rest states of the flow there. */
function cutPlane(game: Multilinear, branch: RestBranch): Piece[] {
  const u = places(branch).find((i) => !branch.moving.includes(i))!;
  const [v, w] = branch.moving as [number, number];
  const root = (i: number, k: number): Exact | null => {
    const slope = game.coefficient(i, (1 << u) | (1 << k));
    if (slope.sign() === 0) return null;
    const value = game.coefficient(i, 1 << u).negative().over(slope);
    return value.inside ? value : null;
  };
  const [levelW, levelV] = [root(v, w), root(w, v)];
  const pieces: Piece[] = [];
  let sample = [HALF, HALF];
  if (levelV && levelW) {
    pieces.push({ branch, sample: branch.state([levelV, levelW]), dimension: 0, ends: null, side: null });
    if (levelV.equals(HALF) && levelW.equals(HALF)) sample = [Exact.of(1, 3), HALF];
  }
  return [...pieces, { branch, sample: branch.state(sample), dimension: 2, ends: null, side: null }];
}
