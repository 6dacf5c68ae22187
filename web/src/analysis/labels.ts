// Every rest state at exact parameters, with its label: what `separatrix.analyze` says, as far as the page can
// prove it by itself.  What it cannot prove is open, and the server answers.
import { type Exact, NotExact } from "../exact/number.ts";
import { evaluateExact } from "../expression/evaluate_exact.ts";
import type { GameModel } from "../model.ts";
import { affineGame } from "./affine/affine_game.ts";
import { affineAnswer } from "./affine/answer.ts";
import { binaryAnswer, cornersOf } from "./binary/answer.ts";
import { exactValues } from "./instruments.ts";
import { Multilinear } from "./binary/multilinear.ts";
import { advantageOf, oneShareAnswer } from "./one_share.ts";
import { pureProfiles } from "./pure_profiles.ts";
import { named, RestStateIds, type Support } from "./rest_state_ids.ts";
import { payoffPolynomials } from "./share_polynomial.ts";
import { twoSharesAnswer } from "./two_shares.ts";
import type { Label, Signs, Verdict } from "./verdict.ts";

export type { Label } from "./verdict.ts";

export interface LabelledPoint {
  id: string;
  /** The names of the strategies played, population by population. */
  support: string[][];
  /** Shares in the order of `sharesOf(model)`. */
  state: number[];
  /** The same as exact texts: "1/3", "(1 + √5)/4"; a decimal with "≈" where there is no closed form. */
  exact: string[];
  /** Null: open, the server answers. */
  label: Label | null;
  /** How many eigenvalues have negative, zero and positive real part. */
  signs: Signs | null;
  eigenvalues: [number, number][];
  /** Whether it is not on a rest set. */
  isolated: boolean | null;
  nash: boolean | null;
  strictNash: boolean | null;
  ess: boolean | null;
  /** Why it has its label, a key of the languages. */
  why: string;
  whyHoles?: Record<string, string>;
}

/** A piece of a continuum of rest points on which the label of single points is constant. */
export interface LabelledSet {
  id: string;
  support: string[][];
  dimension: number;
  label: Label | null;
  /** The ends of a straight piece, the corners of a flat one; empty where it bends. */
  corners: number[][];
  /** States on it for drawing: a polyline along a curve, a cloud on a surface. */
  samples: number[][];
  nash: boolean | null;
  why: string;
}

export interface Labelled {
  points: LabelledPoint[];
  sets: LabelledSet[];
  /** Why something is left to the server, keys of the languages; empty = all is answered here. */
  open: string[];
  /** Whether every rest state is listed. */
  complete: boolean;
}

/** A share: an exact number, or a root that has no closed form. */
export interface Share { readonly float: number; readonly text: string }

/** A rest point as a route finds it, before it has its name. */
export interface FoundPoint {
  support: Support;
  state: Share[];
  verdict: Verdict;
  signs: Signs | null;
  eigenvalues: [number, number][];
  isolated: boolean | null;
  nash: boolean | null;
  strictNash: boolean | null;
  ess: boolean | null;
}

/** A piece of a rest set as a route finds it. */
export interface FoundSet {
  support: Support;
  dimension: number;
  verdict: Verdict;
  corners: number[][];
  samples: number[][];
  nash: boolean | null;
}

/** What a route finds. */
export interface Found {
  points: FoundPoint[];
  sets: FoundSet[];
  open: string[];
  complete: boolean;
}

const NO_ROUTE = "the page does not solve payoffs of this form by itself";
const NO_NUMBERS = "the payoffs are not rational numbers here";
const NOTHING: Found = { points: [], sets: [], open: [], complete: false };

/** Labels every rest state of a model, instruments in force written into it, at exact parameters. */
export function labelsAt(model: GameModel, effective: Record<string, string>): Labelled {
  let found: Found;
  try {
    found = foundAt(model, exactValues(effective));
  } catch (problem) {
    if (!(problem instanceof NotExact)) throw problem;
    found = { ...NOTHING, open: [NO_NUMBERS] };
  }
  return told(model, found);
}

/** By the most exact route that the payoffs allow; the pure profiles alone where there is none. */
function foundAt(model: GameModel, values: Record<string, Exact>): Found {
  const tabled = model.form !== "advantages" && model.form !== "replicator";
  try {
    const found = byRoute(model, values, tabled);
    if (found) return found;
  } catch (problem) {
    if (!(problem instanceof NotExact)) throw problem;
  }
  return pureProfiles(model, values, tabled, NO_ROUTE);
}

function byRoute(model: GameModel, values: Record<string, Exact>, tabled: boolean): Found | null {
  const binary = model.populations.every((p) => p.strategies.length === 2);
  if (binary && model.populations.length <= 3) {
    const corners = cornersOf(model, values);
    if (corners && corners.length > 1) return binaryAnswer(new Multilinear(corners));
    const [low, high] = [corners?.[0]!.get(0), corners?.[0]!.get(1)];
    if (low && high) return oneShareAnswer([low, high.minus(low)], tabled);
  }
  // A table of three parties or more is no sum of encounters in pairs; written out it would take longer than a frame.
  if (model.form === "profiles" && model.populations.length > 2) return null;
  const payoffs = payoffPolynomials(model, values);
  const speeds = model.speeds.map((speed) => evaluateExact(speed, values));
  if (speeds.some((speed) => speed.sign() <= 0)) return { ...NOTHING, open: [NO_NUMBERS] };
  if (binary && model.populations.length === 1) return oneShareAnswer(advantageOf(payoffs[0]!, speeds[0]!), tabled);
  const affine = affineGame(model.populations.map((p) => p.strategies.length), speeds, payoffs);
  if (affine) return affineAnswer(affine, tabled);
  return binary && model.populations.length === 2 ? twoSharesAnswer(payoffs, speeds, tabled) : null;
}

/** What a route found in the words of the page, each rest state by its one name. */
function told(model: GameModel, found: Found): Labelled {
  const ids = new RestStateIds(model.populations.map((p) => p.strategies.length), model.balanced);
  const names = (support: Support) =>
    support.map((played, i) => played.map((a) => model.populations[i]!.strategies[a]!.name));
  const points = found.points.map((p) => ({ ...p, id: "", place: p.state.map((x) => x.float) }));
  const sets = found.sets.map((s) => ({ ...s, id: "", place: middle(s.corners.length ? s.corners : s.samples) }));
  return {
    points: named(points, ids, (s) => ids.point(s)).map((p) => ({
      id: p.id,
      support: names(p.support),
      state: p.place,
      exact: p.state.map((x) => x.text),
      label: p.verdict.label,
      signs: p.signs,
      eigenvalues: p.eigenvalues,
      isolated: p.isolated,
      nash: p.nash,
      strictNash: p.strictNash,
      ess: p.ess,
      why: p.verdict.why,
    })),
    sets: named(sets, ids, (s) => ids.restSet(s)).map((s) => ({
      id: s.id, support: names(s.support), dimension: s.dimension, label: s.verdict.label,
      corners: s.corners, samples: s.samples, nash: s.nash, why: s.verdict.why,
    })),
    open: found.open,
    complete: found.complete,
  };
}

function middle(states: number[][]): number[] {
  return states[0]?.map((_, k) => states.reduce((total, s) => total + s[k]!, 0) / states.length) ?? [];
}
