// The trajectory while instruments are raised for a time, with what is spent and emitted along it.
//
// The state moves in logarithms, so that what a long pulse has all but driven out can still come back after it.
// Costs and emissions are integrated beside it, under the same control of errors.
import { actingModel, effectiveOf, instrumentsInForce, substituted } from "../analysis/instruments";
import { compile, fraction, type Values } from "../expression/evaluate";
import type { GameModel, Tree } from "../model";
import { dormandPrince, placeOf, type Solution } from "./dormand_prince";
import { sharesOf, type State } from "./field";
import { flowAt, type Flow } from "./growth";
import { stretchesOf, type Stretch } from "./pulses";
import { Logarithms } from "./trajectory";
import type { Pulse } from "../state/store";

/** Who pays, as the game file names them, and what is emitted. */
const ACCOUNTS = ["public", "enterprises", "emissions"] as const;
export type Account = (typeof ACCOUNTS)[number];

/** Of a step, in logarithms, and of costs.  Larger: fewer digits of costs and dates hold. */
const TOLERANCE = 1e-9;
/** How long a trajectory is followed after the last pulse, over the fastest growth; slower ones are left open. */
const PATIENCE = 2000;
/** Of the largest rate, where a start is a rest state but for rounding.  Larger: what leaves a saddle slowly is taken for one. */
const STILL = 1e-13;
/** Steps of one stretch.  Fewer: slow turns around a rest point are left open earlier. */
const MOST = 4000;

/** How the game moves on one stretch of time, and what it costs a unit of time there. */
interface Motion {
  stretch: Stretch;
  flow: Flow;
  rates: (((state: State) => number) | null)[];
}

/** A game under pulses, ready to follow starts. */
export interface Supported {
  motions: Motion[];
  /** The accounts of which the game tells something. */
  accounts: Account[];
  discount: number;
  /** When the last pulse ends. */
  over: number;
  /** Why an instrument could not be applied, a key of the languages; empty where all could. */
  trouble: string;
}

/** Makes a game ready under standing levels and pulses. */
export function supported(
  game: GameModel, settings: Record<string, string>, standing: Record<string, string>, pulses: Pulse[], discount = 0,
): Supported {
  const stretches = stretchesOf(standing, pulses);
  const accounts = ACCOUNTS.filter((account) =>
    account === "emissions" ? game.emissions !== null : game.instruments.some((i) => i.cost[account] !== undefined));
  let trouble = "";
  const motions = stretches.map((stretch) => {
    const force = effectiveOf(game, settings, stretch.levels);
    trouble ||= force.trouble;
    const levels = numbers({ ...Object.fromEntries(game.instruments.map((i) => [i.name, i.idle])), ...stretch.levels });
    const values = { ...numbers(force.effective), ...levels };
    const base = { ...numbers(settings), ...levels };
    const used = instrumentsInForce(game, stretch.levels);
    const rates = accounts.map((account) => {
      if (account === "emissions") return evaluated([substituted(game.emissions!, force.moving)], values, game);
      return evaluated(used.flatMap((i) => { const cost = i.cost[account]; return cost === undefined ? [] : [cost]; }), base, game);
    });
    return { stretch, flow: flowAt(actingModel(game, force, stretch.levels), values), rates };
  });
  return { motions, accounts, discount, over: stretches.at(-1)!.from, trouble };
}

/** The same game without costs and emissions, which is quicker to follow. */
export function withoutAccounts(of: Supported): Supported {
  return { ...of, accounts: [], motions: of.motions.map((motion) => ({ ...motion, rates: [] })) };
}

function numbers(texts: Record<string, string>): Values {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, fraction(text)]));
}

/** The sum of trees as a function of the state; null for an empty one. */
function evaluated(trees: Tree[], values: Values, game: GameModel): ((state: State) => number) | null {
  if (!trees.length) return null;
  const [shares, terms, here] = [sharesOf(game), trees.map(compile), { ...values }];
  return (state) => {
    for (let k = 0; k < shares.length; k++) here[shares[k]!] = state[k]!;
    let sum = 0;
    for (const term of terms) sum += term(here);
    return sum;
  };
}

/** A trajectory under pulses. */
export interface Path {
  start: number[];
  /** How the game moves after the last pulse. */
  flow: Flow;
  /** Until when it was followed; past it everything goes on as it is there. */
  end: number;
  /** Whether it was followed beyond the last pulse. */
  released: boolean;
  /** Whether the start is a rest state throughout, from which rounding alone would lead away. */
  still: boolean;
  /** Writes the shares at a time. */
  at: (time: number, out: State) => void;
  /** What was spent, or emitted, until a time. */
  spent: (account: Account, time: number) => number;
  /** The times of its steps, rising, with 0 and `end`. */
  times: number[];
}

/** Follows a start until `enough` of a state after the last pulse, or until patience ends. */
export function follow(of: Supported, start: ArrayLike<number>, enough: (state: State) => boolean): Path {
  const from = Float64Array.from(start);
  const flow = of.motions[0]!.flow;
  const first = new Logarithms(flow, from);
  const [n, size] = [flow.length, flow.length + of.accounts.length + 1];
  const state = new Float64Array(n);
  let y: State = new Float64Array(size);
  y.set(first.values);
  const growth = new Float64Array(n);
  const still = of.motions.every(({ flow: own }) => {
    const logarithms = new Logarithms(own, from);
    logarithms.rates(from, 1, growth);
    return logarithms.atRest(from, growth, STILL);
  });
  const parts: { from: number; solution: Solution }[] = [];
  for (const { stretch, flow: own, rates } of of.motions) {
    const last = stretch.until === Infinity;
    const span = last ? PATIENCE / (own.scale || 1) : stretch.until - stretch.from;
    const logarithms = new Logarithms(own, from);
    const field = (at: State, out: State) => {
      logarithms.shares(at, state);
      logarithms.rates(state, 1, out);
      // Later costs count less; emissions are tonnes, whenever they are emitted.
      const worth = of.discount ? Math.exp(-of.discount * at[size - 1]!) : 1;
      for (let k = 0; k < rates.length; k++) {
        out[n + k] = (rates[k]?.(state) ?? 0) * (of.accounts[k] === "emissions" ? 1 : worth);
      }
      out[size - 1] = 1;
    };
    const done = last
      ? (_: number, at: State) => { logarithms.shares(at, state); return still || enough(state); }
      : undefined;
    const solution = dormandPrince(field, y, span, TOLERANCE, MOST, done);
    parts.push({ from: stretch.from, solution });
    y = new Float64Array(size);
    solution.at(solution.end, y);
    if (!solution.whole && !last) break;
  }
  const froms = parts.map((p) => p.from);
  const end = parts.at(-1)!.from + parts.at(-1)!.solution.end;
  const released = parts.length === of.motions.length;
  const now = new Float64Array(size);
  const look = (time: number) => {
    const part = parts[parts.length > 1 && time < froms.at(-1)! ? placeOf(froms, time) : parts.length - 1]!;
    part.solution.at(time - part.from, now);
  };
  const spent = (account: Account, time: number) => {
    const k = of.accounts.indexOf(account);
    if (k < 0) return 0;
    look(time);
    const until = now[n + k] ?? 0;
    if (time <= end || !released) return until;
    first.shares(now, state);
    const rate = of.motions.at(-1)!.rates[k]?.(state) ?? 0;
    const r = account === "emissions" ? 0 : of.discount;
    return until + rate * (r ? (Math.exp(-r * end) - Math.exp(-r * time)) / r : time - end);
  };
  return {
    start: Array.from(start),
    flow: of.motions.at(-1)!.flow,
    end,
    released,
    still,
    at: (time, out) => { look(time); first.shares(now, out); },
    spent,
    times: parts.flatMap(({ from, solution }) => solution.times.slice(from > 0 ? 1 : 0).map((t) => from + t)),
  };
}
