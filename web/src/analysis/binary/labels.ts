// The label of a single rest state of up to three two-strategy populations: the twin of
// packages/separatrix/src/separatrix/analysis/binary/labels.py and planar_faces.py, which give the arguments.
import { Exact, ONE, ZERO } from "../../exact/number.ts";
import { ALL_REST, byEigenvalues, type Verdict } from "../verdict.ts";
import { type Linearisation, linearise, signsOf } from "./linearisation.ts";
import type { Multilinear } from "./multilinear.ts";
import { type Face, isLinked, type RestBranch } from "./rest_states.ts";
import { pairsOf, weightedEntropyDecreases } from "./weighted_entropy.ts";

const STRICT = "strict Nash equilibrium: every eigenvalue is negative";
const ON_EDGE = "it lies on an edge of rest states and every other direction contracts";
const NO_GROWTH = "no share grows near it, so nothing leaves";
const LOGARITHMS = "a positive combination of the two logarithmic distances is conserved";
const ONE_GROWS = "near it one share grows while the other does not fall";
const RETURNS = "orbits leave the edge on one side of it and return close by on the other";
const SPREADS = "on one side of it the other strategy spreads until it has taken over";
const DRIFTS = "orbits that start near it drift away along the edge";
const EXTREMUM = "a conserved quantity has a strict extremum at it, so closed orbits surround it";
const ONE_RESTS = "one share rests while the other moves away from it";
const TO_ONE_END = "only one share ever changes, and near this state it moves away to one end";
const ENTROPY = "a weighted relative entropy never increases near it";
const CONSERVED = "a weighted relative entropy is conserved near it";
const RAY = "to lowest order a ray leads away from it into the interior";
const ARCHES = "orbits leave the face on one side of it and return close by on the other";
const FACE_DRIFT = "orbits that start near it drift away along the face";
const SLOW_DRIFT = "near its face the other shares drift away, however slowly";
const FACE_LOOPS = "near its face closed orbits surround a line of rest states";
const FACE_AWAY = "near its face orbits move away from it, however slowly";
const LAYER_SADDLE = "one share never moves, and in its layer the state is not a centre";
const LAYER_CENTRE = "one share never moves, and in every layer near it closed orbits surround a rest state";
const SURFACE_PULL = "off the rest surface, however close, another share moves away";
const SURFACE_LOOPS = "near the rest surface closed orbits surround a line of rest states";
const SURFACE_AWAY = "near the rest surface orbits move away from it";
const TWO_CONSERVED = "two conserved quantities confine orbits to closed curves around the rest curve";
const TIME_CHANGED = "after a change of time the orbits around the rest curve are closed";
const NOT_DECIDED = "an eigenvalue has zero real part, and no argument beyond the linearisation was found";

/** A verdict that may rest on equalities which hold at this state alone. */
export interface BinaryVerdict extends Verdict { pointwise?: boolean }

const undecided: BinaryVerdict = { label: "undecided", why: NOT_DECIDED };
const stable = (why: string): BinaryVerdict => ({ label: "stable", why });
const unstable = (why: string): BinaryVerdict => ({ label: "unstable", why });

/** The label of a rest state, as a single point where it lies on a rest set. */
export function judge(
  game: Multilinear, face: Face, state: Exact[], local: Linearisation, branch: RestBranch | null = null,
): BinaryVerdict {
  const found = byEigenvalues(signsOf(local));
  if (found) return found.label === "asymptotically stable" ? { ...found, why: STRICT } : found;
  if (!local.free.length) return atCorner(game, face, state, local);
  const moving = game.coefficients.map((_, i) => i).filter((i) => game.coefficients[i]!.size);
  if (!moving.length) return stable(ALL_REST);
  if (moving.length === 1 && local.free.includes(moving[0]!)) return unstable(TO_ONE_END);
  if (local.free.length === 1) return onEdge(game, face, state, local);
  if (local.free.length === 2) return inPlane(game, face, state, local);
  return inside(game, face, state, local, branch);
}

function inward(face: Face, i: number): 1 | -1 {
  return face[i] === 1 ? -1 : 1;
}

function neutralOf(local: Linearisation): number[] {
  return [...local.pure].filter(([, value]) => value.sign() === 0).map(([i]) => i);
}

function atCorner(game: Multilinear, face: Face, state: Exact[], local: Linearisation): BinaryVerdict {
  const neutral = neutralOf(local);
  if (neutral.length === 1) return stable(ON_EDGE);
  const growth = (i: number, j: number) =>
    game.at(i, state, j).times(Exact.of(inward(face, i) * inward(face, j)));
  const verdicts = pairsOf(neutral.length).map(([k, m]) => {
    const [i, j] = [neutral[k]!, neutral[m]!];
    return planarCorner(growth(i, j).sign(), growth(j, i).sign());
  });
  if (neutral.length === 2) return verdicts[0]!;
  const leaving = verdicts.find((v) => v.label === "unstable");
  if (leaving) return leaving;
  if (weightedEntropyDecreases(game, face, state)) return stable(ENTROPY);
  return hasRay(growth) ? unstable(RAY) : undecided;
}

/** Whether u' = u·(A u), A with zero diagonal, has a ray inside the orthant: A regular and A u = (1, 1, 1), u > 0. */
function hasRay(growth: (i: number, j: number) => Exact): boolean {
  const [a, b, c, d, e, f] = [growth(0, 1), growth(0, 2), growth(1, 0), growth(1, 2), growth(2, 0), growth(2, 1)];
  const determinant = a.times(d).times(e).plus(b.times(c).times(f));
  if (determinant.sign() === 0) return false;
  // Cramer's rule for [[0, a, b], [c, 0, d], [e, f, 0]]
  const above = [
    a.times(d).plus(b.times(f)).minus(d.times(f)),
    b.times(c).plus(d.times(e)).minus(b.times(e)),
    a.times(e).plus(c.times(f)).minus(a.times(c)),
  ];
  return above.every((value) => value.sign() === determinant.sign());
}

function onEdge(game: Multilinear, face: Face, state: Exact[], local: Linearisation): BinaryVerdict {
  const u = local.free[0]!;
  const neutral = neutralOf(local);
  if (!neutral.length) return stable(ON_EDGE);
  const verdicts = neutral.map((v) =>
    planarEdge(inward(face, v) * game.at(u, state, v).sign(), inward(face, v) * game.at(v, state, u).sign()));
  if (neutral.length === 1) return verdicts[0]!;
  const leaving = verdicts.find((v) => v.label === "unstable");
  if (leaving) return leaving;
  return weightedEntropyDecreases(game, face, state) ? stable(ENTROPY) : undecided;
}

function inPlane(game: Multilinear, face: Face, state: Exact[], local: Linearisation): BinaryVerdict {
  const [u, v] = local.free as [number, number];
  const [b, d] = [game.at(u, state, v).sign(), game.at(v, state, u).sign()];
  const found = planarInterior(b, d);
  if (game.n === 2) return found.label === "stable" && b ? { label: "centre", why: found.why } : found;
  const [w, across] = [...local.pure][0]!;
  if (across.sign() < 0 || found.label === "unstable") return found;
  if (b === 0) return besidePlane(game, face, state, [u, v], w);
  return weightedEntropyDecreases(game, face, state) ? { ...stable(CONSERVED), pointwise: true } : undecided;
}

/** A state of a face that is all at rest, where the third share is neutral. */
function besidePlane(
  game: Multilinear, face: Face, state: Exact[], [u, v]: [number, number], w: number,
): BinaryVerdict {
  const facing = Exact.of(inward(face, w));
  const drift = [u, v].map((i) =>
    state[i]!.times(ONE.minus(state[i]!)).times(game.at(i, state, w)).times(facing));
  const turn = [u, v].reduce(
    (total, i, k) => total.plus(facing.times(game.at(w, state, i)).times(drift[k]!)), ZERO).sign();
  if (turn < 0) return stable(ARCHES);
  if (turn > 0) return unstable(FACE_DRIFT);
  if (game.coefficients[w]!.size) return undecided;
  if (drift.some((value) => value.sign())) return unstable(SLOW_DRIFT);
  return circling(game.at(u, state, w, v).sign(), game.at(v, state, w, u).sign(), FACE_LOOPS, FACE_AWAY);
}

function circling(across: number, back: number, loops: string, away: string): BinaryVerdict {
  if (across * back < 0) return stable(loops);
  return across || back ? unstable(away) : undecided;
}

function inside(
  game: Multilinear, face: Face, state: Exact[], local: Linearisation, branch: RestBranch | null,
): BinaryVerdict {
  if (weightedEntropyDecreases(game, face, state)) return { ...stable(CONSERVED), pointwise: true };
  const resting = [0, 1, 2].filter((i) => !game.coefficients[i]!.size);
  if (resting.length === 1) {
    const [u, v] = [0, 1, 2].filter((i) => i !== resting[0]) as [number, number];
    const [b, d] = [game.at(u, state, v).sign(), game.at(v, state, u).sign()];
    if (b * d > 0 || (b * d === 0 && (b || d))) return unstable(LAYER_SADDLE);
    if (b) return stable(LAYER_CENTRE);
  }
  if (branch?.dimension === 2) return onPlane(game, state, branch);
  if (branch?.dimension === 1 && local.cubic && local.cubic[0].sign() > 0) {
    return ellipticCurve(game, branch) ?? undecided;
  }
  return undecided;
}

/** A rest surface x_u = c inside the cube: off it the other two shares move, in a planar flow. */
function onPlane(game: Multilinear, state: Exact[], branch: RestBranch): BinaryVerdict {
  const u = [0, 1, 2].find((i) => !branch.moving.includes(i))!;
  const [v, w] = branch.moving as [number, number];
  if (game.at(v, state, u).sign() || game.at(w, state, u).sign()) return unstable(SURFACE_PULL);
  return circling(game.at(v, state, u, w).sign(), game.at(w, state, u, v).sign(), SURFACE_LOOPS, SURFACE_AWAY);
}

/** A curve of rest states inside the cube whose transverse eigenvalues are imaginary. */
function ellipticCurve(game: Multilinear, branch: RestBranch): BinaryVerdict | null {
  const constant = [0, 1, 2].filter((i) => !isLinked(branch.coordinates[i]!) && !branch.moving.includes(i));
  if (constant.length === 1) {
    const u = constant[0]!;
    if ([0, 1, 2].every((i) => i === u || divisible(game, i, u))) return stable(TWO_CONSERVED);
  }
  if (constant.length === 2 && proportional(game, constant[0]!, constant[1]!)) return stable(TIME_CHANGED);
  return null;
}

/** Whether f_i = (x_u - c)·q, given that it vanishes on the plane x_u = c: q's zero set is a line. */
function divisible(game: Multilinear, i: number, u: number): boolean {
  const k = 3 - i - u;
  const [p, q] = [game.coefficient(i, 0), game.coefficient(i, 1 << u)];
  const [r, s] = [game.coefficient(i, 1 << k), game.coefficient(i, (1 << u) | (1 << k))];
  return p.times(s).equals(q.times(r)) && (q.sign() !== 0 || s.sign() !== 0 || (p.sign() === 0 && r.sign() === 0));
}

/** Whether f_u = (x_v - b)·A(z) and f_v = (x_u - a)·B(z) with A/B constant. */
function proportional(game: Multilinear, u: number, v: number): boolean {
  const w = 3 - u - v;
  const factor = (i: number, j: number): [Exact, Exact] =>
    [game.coefficient(i, 1 << j), game.coefficient(i, (1 << j) | (1 << w))];
  const [[a0, a1], [b0, b1]] = [factor(u, v), factor(v, u)];
  return divisible(game, u, v) && divisible(game, v, u) && a0.times(b1).equals(a1.times(b0));
}

/** Both borders are at rest: u' = b·u·v, v' = d·u·v to lowest order, u, v >= 0. */
function planarCorner(b: number, d: number): BinaryVerdict {
  if (b === 0 && d === 0) return stable(ALL_REST);
  if (Math.max(b, d) <= 0) return stable(NO_GROWTH);
  return Math.min(b, d) < 0 ? stable(LOGARITHMS) : unstable(ONE_GROWS);
}

/** The border v = 0 is at rest and v is neutral there: u' ~ b·v, v' ~ d·u·v, v >= 0. */
function planarEdge(along: number, across: number): BinaryVerdict {
  if (along === 0 && across === 0) return stable(ALL_REST);
  if (along * across < 0) return stable(RETURNS);
  return unstable(along === 0 ? SPREADS : DRIFTS);
}

/** A mixed state whose eigenvalues along the face have zero real part: b·d <= 0. */
function planarInterior(b: number, d: number): BinaryVerdict {
  if (b * d < 0) return stable(EXTREMUM);
  return b === 0 && d === 0 ? stable(ALL_REST) : unstable(ONE_RESTS);
}

/**
 * The verdict on a piece of a rest set from one of its states.  One that rests on equalities is kept only where
 * they hold along the whole piece: polynomials of degree at most twelve, so thirteen states decide.
 */
export function judgePiece(
  game: Multilinear, branch: RestBranch, sample: Exact[], ends: [Exact, Exact] | null,
): BinaryVerdict {
  const at = (state: Exact[]) => judge(game, branch.face, state, linearise(game, branch.face, state), branch);
  const found = at(sample);
  if (!found.pointwise) return found;
  const somewhere: BinaryVerdict = { label: "undecided", why: "a conserved quantity was found at single states of it only" };
  if (branch.dimension !== 1 || !ends) return somewhere;
  const [low, high] = ends;
  if (!low.rational || !high.rational) return somewhere;
  for (let k = 1; k < 14; k++) {
    const t = low.plus(high.minus(low).times(Exact.of(k, 14)));
    if (at(branch.state([t])).label !== found.label) return somewhere;
  }
  return found;
}

