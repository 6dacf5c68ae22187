// The whole answer for payoffs that are affine in the shares: the twin of
// packages/separatrix/src/separatrix/analysis/affine/solve.py.
import type { Exact } from "../../exact/number.ts";
import type { Found, FoundPoint, FoundSet } from "../labels.ts";
import { key, type Support } from "../rest_state_ids.ts";
import { OPEN, type Verdict } from "../verdict.ts";
import { type AffineGame, offsetsOf } from "./affine_game.ts";
import { beside, evolutionarilyStable, judge } from "./labels.ts";
import { Local } from "./local.ts";
import { piecesOf } from "./pieces.ts";
import { restFamilies, type RestFamily } from "./rest_states.ts";

/** Strategies, of all populations together, beyond which the page would stand still. */
const MOST_STRATEGIES = 8;

/**
 * Every rest state with its label; null for more strategies than a page can follow.
 * `tabled`: whether the payoffs are those of a game; else no notion of the game applies.
 */
export function affineAnswer(game: AffineGame, tabled: boolean): Found | null {
  if (game.matrix.length > MOST_STRATEGIES) return null;
  const families = restFamilies(game);
  const continua = families.filter((f) => f.dimension);
  const onSet = (state: Exact[]) => continua.some((f) => f.corners.some((c) => c.every((v, a) => v.equals(state[a]!))));
  const points: FoundPoint[] = [];
  const sets: FoundSet[] = [];
  for (const family of families.filter((f) => !f.dimension)) {
    const state = family.corners[0]!;
    const isolated = !onSet(state);
    const local = new Local(game, family.support, state);
    const point = pointOf(local, family, isolated, tabled);
    if (isolated || isPure(family.support)) points.push(point);
    else sets.push({ support: family.support, dimension: 0, verdict: point.verdict, ...drawn(game, [state]), nash: local.nash });
  }
  const uncut = new Set<string>();
  for (const family of continua) {
    const pieces = piecesOf(game, family);
    if (!pieces) {
      uncut.add(key(family.support));
      sets.push({ support: family.support, dimension: family.dimension, verdict: { label: null, why: OPEN }, ...drawn(game, family.corners), nash: null });
    } else {
      for (const { corners, dimension, verdict, nash } of pieces) {
        sets.push({ support: family.support, dimension, verdict, ...drawn(game, corners), nash });
      }
    }
  }
  const open = points.some((p) => p.verdict.label === null) || sets.some((s) => s.verdict.label === null);
  return { points, sets, open: open ? [OPEN] : [], complete: true };
}

/** The label of a rest state as a single point. */
export function verdictAt(local: Local): Verdict {
  const found = judge(local, evolutionarilyStable(local));
  return found.label === null && !local.signs[2] ? beside(local) ?? found : found;
}

function pointOf(local: Local, family: RestFamily, isolated: boolean, tabled: boolean): FoundPoint {
  return {
    support: family.support,
    state: shown(local.game, local.state),
    verdict: verdictAt(local),
    signs: local.signs,
    eigenvalues: local.eigenvalues,
    isolated,
    nash: local.nash,
    strictNash: local.strictNash,
    ess: tabled ? evolutionarilyStable(local) : null,
  };
}

function isPure(support: Support): boolean {
  return support.every((played) => played.length === 1);
}

/** The shares that the page names: of two strategies only the first one's. */
function shown({ sizes }: AffineGame, state: Exact[]): Exact[] {
  const offsets = offsetsOf(sizes);
  return sizes.flatMap((size, i) => state.slice(offsets[i]!, offsets[i]! + (size === 2 ? 1 : size)));
}

function drawn(game: AffineGame, corners: Exact[][]): { corners: number[][]; samples: number[][] } {
  const floats = corners.map((state) => shown(game, state).map((x) => x.float));
  return { corners: floats, samples: floats };
}

