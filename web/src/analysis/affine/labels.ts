// The label of a rest state of a game with affine payoffs: the twin of packages/separatrix/src/separatrix/analysis/stability, as far
// as single arguments decide.  Searches for weights and expansions of higher order are left to the server.
import { type Exact, ONE, ZERO } from "../../exact/number.ts";
import { copositivity } from "../../exact/copositive.ts";
import { characteristic, type Matrix, product, rank, reduced, solve } from "../../exact/linear.ts";
import { ALL_REST, byEigenvalues, NORMALLY_HYPERBOLIC, OPEN, type Verdict } from "../verdict.ts";
import { ownPlay } from "./affine_game.ts";
import { type Local, lossOf } from "./local.ts";

const STRICT = "strict Nash equilibrium: every eigenvalue is negative";
const ESS_SINK = "ESS, and every eigenvalue has negative real part";
const ESS = "it is evolutionarily stable (ESS)";
const NO_ESS = "every eigenvalue has negative real part, though it is not an ESS";
const REVERSED = "in reversed time it attracts all states close by";
const CONSERVED = "a weighted relative entropy is conserved near it";
const CLOSED = "a relative entropy is conserved, so closed orbits surround it";
const LINEAR_CENTRE = "a linear centre of three strategies is surrounded by closed orbits";
const FALLS_BACK = "one strategy is neutral, and its share falls back along the centre manifold";
const SPREADS = "one strategy is neutral, and its share grows along the centre manifold";
const NEUTRAL_LINE = "rest states lead away from it between neutral strategies, and nearby orbits end there";
const NEUTRAL_RAY = "neutral strategies spread together near it";
const EDGE_DRIFT = "orbits that start near its edge of rest states drift away along it";
const SET_DRIFT = "near it a neutral strategy makes the state drift along the set";
const SET_UPHILL = "near it the state drifts to where a neutral strategy earns more";
const SET_ARCHES = "near it orbits leave the continuum of rest points and return to it close by";
const SET_DIES = "near it a neutral strategy dies out, too fast for the state to drift off";
const SET_SPREADS = "a neutral strategy spreads near it";
const SHARE_DRIFTS = "near it a neutral strategy's share drifts, however slowly";

const open: Verdict = { label: null, why: OPEN };

/** Whether a rest state is evolutionarily stable; null where that is not decided here. */
export function evolutionarilyStable(local: Local): boolean | null {
  if (!local.nash) return false;
  if (local.game.sizes.length === 1) return copositivity(lossOf(local, 0), local.inner.length) === "strict";
  if (!ownPlay(local.game).some(Boolean)) return local.strictNash;
  return !local.inner.length && !local.neutral.length ? true : null;
}

export function judge(local: Local, ess: boolean | null): Verdict {
  const signs = local.signs;
  let found = byEigenvalues(signs);
  if (found?.label === "asymptotically stable") {
    const why = local.strictNash ? STRICT : ess ? ESS_SINK : ess === false ? NO_ESS : found.why;
    return { ...found, why };
  }
  // Where several populations play themselves, an ESS would be asymptotically stable; that is not decided here.
  if (!found) found = ess === null ? open : withoutGrowth(local, ess);
  if (found.label !== null && found.label !== "unstable") return found;
  if (signs[0] || found.label === null) return found;
  const backwards = withoutGrowth(local.reversed(), false);
  if (backwards.label === "asymptotically stable") return { label: "source", why: REVERSED };
  return backwards.label === null ? open : found;
}

/** The label of a state without eigenvalues of positive, but some of zero real part. */
function withoutGrowth(local: Local, ess: boolean): Verdict {
  if (ess) return { label: "asymptotically stable", why: ESS };
  const contracting = [...local.outside.values()].some((value) => value.sign() < 0);
  const found = onFace(contracting ? local.restricted(local.neutral) : local);
  // Strategies that earn less die out; beside what circles in the face orbits still come closer.
  return contracting && found.label === "centre" ? { ...found, label: "stable" } : found;
}

function onFace(local: Local): Verdict {
  return allRest(local) ?? single(local) ?? conserved(local) ?? pair(local) ?? beside(local) ?? open;
}

/** Rest states fill every neutral direction: the rest set is a centre manifold. */
function allRest(local: Local): Verdict | null {
  const at = [...local.inner, ...local.neutral];
  if (!at.length) return null;
  const dimension = at.length - rank(local.gains(at, at));
  if (dimension === at.length) return { label: "stable", why: ALL_REST };
  return dimension && dimension === local.signs[1] ? { label: "stable", why: NORMALLY_HYPERBOLIC } : null;
}

/** How the rates of neutral strategies change with their shares, the played ones having adapted; hyperbolic ones. */
function reducedRates(local: Local): Matrix | null {
  const { neutral, inner, spectrum } = local;
  if (spectrum.zero || spectrum.imaginary) return null;
  let gains = local.gains(neutral, neutral);
  if (inner.length) {
    const answer = solve(local.block, local.along(neutral))!;  // the played shares follow as -answer
    const moved = product(local.gains(neutral, inner), answer);
    gains = gains.map((row, i) => row.map((v, j) => v.minus(moved[i]![j]!)));
  }
  return gains.map((row, i) => row.map((v) => v.times(local.speed(neutral[i]!))));
}

/** One neutral strategy beside hyperbolic played ones: u' = c·u² + …, u >= 0. */
function single(local: Local): Verdict | null {
  if (local.neutral.length !== 1) return null;
  const growth = reducedRates(local)?.[0]?.[0]?.sign();
  if (!growth) return null;
  return growth < 0 ? { label: "asymptotically stable", why: FALLS_BACK } : { label: "unstable", why: SPREADS };
}

/** Relative entropies that are constant along orbits, and linear centres of three strategies. */
function conserved(local: Local): Verdict | null {
  const { sizes } = local.game;
  const [size, circles] = [local.inner.length, local.spectrum.imaginary];
  if (local.neutral.length || size !== circles) return null;
  if (sizes.length === 1) {
    if (size === 2) return { label: "centre", why: LINEAR_CENTRE };
    return lossOf(local, 0).every((row) => row.every((v) => !v.sign())) ? { label: "stable", why: CONSERVED } : null;
  }
  if (ownPlay(local.game).some(Boolean)) return null;
  // Without own play the losses are bilinear forms, so only opposite ones add up to one without negative values.
  const forms = sizes.map((_, i) => lossOf(local, i).flat()).filter((form) => form.some((v) => v.sign()));
  if (forms.length !== 2 || !opposite(forms[0]!, forms[1]!)) return null;
  return size === 2 ? { label: "centre", why: CLOSED } : { label: "stable", why: CONSERVED };
}

/** Whether a positive multiple of one vector is the negative of another. */
function opposite(a: Exact[], b: Exact[]): boolean {
  const k = a.findIndex((v) => v.sign() !== 0);
  if (a[k]!.sign() * b[k]!.sign() >= 0) return false;
  return a.every((v, j) => v.times(b[k]!).equals(b[j]!.times(a[k]!)));
}

/** Two neutral strategies beside hyperbolic played ones: u' = u·(a·u + b·v), v' = v·(c·u + d·v), u, v >= 0. */
function pair(local: Local): Verdict | null {
  if (local.neutral.length !== 2) return null;
  const rates = reducedRates(local);
  if (!rates) return null;
  let [[a, b], [c, d]] = rates as [[Exact, Exact], [Exact, Exact]];
  const spreading: Verdict = { label: "unstable", why: NEUTRAL_RAY };
  const line: Verdict = { label: "stable", why: NEUTRAL_LINE };
  if (a.sign() > 0 || d.sign() > 0) return spreading;
  if (!a.sign() && d.sign()) [a, b, c, d] = [d, c, b, a];
  const [across, back] = [b.sign(), c.sign()];
  if (d.sign()) {
    if (across <= 0 || back <= 0) return null;  // it attracts; which argument Python finds first is not known here
    const determinant = b.times(c).compare(a.times(d));
    return determinant > 0 ? spreading : determinant === 0 ? line : null;
  }
  if (a.sign()) {
    if (across > 0) return back > 0 ? spreading : line;
    if (across < 0) return line;
    if (back > 0) return { label: "unstable", why: EDGE_DRIFT };
    return back < 0 || !local.inner.length ? line : null;
  }
  if (!across && !back) return { label: "stable", why: ALL_REST };
  if (!across || !back) return across + back < 0 ? line : spreading;
  return across > 0 && back > 0 ? spreading : line;
}

// --------------------------------------------------------------------------- beside rest sets

/** A state on a rest set of its face beside which one neutral strategy spreads, dies out or lets it drift. */
export function beside(local: Local): Verdict | null {
  const dimension = local.flat;
  const { spectrum } = local;
  if (!dimension || spectrum.imaginary || spectrum.positive || spectrum.zero > dimension) return null;
  const verdicts = local.neutral.map((b) => withNeutral(local, b, dimension));
  const leaving = verdicts.find((v) => v?.label === "unstable");
  if (leaving) return leaving;
  return verdicts.length === 1 ? verdicts[0]! : null;
}

function withNeutral(local: Local, b: number, dimension: number): Verdict | null {
  const { inner } = local;
  const gains = local.gains(inner, inner);
  const crosses = rank([...gains, inner.map((c) => local.gain(b, c))]) > rank(gains);
  const drifts = rank(gains.map((row, k) => [...row, local.gain(inner[k]!, b)])) > rank(gains);
  if (drifts) {
    if (!crosses) return { label: "unstable", why: SET_DRIFT };
    const turn = turnOf(local, b, dimension).sign();
    if (turn) return turn > 0 ? { label: "unstable", why: SET_UPHILL } : { label: "stable", why: SET_ARCHES };
    return null;
  }
  const growth = growthOf(local, b).sign();
  if (growth) return growth < 0 ? { label: "stable", why: SET_DIES } : { label: "unstable", why: SET_SPREADS };
  return crosses ? { label: "unstable", why: SHARE_DRIFTS } : null;
}

/** A number with the sign of the rate at which b's gain changes along the drift. */
function turnOf(local: Local, b: number, dimension: number): Exact {
  const column = local.along([b]);
  const rows = local.block.map((row, k) => [...row, column[k]![0]!]);
  const last = [...local.inner.map((c) => local.gain(b, c)), ZERO];
  return characteristic([...rows, last])[dimension - 1]!.negative();
}

/** How fast b's gain rises with its own share, the played strategies having adapted. */
function growthOf(local: Local, b: number): Exact {
  const i = local.owner[b]!;
  const direction = local.owner.map((_, a) => (a === b ? ONE : ZERO));
  for (const a of local.played[i]!) direction[a] = direction[a]!.minus(local.state[a]!);
  if (local.inner.length) {
    // The adaptation y lies in the range of the Jacobian J: y = J·z with J²·z = -(effect of the spread).
    const { block } = local;
    const mates = local.inner.map((a) => [local.owner[a] === i ? local.state[a]! : ZERO]);
    const effect = local.along([b]);
    const right = product(block, mates).map(([v], k) => v!.minus(effect[k]![0]!));
    const z = solutionOf(product(block, block), right);
    product(block, z.map((v) => [v])).forEach(([y], k) => {
      const a = local.inner[k]!;
      const reference = local.played[local.owner[a]!]![0]!;
      direction[a] = direction[a]!.plus(y!);
      direction[reference] = direction[reference]!.minus(y!);
    });
  }
  const change = product(local.game.matrix, direction.map((v) => [v]));
  return change[b]![0]!.minus(change[local.played[i]![0]!]![0]!);
}

/** A solution of a system that has one. */
function solutionOf(matrix: Matrix, right: Exact[]): Exact[] {
  const { rows, pivots } = reduced(matrix.map((row, k) => [...row, right[k]!]));
  const values = matrix[0]!.map(() => ZERO);
  pivots.forEach((column, k) => { values[column] = rows[k]![matrix[0]!.length]!; });
  return values;
}
