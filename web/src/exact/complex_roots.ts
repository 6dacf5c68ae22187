// The roots of a polynomial as floating-point numbers, for showing only: signs are never read from them.
import { byMultiplicity, type Univariate } from "./polynomial.ts";

type Complex = [number, number];

/** All roots with their multiplicities, by real, then by imaginary part (Aberth 1973). */
export function complexRoots(polynomial: Univariate): Complex[] {
  const roots = byMultiplicity(polynomial).flatMap((factor, k) =>
    simpleRoots(factor.map((v) => v.float)).flatMap((root) => Array<Complex>(k + 1).fill(root)));
  return roots.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

/** The roots of a polynomial with leading coefficient one and no root twice. */
function simpleRoots(p: number[]): Complex[] {
  const n = p.length - 1;
  if (n < 1) return [];
  if (n === 1) return [[-p[0]!, 0]];
  if (n === 2) return quadratic(p[1]!, p[0]!);
  const radius = 1 + Math.max(...p.slice(0, -1).map(Math.abs));
  const roots = Array.from({ length: n }, (_, k): Complex =>
    [radius * 0.6 * Math.cos((2 * Math.PI * k) / n + 0.4), radius * 0.6 * Math.sin((2 * Math.PI * k) / n + 0.4)]);
  for (let round = 0; round < 200; round++) {
    let moved = 0;
    roots.forEach((z, k) => {
      const [value, slope] = horner(p, z);
      if (value[0] === 0 && value[1] === 0) return;
      const ratio = over(value, slope);
      let pull: Complex = [0, 0];
      roots.forEach((w, j) => { if (j !== k) pull = plus(pull, over([1, 0], [z[0] - w[0], z[1] - w[1]])); });
      const step = over(ratio, [1 - (ratio[0] * pull[0] - ratio[1] * pull[1]), -(ratio[0] * pull[1] + ratio[1] * pull[0])]);
      roots[k] = [z[0] - step[0], z[1] - step[1]];
      moved = Math.max(moved, Math.hypot(...step) / (Math.hypot(...roots[k]) || 1));
    });
    if (moved < 1e-15) break;
  }
  // The coefficients are real: what is real up to rounding is real, and the others come in pairs.
  return roots.map(([a, b]): Complex => (Math.abs(b) < 1e-10 * (Math.abs(a) + Math.abs(b)) ? [a, 0] : [a, b]))
    .map(([a, b]): Complex => (Math.abs(a) < 1e-12 * Math.abs(b) ? [0, b] : [a, b]));
}

function quadratic(b: number, c: number): Complex[] {
  const square = (b * b) / 4 - c;
  const root = Math.sqrt(Math.abs(square));
  if (square < 0) return [[-b / 2, -root], [-b / 2, root]];
  // the larger one first, the other by the product, so that nothing cancels
  const large = b > 0 ? -b / 2 - root : -b / 2 + root;
  return large === 0 ? [[0, 0], [0, 0]] : [[large, 0], [c / large, 0]];
}

function horner(p: number[], z: Complex): [Complex, Complex] {
  let [value, slope]: [Complex, Complex] = [[0, 0], [0, 0]];
  for (let k = p.length - 1; k >= 0; k--) {
    slope = plus(times(slope, z), value);
    value = plus(times(value, z), [p[k]!, 0]);
  }
  return [value, slope];
}

function plus(a: Complex, b: Complex): Complex {
  return [a[0] + b[0], a[1] + b[1]];
}

function times(a: Complex, b: Complex): Complex {
  return [a[0] * b[0] - a[1] * b[1], a[0] * b[1] + a[1] * b[0]];
}

function over(a: Complex, b: Complex): Complex {
  const size = b[0] * b[0] + b[1] * b[1];
  return [(a[0] * b[0] + a[1] * b[1]) / size, (a[1] * b[0] - a[0] * b[1]) / size];
}
