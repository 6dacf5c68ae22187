// How many roots of a polynomial have negative, zero and positive real part, exactly (Hermite 1856, Hurwitz 1895).
import { type Exact, ZERO } from "./number.ts";
import {
  byMultiplicity, common, derivativeOf, divided, signsAt, signsFarOut, sturmChain, trimmed, type Univariate, variations,
} from "./polynomial.ts";

export interface RootSigns {
  negative: number;
  positive: number;
  /** The multiplicity of the root zero. */
  zero: number;
  /** How many lie on the imaginary axis without being zero. */
  imaginary: number;
}

export function rootSigns(polynomial: Univariate): RootSigns {
  let p = trimmed(polynomial);
  let zero = 0;
  while (p[0]!.sign() === 0) [p, zero] = [p.slice(1), zero + 1];
  // p = E(λ²) + λ·O(λ²); a common factor g of E and O holds all roots that stand against their negatives.
  const [even, odd] = halves(p);
  const g = odd.length ? common(even, odd) : even;
  const imaginary = 2 * negativeRoots(g);
  const pairs = g.length - 1 - imaginary / 2;
  const rest = divided(p, spread(g))[0];
  const [negative, positive] = halfPlanes(rest);
  return { negative: negative + pairs, positive: positive + pairs, zero, imaginary };
}

/** E and O of p = E(λ²) + λ·O(λ²). */
function halves(p: Univariate): [Univariate, Univariate] {
  return [trimmed(p.filter((_, k) => k % 2 === 0)), trimmed(p.filter((_, k) => k % 2 === 1))];
}

/** g(λ²). */
function spread(g: Univariate): Univariate {
  return g.flatMap((v, k) => (k ? [ZERO, v] : [v]));
}

/** The negative real roots of a polynomial with g(0) ≠ 0, with their multiplicities. */
function negativeRoots(g: Univariate): number {
  return byMultiplicity(g).reduce((total, factor, k) => {
    const chain = sturmChain(factor, derivativeOf(factor));
    return total + (k + 1) * (variations(signsFarOut(chain, -1)) - variations(signsAt(chain, ZERO)));
  }, 0);
}

/** The roots in the left and in the right half-plane of a polynomial without roots on the imaginary axis. */
function halfPlanes(p: Univariate): [number, number] {
  const n = p.length - 1;
  if (n <= 0) return [0, 0];
  // p(iω) = R(ω) + i·I(ω) turns by π for each root to the left, by -π for each to the right.
  const turned = (k: number, v: Exact) => (k % 4 < 2 ? v : v.negative());
  const real = p.map((v, k) => (k % 2 === 0 ? turned(k, v) : ZERO));
  const imaginary = p.map((v, k) => (k % 2 === 1 ? turned(k, v) : ZERO));
  const [above, below] = n % 2 === 0 ? [imaginary, real] : [real, imaginary];
  const chain = sturmChain(below, above);
  const index = variations(signsFarOut(chain, -1)) - variations(signsFarOut(chain, 1));
  const turns = n % 2 === 0 ? -index : index;
  return [(n + turns) / 2, (n - turns) / 2];
}
