// Two populations of two strategies without own play: x' = x(1-x)f(y), y' = y(1-y)g(x) with linear f and g.
// Where f and g rise together, or fall together, F(y) - G(x) is conserved and the separatrix is a level of it: F
// and G have risen equally above their lowest values.  As in `separatrix.dynamics`.
// Hofbauer, J. and Sigmund, K. (1998), Evolutionary Games and Population Dynamics, section 11.2.
import type { Flow } from "./growth";

/** Speed times advantage of the first strategy where the other population's share is 0, and where it is 1. */
interface Planar { f: [number, number]; g: [number, number] }

/** Where rounding is: differences of payoffs that are equal. */
const ROUNDING = 1e-12;

/** Returns a flow as a planar game, or null where it is none. */
export function planarOf(flow: Flow): Planar | null {
  if (flow.sizes.length !== 2 || flow.sizes.some((size) => size !== 2)) return null;
  const growth = new Float64Array(2);
  const at = (x: number, y: number): [number, number] => {
    flow.growth(Float64Array.of(x, y), growth);
    return [growth[0]!, growth[1]!];
  };
  const planar: Planar = { f: [at(0, 0)[0], at(0, 1)[0]], g: [at(0, 0)[1], at(1, 0)[1]] };
  // Linear in the other's share and free of the own one: then so it is in between, at odd places.
  for (const [x, y] of [[0.3819, 0.2763], [0.7183, 0.9397], [1, 1], [0.1459, 0.6377]] as [number, number][]) {
    const [a, b] = at(x, y);
    const off = Math.abs(a - mixed(planar.f, y)) + Math.abs(b - mixed(planar.g, x));
    if (!(off <= ROUNDING * flow.scale)) return null;
  }
  return planar;
}

const mixed = ([low, high]: [number, number], share: number) => low + (high - low) * share;

/** The curve that divides the square between two corners. */
interface Divide {
  /** From one end to the other: x, y, x, y, … */
  states: Float64Array;
  saddle: [number, number] | null;
  /** The two corners that attract what is on either side. */
  corners: [[number, number], [number, number]];
}

/** Returns the separatrix of a planar game, exact to rounding; null where all starts inside share an outcome. */
export function divideOf({ f, g }: Planar, points = 120): Divide | null {
  const sign = Math.sign(f[1] - f[0]);
  if (sign === 0 || Math.sign(g[1] - g[0]) !== sign) return null;
  // No rate is -0.
  const x = { down: -sign * g[0] + 0, up: sign * g[1] + 0 };
  const y = { down: -sign * f[0] + 0, up: sign * f[1] + 0 };
  if (x.down < 0 || x.up < 0 || y.down < 0 || y.up < 0) return null;
  const [saddleX, saddleY] = [x.down / (x.down + x.up), y.down / (y.down + y.up)];
  const arms = [-1, 1].flatMap((side) => {
    const other = -sign * side;
    if (rateOn(x, side) <= 0 || rateOn(y, other) <= 0) return [];
    const heights = heightsOf([x.down, x.up, y.down, y.up], points);
    const inner = heights.flatMap((height) => [at(x, height, side), at(y, height, other)]);
    return [[saddleX, saddleY, ...inner, side > 0 ? 1 : 0, other > 0 ? 1 : 0]];
  });
  if (arms.length === 0) return null;
  const states = arms.length === 1 ? arms[0]! : [...backwards(arms[0]!), ...arms[1]!.slice(2)];
  return {
    states: Float64Array.from(states),
    saddle: arms.length === 2 ? [saddleX, saddleY] : null,
    // Where both advantages rise with the other's share the pure states that are alike attract.
    corners: sign > 0 ? [[0, 0], [1, 1]] : [[0, 1], [1, 0]],
  };
}

interface Bowl { down: number; up: number }

const rateOn = (bowl: Bowl, side: number) => (side > 0 ? bowl.up : bowl.down);

/** Heights that lie densely along an arm: near the saddle they grow as the square of the distance. */
function heightsOf(rates: number[], count: number): number[] {
  const some = rates.filter((rate) => rate > 0);
  const [low, high] = [Math.log(Math.min(...some) * 1e-6), Math.log(Math.max(...some) * 40)];
  return Array.from({ length: count }, (_, k) => Math.exp(low + ((high - low) * k) / (count - 1)));
}

/** The share at which -down·ln x - up·ln(1-x) has risen by `height` above its lowest value, on one side. */
function at({ down, up }: Bowl, height: number, side: number): number {
  const total = down + up;
  if (down === 0) return -Math.expm1(-height / total);
  if (up === 0) return Math.exp(-height / total);
  const [ahead, behind] = side > 0 ? [up / total, down / total] : [down / total, up / total];
  // The distance t in log-odds from the bottom, by Newton's method from above: the function is convex.
  const target = height / total;
  const near = 1.3 * Math.sqrt((2 * target) / (ahead * behind));
  let t = near < 1.2 ? near : (target - Math.log(behind)) / ahead;
  for (let k = 0; k < 100; k++) {
    const slope = (ahead * behind * -Math.expm1(-t)) / (behind + ahead * Math.exp(-t));
    const step = Math.min((risen(t, ahead, behind) - target) / slope, 0.9 * t);
    t -= step;
    if (Math.abs(step) <= 1e-14 * t) break;
  }
  const shrunk = Math.exp(-t);
  const whole = behind + ahead * shrunk;
  return side > 0 ? behind / whole : (ahead * shrunk) / whole;
}

/** Height over `total` at a distance in log-odds. */
function risen(t: number, ahead: number, behind: number): number {
  if (t < 1e-2) {
    const [spread, skew] = [ahead * behind, behind - ahead];
    return spread * t * t * (0.5 - t * (skew / 6 - t * ((1 - 6 * spread) / 24 - (t * skew * (1 - 12 * spread)) / 120)));
  }
  return ahead * t + Math.log1p(ahead * Math.expm1(-t));
}

function backwards(states: number[]): number[] {
  const found: number[] = [];
  for (let k = states.length - 2; k >= 0; k -= 2) found.push(states[k]!, states[k + 1]!);
  return found;
}

/** Tells whether closed orbits fill the square: the mixed rest point is a centre. */
export function hasClosedOrbits({ f, g }: Planar): boolean {
  return f[0] * f[1] < 0 && g[0] * g[1] < 0 && (f[1] - f[0]) * (g[1] - g[0]) < 0;
}

/** The basin of an attracting corner as an area: the separatrix, then the sides back to where it begins. */
export function basinOf({ states }: Divide, corner: [number, number]): Float64Array {
  const past = (x: number, y: number) => (x === 0 || x === 1 ? [x, corner[1]] : [corner[0], y]);
  const last = past(states.at(-2)!, states.at(-1)!);
  return Float64Array.of(...states, ...last, ...corner, ...past(states[0]!, states[1]!));
}
