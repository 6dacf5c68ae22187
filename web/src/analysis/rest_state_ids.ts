// One name for one state: the twin of packages/separatrix/src/separatrix/analysis/rest_state_ids.py, which tells the rules.

/** For each population the strategies that are played, ascending. */
export type Support = number[][];

/** Products of supports up to which they are counted; beyond, ids are spelled out. */
const MOST_COUNTED = 10_000;
/** Strategies of a population up to which their numbers are written side by side. */
const SINGLE_DIGITS = 9;

export class RestStateIds {
  readonly sizes: number[];
  private readonly ranks: { points: Map<string, number>; sets: Map<string, number> };

  /** `balanced`: whether payoffs are linear in the shares of each other population and without the own share. */
  constructor(sizes: number[], balanced: boolean) {
    this.sizes = sizes;
    this.ranks = this.counted(balanced);
  }

  /** The id of a rest point, the only one that plays a support. */
  point(support: Support): string {
    if (support.every((played) => played.length === 1)) return `E${this.pureRank(support) + 1}`;
    return `E${this.ranks.points.get(key(support)) ?? this.spelled(support)}`;
  }

  /** The id of a piece of a rest set, the only one that plays a support. */
  restSet(support: Support): string {
    return `S${this.ranks.sets.get(key(support)) ?? this.spelled(support)}`;
  }

  /** Sorts supports by their rank. */
  compare(one: Support, other: Support): number {
    const count = (s: Support) => s.reduce((total, played) => total + played.length, 0);
    return count(one) - count(other) || lexically(this.order(one), this.order(other));
  }

  private order(support: Support): number[][] {
    return support.map((played, i) => this.played(i, played));
  }

  private played(i: number, played: number[]): number[] {
    // Of two strategies the first has the share 1, so it comes last, as papers list the corners.
    const ranks = this.sizes[i] === 2 && played.length === 1 ? [1 - played[0]!] : played;
    return [played.length, ...ranks];
  }

  private pureRank(support: Support): number {
    return support.reduce((rank, played, i) => rank * this.sizes[i]! + this.played(i, played)[1]!, 0);
  }

  private counted(balanced: boolean): { points: Map<string, number>; sets: Map<string, number> } {
    const [points, sets] = [new Map<string, number>(), new Map<string, number>()];
    if (this.sizes.reduce((product, size) => product * (2 ** size - 1), 1) > MOST_COUNTED) return { points, sets };
    const every = supportsOf(this.sizes).filter((s) => s.some((played) => played.length > 1));
    every.sort((a, b) => this.compare(a, b));
    let rank = this.sizes.reduce((product, size) => product * size, 1);
    for (const support of every) {
      sets.set(key(support), sets.size + 1);
      if (!balanced || canBeIsolated(support)) points.set(key(support), ++rank);
    }
    return { points, sets };
  }

  private spelled(support: Support): string {
    const parts = support.map((played) => played.map((a) => a + 1).join("-"));
    if (Math.max(...this.sizes) > SINGLE_DIGITS) return parts.join(".");
    const runs: string[] = [];
    parts.forEach((part, k) => {
      const single = part.length === 1;
      if (single && k > 0 && parts[k - 1]!.length === 1) runs[runs.length - 1] += part;
      else runs.push(part);
    });
    return runs.join(".");
  }
}

/** Every product of supports of populations with so many strategies. */
export function supportsOf(sizes: number[]): Support[] {
  let products: Support[] = [[]];
  for (const size of sizes) {
    const own = subsets(size);
    products = products.flatMap((before) => own.map((played) => [...before, played]));
  }
  return products;
}

function subsets(size: number): number[][] {
  const found: number[][] = [];
  for (let bits = 1; bits < 2 ** size; bits++) {
    found.push(Array.from({ length: size }, (_, a) => a).filter((a) => bits & (1 << a)));
  }
  return found.sort((a, b) => a.length - b.length || lexically([a], [b]));
}

/** `a` to `z`, then `a2` and so on. */
export function letter(index: number): string {
  return "abcdefghijklmnopqrstuvwxyz"[index % 26]! + (index < 26 ? "" : String(Math.floor(index / 26) + 1));
}

export function key(support: Support): string {
  return support.map((played) => played.join("-")).join(".");
}

export interface Named { id: string; support: Support; place: number[] }

/** Gives items that play supports their ids, with letters where several play one, and returns them in order. */
export function named<T extends Named>(
  items: T[], ids: RestStateIds, called: (support: Support) => string,
): T[] {
  const alike = new Map<string, T[]>();
  for (const item of items) alike.set(key(item.support), [...(alike.get(key(item.support)) ?? []), item]);
  const groups = [...alike.values()].sort((a, b) => ids.compare(a[0]!.support, b[0]!.support));
  return groups.flatMap((there) => {
    if (there.every((item) => item.place.length)) there.sort((a, b) => lexically([a.place], [b.place]));
    return there.map((item, k) => ({
      ...item, id: called(item.support) + (there.length === 1 ? "" : letter(k)),
    }));
  });
}

function canBeIsolated(support: Support): boolean {
  const moving = support.map((played) => played.length - 1);
  return 2 * Math.max(...moving) <= moving.reduce((a, b) => a + b, 0);
}

/** Compares lists of lists as Python does tuples. */
function lexically(one: number[][], other: number[][]): number {
  for (let i = 0; i < Math.min(one.length, other.length); i++) {
    const [a, b] = [one[i]!, other[i]!];
    for (let k = 0; k < Math.min(a.length, b.length); k++) if (a[k] !== b[k]) return a[k]! - b[k]!;
    if (a.length !== b.length) return a.length - b.length;
  }
  return one.length - other.length;
}
