// The Jacobian of the replicator at a rest state of two-strategy populations, and the exact signs of its
// eigenvalues: the twin of packages/separatrix/src/separatrix/analysis/binary/linearisation.py.
import { type Exact, ONE } from "../../exact/number.ts";
import type { Signs } from "../verdict.ts";
import type { Multilinear } from "./multilinear.ts";
import type { Face } from "./rest_states.ts";

export interface Linearisation {
  /** Populations that play both strategies. */
  free: number[];
  /** From each other population to its eigenvalue. */
  pure: Map<number, Exact>;
  /** J12·J21 for two mixing populations. */
  product: Exact | null;
  /** c and det of λ³ + c·λ - det for three mixing populations. */
  cubic: [Exact, Exact] | null;
}

export function linearise(game: Multilinear, face: Face, state: Exact[]): Linearisation {
  const free = face.map((_, i) => i).filter((i) => face[i] === null);
  const pure = new Map<number, Exact>();
  face.forEach((share, i) => {
    if (share !== null) pure.set(i, share ? game.at(i, state).negative() : game.at(i, state));
  });
  const entry = (i: number, j: number) => state[i]!.times(ONE.minus(state[i]!)).times(game.at(i, state, j));
  let product: Exact | null = null;
  let cubic: [Exact, Exact] | null = null;
  if (free.length === 2) product = entry(free[0]!, free[1]!).times(entry(free[1]!, free[0]!));
  if (free.length === 3) {
    const [a, b, c, d, e, f] = [entry(0, 1), entry(0, 2), entry(1, 0), entry(1, 2), entry(2, 0), entry(2, 1)];
    cubic = [
      a.times(c).plus(b.times(e)).plus(d.times(f)).negative(),
      a.times(d).times(e).plus(b.times(c).times(f)),
    ];
  }
  return { free, pure, product, cubic };
}

/** How many eigenvalues along the face have negative, zero and positive real part; the block's trace is zero. */
function blockSigns({ free, product, cubic }: Linearisation): Signs {
  if (product) return product.sign() > 0 ? [1, 0, 1] : [0, 2, 0];
  if (!cubic) return [0, free.length, 0];
  // The roots add up to zero, so a real root of one sign stands against real parts of the other.
  const turn = cubic[1].sign();
  if (turn) return turn > 0 ? [2, 0, 1] : [1, 0, 2];
  return cubic[0].sign() < 0 ? [1, 1, 1] : [0, 3, 0];
}

export function signsOf(local: Linearisation): Signs {
  const signs = blockSigns(local);
  for (const value of local.pure.values()) signs[value.sign() + 1]! += 1;
  return signs;
}

/** The eigenvalues as floats, population by population. */
export function eigenvaluesOf({ free, pure, product, cubic }: Linearisation): [number, number][] {
  const along: [number, number][] = [];
  if (free.length === 1) along.push([0, 0]);
  if (product) {
    const root = Math.sqrt(Math.abs(product.float));
    along.push(...(product.sign() > 0 ? [[root, 0], [-root, 0]] : [[0, root], [0, -root]]) as [number, number][]);
  }
  if (cubic) along.push(...cubicRoots(cubic[0].float, cubic[1].float));
  const result: [number, number][] = [];
  free.forEach((i, k) => { result[i] = along[k]!; });
  for (const [i, value] of pure) result[i] = [value.float, 0];
  return result;
}

/** The roots of λ³ + c·λ - d, a real one first. */
function cubicRoots(c: number, d: number): [number, number][] {
  if (d === 0) {
    const root = Math.sqrt(Math.abs(c));
    return c < 0 ? [[0, 0], [root, 0], [-root, 0]] : [[0, 0], [0, root], [0, -root]];
  }
  const scale = Math.max(Math.sqrt(Math.abs(c)), Math.cbrt(Math.abs(d)));
  const [p, q] = [c / scale ** 2, Math.abs(d) / scale ** 3];
  // The real root of the sign of d is the only one of that sign, and the largest where roots are real.
  let [low, high] = [0, 1 + Math.abs(p)];
  let x = high;
  for (let k = 0; k < 200; k++) {
    const value = x ** 3 + p * x - q;
    if (value > 0) high = x; else low = x;
    const step = x - value / (3 * x * x + p);
    const next = step > low && step < high ? step : (low + high) / 2;
    if (Math.abs(next - x) <= 1e-16 * Math.abs(next)) break;
    x = next;
  }
  const real = Math.sign(d) * x;
  const square = (real * real) / 4 - (real * real + p);
  const root = Math.sqrt(Math.abs(square)) * scale;
  const half = (-real / 2) * scale;
  return square >= 0
    ? [[real * scale, 0], [half + root, 0], [half - root, 0]]
    : [[real * scale, 0], [half, root], [half, -root]];
}

/** Whether no strategy that nobody plays earns more than the played one. */
export function isNash(local: Linearisation): boolean {
  return [...local.pure.values()].every((value) => value.sign() <= 0);
}

export function isStrictNash(local: Linearisation): boolean {
  return !local.free.length && [...local.pure.values()].every((value) => value.sign() < 0);
}
