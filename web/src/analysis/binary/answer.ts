// The whole answer for up to three populations of two strategies that do not play themselves: the twin of
// packages/separatrix/src/separatrix/analysis/binary/solve.py.
import { Exact, ONE, ZERO } from "../../exact/number.ts";
import { evaluateExact } from "../../expression/evaluate_exact.ts";
import type { GameModel } from "../../model.ts";
import type { Found, FoundPoint, FoundSet } from "../labels.ts";
import { key } from "../rest_state_ids.ts";
import { cornersTellAll } from "../share_polynomial.ts";
import { judge } from "./labels.ts";
import { eigenvaluesOf, isNash, isStrictNash, linearise, signsOf } from "./linearisation.ts";
import { Multilinear } from "./multilinear.ts";
import { labelledPieces, type LabelledPiece, type Piece, singleState } from "./pieces.ts";
import { branches, isLinked, playedOn, type RestBranch } from "./rest_states.ts";

/** Steps of the polyline along a curve that bends. */
const CURVE_STEPS = 40;
const UNCUT = "the label changes along a continuum of rest points that bends, and the page cannot determine where";

/**
 * The advantages at the corners, speeds included: to change at another speed is to earn so many times as much.
 * Null where corners may not tell all, or a speed is not positive.
 */
export function cornersOf(model: GameModel, values: Record<string, Exact>): Map<number, Exact>[] | null {
  if (!cornersTellAll(model)) return null;
  const n = model.populations.length;
  const at = { ...values };
  const tables: Map<number, Exact>[] = [];
  for (const [i, [first, second]] of model.payoffs.entries()) {
    const speed = evaluateExact(model.speeds[i]!, values);
    if (speed.sign() <= 0) return null;
    const table = new Map<number, Exact>();
    for (let mask = 0; mask < 1 << n; mask++) {
      if (n > 1 && mask & (1 << i)) continue;
      model.populations.forEach(({ share }, j) => { at[share] = mask & (1 << j) ? ONE : ZERO; });
      table.set(mask, speed.times(evaluateExact(first!, at).minus(evaluateExact(second!, at))));
    }
    tables.push(table);
  }
  return tables;
}

/** Every rest state with its label; continua whose pieces are not known have no label. */
export function binaryAnswer(game: Multilinear): Found {
  const every = branches(game);
  const sets = every.filter((b) => b.dimension);
  const points: FoundPoint[] = [];
  const pieces: LabelledPiece[] = [];
  const loose: RestBranch[] = [];
  const uncut: RestBranch[] = [];
  for (const branch of every) {
    if (branch.dimension) continue;
    const state = branch.state();
    const onSet = sets.some((s) => s.contains(state, true));
    // A mixed state on the closure of a rest set is a piece of it.
    if (onSet && branch.free.length) loose.push(branch);
    else points.push(pointOf(game, branch, state, !onSet));
  }
  for (const branch of sets) {
    const found = labelledPieces(game, branch);
    if (found) pieces.push(...found);
    else uncut.push(branch);
  }
  pieces.push(...loose.map((branch) => singleState(game, branch)));
  const supports = new Set(uncut.map((branch) => key(playedOn(branch.face))));
  const found = once(pieces).map((piece) => setOf(game, piece));
  return {
    points,
    sets: [
      // Beside a continuum that is not cut, the ids of the other pieces on its face are not known either.
      ...found.filter((s) => !supports.has(key(s.support))),
      ...uncut.map((branch) => setOf(game, wholeOf(branch), UNCUT)),
    ],
    open: uncut.length ? [UNCUT] : [],
    complete: true,
  };
}

/** A single state that lies on several continua of a face is told once. */
function once(pieces: LabelledPiece[]): LabelledPiece[] {
  const singles = new Set<string>();
  return pieces.filter(({ branch, sample, dimension }) => {
    if (dimension) return true;
    const known = `${key(playedOn(branch.face))}:${sample.map((x) => x.text).join()}`;
    if (singles.has(known)) return false;
    singles.add(known);
    return true;
  });
}

function wholeOf(branch: RestBranch): Piece {
  const ends = branch.dimension === 1 ? branch.range(branch.moving[0]!) : null;
  return { branch, sample: [], dimension: branch.dimension, ends, side: null };
}

function setOf(game: Multilinear, piece: Piece & Partial<LabelledPiece>, open = ""): FoundSet {
  return {
    support: playedOn(piece.branch.face),
    dimension: piece.dimension,
    verdict: piece.verdict ?? { label: null, why: open },
    corners: cornersOn(game, piece).map((state) => state.map((x) => x.float)),
    samples: samplesOn(game, piece),
    nash: piece.nash ?? null,
  };
}

/** The ends or corners of a piece that is a polytope, or a single state. */
function cornersOn(game: Multilinear, { branch, sample, dimension, ends, side }: Piece): Exact[][] {
  if (!dimension) return [sample];
  if (branch.coordinates.some(isLinked)) return [];
  if (ends) return ends.map((t) => branch.state([t]));
  const corners = statesOn(branch, 1);
  const w = side ? branch.face.findIndex((pure) => pure !== null) : -1;
  return side && corners.some((c) => game.at(w, c).sign() === -side) ? [] : corners;
}

/** States for drawing: the state itself, a polyline along a curve, a cloud on a surface. */
function samplesOn(game: Multilinear, { branch, sample, dimension, ends, side }: Piece): number[][] {
  if (!dimension) return [sample.map((x) => x.float)];
  if (ends) {
    const [low, high] = [ends[0].float, ends[1].float];
    const steps = branch.coordinates.some(isLinked) ? CURVE_STEPS : 1;
    return Array.from({ length: steps + 1 }, (_, k) => floatsAt(branch, low + ((high - low) * k) / steps));
  }
  const w = branch.face.findIndex((pure) => pure !== null);
  return statesOn(branch, dimension === 2 ? 10 : 4)
    .filter((state) => w < 0 || !side || game.at(w, state).sign() === side)
    .map((state) => state.map((x) => x.float));
}

function floatsAt(branch: RestBranch, t: number): number[] {
  return branch.coordinates.map((c) => {
    if (c === "free") return t;
    return isLinked(c) ? (c.p.float + c.q.float * t) / (c.r.float + c.s.float * t) : c.float;
  });
}

function statesOn(branch: RestBranch, steps: number): Exact[][] {
  let values: Exact[][] = [[]];
  for (const i of branch.moving) {
    const [low, high] = branch.range(i);
    const axis = Array.from({ length: steps + 1 }, (_, k) => low.plus(high.minus(low).times(Exact.of(k, steps))));
    values = values.flatMap((before) => axis.map((t) => [...before, t]));
  }
  return values.map((at) => branch.state(at));
}

function pointOf(game: Multilinear, branch: RestBranch, state: Exact[], isolated: boolean): FoundPoint {
  const local = linearise(game, branch.face, state);
  const strict = isStrictNash(local);
  return {
    support: playedOn(branch.face),
    state,
    verdict: judge(game, branch.face, state, local),
    signs: signsOf(local),
    eigenvalues: eigenvaluesOf(local),
    isolated,
    nash: isNash(local),
    strictNash: strict,
    ess: strict,
  };
}
