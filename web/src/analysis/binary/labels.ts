// The label of a single rest state of up to three two-strategy populations: the twin of
// src/separatrix/analysis/rest_points/binary/labels.py.  Where Python goes on with Lyapunov functions found by
// linear programs, the label is open.
import type { Exact } from "../../exact/number.ts";
import { ALL_REST, byEigenvalues, OPEN, type Verdict } from "../verdict.ts";
import { type Linearisation, signsOf } from "./linearisation.ts";
import type { Multilinear } from "./multilinear.ts";
import { type Face, isLinked, type RestBranch } from "./rest_states.ts";

const STRICT = "strict Nash equilibrium: every eigenvalue is negative";
const ON_EDGE = "it lies on an edge of rest states and every other direction contracts";
const NO_GROWTH = "no share grows near it, so nothing leaves";
const LOGARITHMS = "a positive combination of the two logarithmic distances is conserved";
const ONE_GROWS = "beside it one share grows while the other does not fall";
const RETURNS = "orbits leave the edge on one side of it and return close by on the other";
const SPREADS = "on one side of it the other strategy spreads until it has taken over";
const DRIFTS = "orbits that start beside it drift away along the edge";
const CONSERVED = "a conserved quantity has a strict extremum at it, so closed orbits surround it";
const ONE_RESTS = "one share rests while the other moves away from it";
const TO_ONE_END = "only one share ever moves, and beside this state it moves away to one end";
const SADDLE_IN_LAYER = "one share never moves, and in its layer the state is a saddle or one share drifts away";
const CLOSED_IN_LAYERS = "one share never moves, and in every layer near it closed orbits surround a rest state";

const open: Verdict = { label: null, why: OPEN };
const stable = (why: string): Verdict => ({ label: "stable", why });
const unstable = (why: string): Verdict => ({ label: "unstable", why });

export function judge(
  game: Multilinear, face: Face, state: Exact[], local: Linearisation, branch: RestBranch | null = null,
): Verdict {
  const signs = signsOf(local);
  const found = byEigenvalues(signs);
  if (found) return found.label === "asymptotically stable" ? { ...found, why: STRICT } : found;
  if (!local.free.length) return atCorner(game, face, state, local);
  const moving = game.coefficients.map((_, i) => i).filter((i) => game.coefficients[i]!.size);
  if (!moving.length) return stable(ALL_REST);
  if (moving.length === 1 && local.free.includes(moving[0]!)) return unstable(TO_ONE_END);
  if (local.free.length === 1) return onEdge(game, face, state, local);
  if (local.free.length === 2) return inPlane(game, state, local);
  return inside(game, state, branch);
}

function inward(face: Face, i: number): 1 | -1 {
  return face[i] === 1 ? -1 : 1;
}

function neutralOf(local: Linearisation): number[] {
  return [...local.pure].filter(([, value]) => value.sign() === 0).map(([i]) => i);
}

function atCorner(game: Multilinear, face: Face, state: Exact[], local: Linearisation): Verdict {
  const neutral = neutralOf(local);
  if (neutral.length === 1) return stable(ON_EDGE);
  const growth = (i: number, j: number) => inward(face, i) * inward(face, j) * game.at(i, state, j).sign();
  const verdicts = pairs(neutral).map(([i, j]) => planarCorner(growth(i, j), growth(j, i)));
  if (neutral.length === 2) return verdicts[0]!;
  return verdicts.find((v) => v.label === "unstable") ?? open;
}

function onEdge(game: Multilinear, face: Face, state: Exact[], local: Linearisation): Verdict {
  const u = local.free[0]!;
  const neutral = neutralOf(local);
  if (!neutral.length) return stable(ON_EDGE);
  const verdicts = neutral.map((v) =>
    planarEdge(inward(face, v) * game.at(u, state, v).sign(), inward(face, v) * game.at(v, state, u).sign()));
  if (neutral.length === 1) return verdicts[0]!;
  return verdicts.find((v) => v.label === "unstable") ?? open;
}

function inPlane(game: Multilinear, state: Exact[], local: Linearisation): Verdict {
  const [u, v] = local.free as [number, number];
  const [b, d] = [game.at(u, state, v).sign(), game.at(v, state, u).sign()];
  const found = planarInterior(b, d);
  if (game.n === 2) return found.label === "stable" && b ? { label: "centre", why: found.why } : found;
  const across = [...local.pure.values()][0]!.sign();
  if (across < 0 || found.label === "unstable") return found;
  return open;
}

function inside(game: Multilinear, state: Exact[], branch: RestBranch | null): Verdict {
  const resting = [0, 1, 2].filter((i) => !game.coefficients[i]!.size);
  if (resting.length === 1) {
    const [u, v] = [0, 1, 2].filter((i) => i !== resting[0]) as [number, number];
    const [b, d] = [game.at(u, state, v).sign(), game.at(v, state, u).sign()];
    // In Python a conserved quantity comes first; it holds as well exactly where the orbits are closed.
    if (b * d > 0 || (b * d === 0 && (b || d))) return unstable(SADDLE_IN_LAYER);
    if (b) return stable(CLOSED_IN_LAYERS);
  }
  if (branch?.dimension === 2 && !branch.coordinates.some(isLinked)) {
    const u = [0, 1, 2].find((i) => !branch.moving.includes(i))!;
    if (branch.moving.some((k) => game.at(k, state, u).sign() !== 0)) {
      return unstable("off the rest surface, however close, another share moves away");
    }
  }
  return open;
}

/** Both borders are at rest: u' = b·u·v, v' = d·u·v to lowest order, u, v >= 0. */
function planarCorner(b: number, d: number): Verdict {
  if (b === 0 && d === 0) return stable(ALL_REST);
  if (Math.max(b, d) <= 0) return stable(NO_GROWTH);
  return Math.min(b, d) < 0 ? stable(LOGARITHMS) : unstable(ONE_GROWS);
}

/** The border v = 0 is at rest and v is neutral there: u' ~ b·v, v' ~ d·u·v, v >= 0. */
function planarEdge(along: number, across: number): Verdict {
  if (along === 0 && across === 0) return stable(ALL_REST);
  if (along * across < 0) return stable(RETURNS);
  return unstable(along === 0 ? SPREADS : DRIFTS);
}

/** A mixed state whose eigenvalues along the face have zero real part: b·d <= 0. */
function planarInterior(b: number, d: number): Verdict {
  if (b * d < 0) return stable(CONSERVED);
  return b === 0 && d === 0 ? stable(ALL_REST) : unstable(ONE_RESTS);
}

function pairs(items: number[]): [number, number][] {
  return items.flatMap((i, k) => items.slice(k + 1).map((j): [number, number] => [i, j]));
}
