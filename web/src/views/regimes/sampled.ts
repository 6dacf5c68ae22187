// A regime map without a server: the regime at the middle of each cell, by the page's own exact labels.  What
// holds between the middles is not known, and the page says so.
import { Exact } from "../../exact/number";
import { actingModel, brokenAssumptions, effectiveOf, movedTo, type Position } from "../../analysis/instruments";
import { labelsAt } from "../../analysis/labels";
import type { GameModel } from "../../model";
import type { Lever } from "../../state/levers";
import { letterOf, playedIn, type Regime } from "./map";

export interface Sampled {
  count: number;
  regimes: Regime[];
  /** The regime of each cell, from the lower left, row by row. */
  cells: number[];
  /** What is played in the states, by their ids. */
  supports: Record<string, string[][]>;
  /** Whether finer ones follow. */
  last: boolean;
}

/** Cells a side: coarse at once, then finer. */
const COUNTS = [12, 24, 48];
/** Milliseconds of work before the page may draw again. */
const SLICE = 10;

/** What was found on the way: what is played in states by their ids, and the states of each regime by its key. */
interface Seen { supports: Record<string, string[][]>; stable: Record<string, string[]> }

/** What holds at one place: a key for the kind and for what is played in the stable states. */
function regimeAt(game: GameModel, { settings, levels }: Position, { supports, stable }: Seen): string {
  const force = effectiveOf(game, settings, levels);
  if (force.trouble) return "open";
  if (brokenAssumptions(game, force.effective).length > 0) return "outside";
  const found = labelsAt(actingModel(game, force, levels), force.effective);
  if (found.open.length > 0 || !found.complete || found.points.some((p) => p.label === null)) return "open";
  const attracting = found.points.filter((p) => p.label === "asymptotically stable");
  for (const point of attracting) supports[point.id] = point.support;
  const key = `stable ${playedIn(attracting.map((p) => p.support))}`;
  stable[key] ??= attracting.map((p) => p.id).sort();
  return key;
}

/** The exact middles of `count` cells between the ends of a lever's range. */
function middles({ range }: Lever, count: number): string[] {
  const [least, greatest] = [Exact.read(range[0])!, Exact.read(range[1])!];
  const width = greatest.minus(least);
  return Array.from({ length: count }, (_, k) => least.plus(width.times(Exact.of(2 * k + 1, 2 * count))).text);
}

function* sweep(game: GameModel, over: [Lever, Lever], at: Position): Generator<Sampled | null> {
  const seen: Seen = { supports: {}, stable: {} };
  for (const count of COUNTS) {
    const [across, up] = over.map((lever) => middles(lever, count)) as [string[], string[]];
    const keys: string[] = [];
    for (const y of up) {
      for (const x of across) {
        keys.push(regimeAt(game, movedTo(movedTo(at, over[0].name, x), over[1].name, y), seen));
        yield null;
      }
    }
    yield gathered(keys, count, seen, count === COUNTS.at(-1));
  }
}

/** Cells as regimes, the largest first, what is no regime last. */
function gathered(keys: string[], count: number, seen: Seen, last: boolean): Sampled {
  const found = new Map<string, number>();
  for (const key of keys) found.set(key, (found.get(key) ?? 0) + 1);
  const rank = (key: string) => (key === "open" ? 2 : key === "outside" ? 1 : 0);
  const order = [...found.keys()].sort((a, b) => rank(a) - rank(b) || found.get(b)! - found.get(a)! || (a < b ? -1 : 1));
  const regimes = order.map((key, k): Regime => {
    const kind = rank(key) === 0 ? "stable" : (key as "open" | "outside");
    return {
      letter: kind === "stable" ? letterOf(k) : "",
      kind,
      stable: seen.stable[key] ?? [],
      generic: true,
      share: found.get(key)! / keys.length,
    };
  });
  return { count, regimes, cells: keys.map((key) => order.indexOf(key)), supports: { ...seen.supports }, last };
}

/** Samples in slices that leave the page its frames; each finer map is told as it comes.  Returns how to stop. */
export function sample(game: GameModel, over: [Lever, Lever], at: Position, tell: (found: Sampled) => void): () => void {
  const work = sweep(game, over, at);
  let timer = 0;
  const slice = () => {
    const end = performance.now() + SLICE;
    while (performance.now() < end) {
      const step = work.next();
      if (step.done) return;
      if (step.value) tell(step.value);
    }
    timer = window.setTimeout(slice);
  };
  timer = window.setTimeout(slice);
  return () => { clearTimeout(timer); };
}
