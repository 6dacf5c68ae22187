// Where the set of stable states changes as one lever moves and all others stay.
//
// Where payoffs are linear in the others' shares and without the own one, just the strict Nash equilibria attract
// (Ritzberger & Weibull 1995), so the signs of the advantages at the pure profiles decide, and these are quotients
// of polynomials in the lever: their zeros are found exactly.  Elsewhere labels at many positions show a change, and
// halving narrows it.
import { type AlgebraicRoot, rootsInUnitInterval } from "../exact/algebraic.ts";
import { Exact, HALF, NotExact, ONE, ZERO } from "../exact/number.ts";
import { type Univariate, valueOf } from "../exact/polynomial.ts";
import { FUNCTIONS, negative, type RationalFunction, signPolynomial } from "../exact/rational_function.ts";
import { evaluateIn } from "../expression/evaluate_exact.ts";
import type { GameModel } from "../model.ts";
import { actingModel, effectiveOf, instrumentsInForce, movedTo, type Position } from "./instruments.ts";
import { labelsAt } from "./labels.ts";
import { RestStateIds, type Support } from "./rest_state_ids.ts";
import { cornersTellAll } from "./share_polynomial.ts";

export interface Mark {
  at: number;
  /** An exact position: the change itself where that is a short fraction, else a decimal close to it. */
  exact: string;
  /** The ids of the states that are asymptotically stable just below and just above it. */
  before: string[];
  after: string[];
}

/** Positions at which labels are looked at where there is no formula, and halvings of a change. */
const SAMPLES = 32;
const HALVINGS = 24;
/** Changes that are told between two neighbouring ones of these positions. */
const MOST_BETWEEN = 6;
/** A part of a width at which no change likes to lie. */
const BESIDE = Exact.of(331, 997);

/** Work that pauses between its parts, so that a page can do other things meanwhile. */
type Paused<T> = Generator<undefined, T>;

/** The marks of a lever, a parameter or an instrument, on the slider of its range. */
export function marksOf(model: GameModel, at: Position, name: string, range: [string, string]): Mark[] {
  const work = marksInParts(model, at, name, range);
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** The same with pauses. */
export function* marksInParts(model: GameModel, at: Position, name: string, range: [string, string]): Paused<Mark[]> {
  const [low, high] = [Exact.read(range[0]), Exact.read(range[1])];
  if (!low || !high || high.compare(low) <= 0) return [];
  return (yield* orNull(exactMarks(model, at, name, low, high))) ?? (yield* orNull(sampledMarks(model, at, name, low, high))) ?? [];
}

function* orNull<T>(work: Paused<T>): Paused<T | null> {
  try {
    return yield* work;
  } catch (problem) {
    if (problem instanceof NotExact) return null;
    throw problem;
  }
}

// --------------------------------------------------------------------------- by formula

function* exactMarks(model: GameModel, at: Position, name: string, low: Exact, high: Exact): Paused<Mark[] | null> {
  const strict = yield* strictConditions(model, at, name, low, high);
  if (!strict) return null;
  const every = [...new Map(strict.flatMap(({ needs }) => needs).map((p) => [p.map((v) => v.text).join(), p])).values()];
  const cuts = cutsOf(every.flatMap(rootsInUnitInterval));
  const ends = [ZERO, ...cuts.map((cut) => cut.high), ONE];
  const starts = [...cuts.map((cut) => cut.low), ONE];
  const stable = starts.map((start, k) => {
    const middle = ends[k]!.plus(start).times(HALF);
    return strict.filter(({ needs }) => needs.every((p) => valueOf(p, middle).sign() < 0)).map(({ id }) => id);
  });
  const width = high.minus(low);
  return cuts.flatMap((cut, k): Mark[] => {
    const [before, after] = [stable[k]!, stable[k + 1]!];
    if (String(before) === String(after)) return [];
    const exact = cut.exact && low.plus(width.times(cut.exact));
    const place = exact?.float ?? low.float + width.float * cut.low.float;
    return [{ at: place, exact: exact?.text ?? decimal(place), before, after }];
  });
}

interface Cut { low: Exact; high: Exact; exact: Exact | null }

/** Roots in order; those whose narrow intervals overlap are one cut. */
function cutsOf(roots: AlgebraicRoot[]): Cut[] {
  const cuts: Cut[] = [];
  for (const { interval: [low, high], exact } of roots.sort((a, b) => a.interval[0].compare(b.interval[0]))) {
    const last = cuts[cuts.length - 1];
    if (!last || low.compare(last.high) > 0) cuts.push({ low, high, exact });
    else {
      if (high.compare(last.high) > 0) last.high = high;
      last.exact ??= exact;
    }
  }
  return cuts;
}

/** For each pure profile the polynomials in t, the lever at low + t·(high - low), that are below 0 where it is strict. */
function* strictConditions(
  model: GameModel, at: Position, name: string, low: Exact, high: Exact,
): Paused<{ id: string; needs: Univariate[] }[] | null> {
  const shares = model.populations.map((p) => p.share);
  // At its idle level an instrument does not act, so it is looked at elsewhere.
  const idle = model.instruments.find((i) => i.name === name)?.idle;
  const moved = movedTo(at, name, (idle && Exact.read(idle)?.equals(low) ? high : low).text);
  const inForce = effectiveOf(model, moved.settings, moved.levels);
  if (Object.keys(inForce.moving).length || inForce.trouble) return null;
  const acting = actingModel(model, inForce, moved.levels);
  const alone = shares.length === 1;
  if (!cornersTellAll(acting)) return null;
  const values = functionsOf(model, at, name, low, high);
  if (!values) return null;
  const ids = new RestStateIds(model.populations.map(() => 2), model.balanced);
  const advantage = (i: number, corner: number[]) => {
    const known = (which: string): RationalFunction | undefined => {
      const j = shares.indexOf(which);
      return j < 0 ? values[which] : FUNCTIONS.number(Exact.of(corner[j]!));
    };
    const [first, second] = acting.payoffs[i]!.map((u) => evaluateIn(FUNCTIONS, u, known)) as [RationalFunction, RationalFunction];
    return FUNCTIONS.add(first, negative(second));
  };
  const profiles = Array.from({ length: 2 ** shares.length }, (_, bits) => shares.map((_, j) => (bits >> (shares.length - 1 - j)) & 1));
  const found: { id: string; needs: Univariate[] }[] = [];
  for (const corner of profiles) {
    yield;
    found.push({
      id: ids.point(corner.map((x) => [1 - x]) as Support),
      // Who plays the first strategy must lose by leaving it, who plays the second by taking it up.
      needs: corner.map((x, i) => {
        const gain = advantage(i, corner);
        return signPolynomial(x ? negative(gain) : gain);
      }),
    });
  }
  if (!alone) return found;
  // Where an advantage vanishes throughout, the end attracts or not by what lies beside it.
  return found.some(({ needs }) => !needs[0]!.length) ? null : withMixed(found, ids);
}

/** With one population that plays itself, the mixed point attracts where both pure ones repel. */
function withMixed(found: { id: string; needs: Univariate[] }[], ids: RestStateIds): { id: string; needs: Univariate[] }[] {
  const opposite = found.map(({ needs }) => needs[0]!.map((v) => v.negative()));
  return [...found, { id: ids.point([[0, 1]]), needs: opposite }];
}

/** Each effective parameter as a function of t, the lever at low + t·(high - low). */
function functionsOf(
  model: GameModel, { settings, levels }: Position, name: string, low: Exact, high: Exact,
): Record<string, RationalFunction> | null {
  const lever: RationalFunction = { above: [low, high.minus(low)], below: [ONE] };
  const now: Record<string, RationalFunction> = {};
  const read = (text: string) => {
    const value = Exact.read(text);
    if (!value) throw new NotExact(`${text} is not a number`);
    return FUNCTIONS.number(value);
  };
  for (const [of, text] of Object.entries(settings)) now[of] = of === name ? lever : read(text);
  for (const i of model.instruments) now[i.name] = i.name === name ? lever : read(levels[i.name] ?? i.idle);
  const shares = new Set(model.populations.flatMap((p) => p.shares));
  const acting = instrumentsInForce(model, levels);
  for (const instrument of model.instruments) {
    if (instrument.name !== name && !acting.includes(instrument)) continue;
    const changed: Record<string, RationalFunction> = {};
    for (const [of, tree] of Object.entries(instrument.changes)) {
      const value = evaluateIn<RationalFunction>(FUNCTIONS, tree, (which) => {
        if (shares.has(which)) throw new NotExact("a parameter that moves with the shares");
        return now[which];
      });
      changed[of] = value;
    }
    Object.assign(now, changed);
  }
  return now;
}

function decimal(value: number): string {
  return String(Number(value.toPrecision(12)));
}

// --------------------------------------------------------------------------- by looking

function* sampledMarks(model: GameModel, at: Position, name: string, low: Exact, high: Exact): Paused<Mark[]> {
  const stableAt = (position: Exact): string | null => {
    const { settings, levels } = movedTo(at, name, position.text);
    const inForce = effectiveOf(model, settings, levels);
    if (inForce.trouble) return null;
    const found = labelsAt(actingModel(model, inForce, levels), inForce.effective);
    if (!found.complete || found.points.some((p) => p.label === null)) return null;
    return found.points.filter((p) => p.label === "asymptotically stable").map((p) => p.id).join();
  };
  const width = high.minus(low);
  // Off the short fractions at which changes like to lie.
  const positions = Array.from({ length: SAMPLES }, (_, k) => low.plus(width.times(Exact.of(997 * k + 331, 997 * SAMPLES))));
  const sets: (string | null)[] = [];
  for (const position of positions) {
    yield;
    sets.push(stableAt(position));
  }
  const marks: Mark[] = [];
  for (let k = 1; k < positions.length; k++) {
    const [before, after] = [sets[k - 1], sets[k]];
    if (before == null || after == null || before === after) continue;
    marks.push(...(yield* changesBetween(stableAt, [positions[k - 1]!, before], [positions[k]!, after])));
  }
  return marks;
}

/** The changes one after the other between two positions at which different states are stable. */
function* changesBetween(
  stableAt: (position: Exact) => string | null, [start, first]: [Exact, string], [end, last]: [Exact, string],
): Paused<Mark[]> {
  const marks: Mark[] = [];
  let [from, before] = [start, first];
  while (before !== last && marks.length < MOST_BETWEEN) {
    let [a, b] = [from, end];
    for (let h = 0; h < HALVINGS; h++) {
      yield;
      const width = b.minus(a);
      let middle = a.plus(width.times(HALF));
      let there = stableAt(middle);
      if (there === null) there = stableAt(middle = a.plus(width.times(BESIDE)));
      // Where labels are open between the two, nobody knows here at which position the change is.
      if (there === null) return marks;
      if (there === before) a = middle;
      else b = middle;
    }
    // The change itself may be at b, so what comes next is seen a little beyond it.
    const beyond = b.plus(b.minus(a).times(BESIDE));
    const seen = beyond.compare(end) < 0 ? stableAt(beyond) : null;
    const after = seen ?? last;
    const exact = shortest(a, b);
    if (after !== before) marks.push({ at: exact.float, exact: exact.text, before: split(before), after: split(after) });
    [from, before] = seen === null ? [end, last] : [beyond, seen];
  }
  return marks;
}

function split(ids: string): string[] {
  return ids ? ids.split(",") : [];
}

/** The fraction with the least denominator between two numbers, both included (Stern 1858, Brocot 1861). */
function shortest(a: Exact, b: Exact): Exact {
  const whole = Exact.of(a.p / a.r - (a.p < 0n && a.p % a.r !== 0n ? 1n : 0n));
  if (whole.equals(a)) return whole;
  if (whole.plus(ONE).compare(b) <= 0) return whole.plus(ONE);
  return whole.plus(ONE.over(shortest(ONE.over(b.minus(whole)), ONE.over(a.minus(whole)))));
}

