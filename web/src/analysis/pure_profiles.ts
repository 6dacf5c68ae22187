// The pure profiles of any game, labelled where eigenvalues decide: what the page says while it has no more.
// A strategy that nobody plays has the eigenvalue speed · (its payoff - that of the played one), exactly.
import { type Exact, NotExact, ONE, ZERO } from "../exact/number.ts";
import { evaluateExact } from "../expression/evaluate_exact.ts";
import type { GameModel } from "../model.ts";
import type { Found, FoundPoint } from "./labels.ts";
import { byEigenvalues, OPEN, type Signs } from "./verdict.ts";

/** Profiles past which none is told. */
const MOST = 256;

export function pureProfiles(model: GameModel, values: Record<string, Exact>, tabled: boolean, why: string): Found {
  const sizes = model.populations.map((p) => p.strategies.length);
  const nothing: Found = { points: [], sets: [], open: [why], complete: false };
  if (sizes.reduce((product, size) => product * size, 1) > MOST) return nothing;
  const speeds = model.speeds.map((speed) => evaluateExact(speed, values));
  if (speeds.some((speed) => speed.sign() <= 0)) throw new NotExact("a speed that is not positive");
  let profiles: number[][] = [[]];
  for (const size of sizes) {
    profiles = profiles.flatMap((before) => Array.from({ length: size }, (_, a) => [...before, a]));
  }
  return { ...nothing, points: profiles.map((profile) => pointAt(model, values, speeds, profile, tabled)) };
}

function pointAt(
  model: GameModel, values: Record<string, Exact>, speeds: Exact[], profile: number[], tabled: boolean,
): FoundPoint {
  const state = model.populations.flatMap((p, i) => p.shares.map((_, a) => (profile[i] === a ? ONE : ZERO)));
  const names = model.populations.flatMap((p) => p.shares);
  const at = { ...values, ...Object.fromEntries(names.map((name, k) => [name, state[k]!])) };
  const gains = model.payoffs.flatMap((row, i) => {
    const earned = row.map((u) => evaluateExact(u, at));
    const own = earned[profile[i]!]!;
    return earned.flatMap((u, a) => (a === profile[i] ? [] : [speeds[i]!.times(u.minus(own))]));
  });
  const signs: Signs = [0, 0, 0];
  for (const gain of gains) signs[gain.sign() + 1]! += 1;
  const [nash, strict] = [signs[2] === 0, signs[1] + signs[2] === 0];
  return {
    support: profile.map((a) => [a]),
    state,
    verdict: byEigenvalues(signs) ?? { label: null, why: OPEN },
    signs,
    eigenvalues: gains.map((gain) => [gain.float, 0]),
    isolated: signs[1] ? null : true,
    nash,
    strictNash: strict,
    ess: !tabled ? null : strict ? true : !nash || model.balanced ? false : null,
  };
}
