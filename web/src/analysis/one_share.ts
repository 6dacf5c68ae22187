// One population of two strategies: x' = x(1-x)·f(x), so the sign of f beside a rest point decides everything.
// For a linear f the twin of src/separatrix/analysis/rest_points/binary/one_population.py.
import { type Exact, ONE, ZERO } from "../exact/number.ts";
import { type Found, type FoundPoint, NO_ROUTE } from "./labels.ts";
import { minus, type Polynomial, valueAt } from "./share_polynomial.ts";
import { ALL_REST, type Signs, type Verdict } from "./verdict.ts";

const BACK = "the advantage drives the share back";
const AWAY = "the advantage drives the share away";

export function oneShareAnswer(payoffs: Polynomial[]): Found {
  const advantage = minus(payoffs[0]!, payoffs[1]!);
  if ([...advantage.keys()].some((e) => Number(e) > 1)) {
    return { points: [], sets: [], open: [NO_ROUTE], complete: false };
  }
  return linearAnswer(valueAt(advantage, [ZERO]), valueAt(advantage, [ONE]));
}

/** The answer from the advantage of the first strategy where nobody plays it and where everybody does. */
function linearAnswer(low: Exact, high: Exact): Found {
  const points = [pointAt(ZERO, low, high), pointAt(ONE, low, high)];
  if (low.sign() * high.sign() < 0) points.push(pointAt(low.over(low.minus(high)), low, high));
  const everywhere = !low.sign() && !high.sign();
  const ends = [[0], [1]];
  return {
    points,
    sets: everywhere
      ? [{ support: [[0, 1]], dimension: 1, verdict: { label: "stable", why: ALL_REST }, corners: ends, samples: ends, nash: true }]
      : [],
    open: [],
    complete: true,
  };
}

function pointAt(x: Exact, low: Exact, high: Exact): FoundPoint {
  const slope = high.minus(low);
  const value = low.plus(slope.times(x));
  const [atZero, atOne] = [x.equals(ZERO), x.equals(ONE)];
  const eigenvalue = value.times(ONE.minus(x).minus(x)).plus(x.times(ONE.minus(x)).times(slope));
  // Whether states just above and just below move towards it (1), rest (0) or move away (-1).
  const towards: number[] = [];
  if (!atOne) towards.push(-(value.sign() || slope.sign()));
  if (!atZero) towards.push(value.sign() || -slope.sign());
  const signs: Signs = [0, 0, 0];
  signs[eigenvalue.sign() + 1] = 1;
  return {
    support: [atZero ? [1] : atOne ? [0] : [0, 1]],
    state: [x],
    verdict: verdictOf(towards),
    signs,
    eigenvalues: [[eigenvalue.float, 0]],
    isolated: low.sign() !== 0 || high.sign() !== 0,
    nash: value.sign() === 0 || (atZero && value.sign() < 0) || (atOne && value.sign() > 0),
    strictNash: (atZero && value.sign() < 0) || (atOne && value.sign() > 0),
    ess: towards.every((s) => s > 0),
  };
}

function verdictOf(towards: number[]): Verdict {
  if (towards.every((s) => s === 0)) return { label: "stable", why: ALL_REST };
  return towards.every((s) => s > 0) ? { label: "asymptotically stable", why: BACK } : { label: "source", why: AWAY };
}
