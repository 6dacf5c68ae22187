// The whole answer for up to three populations of two strategies that do not play themselves: the twin of
// src/separatrix/analysis/rest_points/binary/solve.py.
import { type Exact, ONE, ZERO } from "../../exact/number.ts";
import { evaluateExact } from "../../expression/evaluate_exact.ts";
import type { GameModel } from "../../model.ts";
import type { Found, FoundPoint } from "../labels.ts";
import { degreeBound } from "../share_polynomial.ts";
import { OPEN } from "../verdict.ts";
import { judge } from "./labels.ts";
import { eigenvaluesOf, isNash, isStrictNash, linearise, signsOf } from "./linearisation.ts";
import { Multilinear } from "./multilinear.ts";
import { branches, playedOn, type RestBranch } from "./rest_states.ts";

/**
 * The advantages at the corners, speeds included: to change at another speed is to earn so many times as much.
 * Null where some payoff may not be linear in each of the others' shares, or may depend on its own.
 */
export function cornersOf(model: GameModel, values: Record<string, Exact>): Multilinear | null {
  const n = model.populations.length;
  if (n < 2) return null;
  const shares = model.populations.map((p) => p.share);
  const linear = model.payoffs.every((row, i) =>
    row.every((u) => shares.every((share, j) => degreeBound(u, share) <= (i === j ? 0 : 1))));
  if (!linear) return null;
  const tables = model.payoffs.map(([first, second], i) => {
    const speed = evaluateExact(model.speeds[i]!, values);
    if (speed.sign() <= 0) return null;
    const table = new Map<number, Exact>();
    for (let mask = 0; mask < 1 << n; mask++) {
      if (mask & (1 << i)) continue;
      const at = { ...values };
      shares.forEach((share, j) => { at[share] = mask & (1 << j) ? ONE : ZERO; });
      table.set(mask, speed.times(evaluateExact(first!, at).minus(evaluateExact(second!, at))));
    }
    return table;
  });
  return tables.includes(null) ? null : new Multilinear(tables as Map<number, Exact>[]);
}

export function binaryAnswer(game: Multilinear): Found {
  const every = branches(game);
  const sets = every.filter((b) => b.dimension);
  const points: FoundPoint[] = [];
  for (const branch of every) {
    if (branch.dimension) continue;
    const state = branch.state();
    const onSet = sets.some((s) => s.contains(state, true));
    if (onSet && branch.free.length) continue;
    points.push(pointOf(game, branch, state, !onSet));
  }
  const found = points.some((p) => p.verdict.label === null) || sets.length > 0;
  return { points, sets: [], open: found ? [OPEN] : [], complete: !sets.length };
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
