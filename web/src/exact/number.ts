// Exact numbers (p + q·√d)/r over whole numbers: rationals, and the roots of quadratics over them.
// The coordinates of mixed rest points of up to three parties, and everything computed from them, are such.

/** What cannot be computed in these numbers: a division by zero, a value that is no rational, too large a one. */
export class NotExact extends Error {}

/** Past any payoff, short of a page that stands still: the limit of Python's evaluation. */
const MOST_BITS = 4096;
/** The largest number that payoffs and parameters may be, as in Python: beyond, the analysis refuses. */
const LARGEST = 10n ** 50n;
/** Primes up to which square factors are taken out of a radicand; for short texts only. */
const TRIED = 1000n;

export class Exact {
  readonly p: bigint;
  readonly q: bigint;
  readonly r: bigint;
  readonly d: bigint;

  private constructor(p: bigint, q: bigint, r: bigint, d: bigint) {
    [this.p, this.q, this.r, this.d] = [p, q, r, d];
  }

  /** (p + q·√d)/r in lowest terms; `d` is no square where `q` is not 0. */
  private static make(p: bigint, q: bigint, r: bigint, d: bigint): Exact {
    if (r < 0n) [p, q, r] = [-p, -q, -r];
    const common = gcd(gcd(p, q), r);
    if (common > 1n) [p, q, r] = [p / common, q / common, r / common];
    return new Exact(p, q, r, q === 0n ? 1n : d);
  }

  static of(numerator: bigint | number, denominator: bigint | number = 1n): Exact {
    const below = BigInt(denominator);
    if (below === 0n) throw new NotExact("division by zero");
    return Exact.make(BigInt(numerator), 0n, below, 1n);
  }

  /** Reads "3", "-0.25", "1e-3" or "1/3"; null for anything else. */
  static read(text: string): Exact | null {
    const parts = text.trim().split("/");
    if (parts.length > 2) return null;
    const [above, below] = parts.map(decimal);
    if (!above || (parts.length === 2 && (!below || below.p === 0n))) return null;
    return below ? above.over(below) : above;
  }

  plus(other: Exact): Exact {
    return Exact.make(
      this.p * other.r + other.p * this.r, this.q * other.r + other.q * this.r, this.r * other.r, this.field(other));
  }

  minus(other: Exact): Exact {
    return this.plus(other.negative());
  }

  times(other: Exact): Exact {
    const d = this.field(other);
    return bounded(Exact.make(
      this.p * other.p + this.q * other.q * d, this.p * other.q + this.q * other.p, this.r * other.r, d));
  }

  over(other: Exact): Exact {
    // 1/((p + q√d)/r) = r·(p - q√d)/(p² - q²d)
    const norm = other.p * other.p - other.q * other.q * other.d;
    if (norm === 0n) throw new NotExact("division by zero");
    return this.times(Exact.make(other.r * other.p, -other.r * other.q, norm, other.d));
  }

  negative(): Exact {
    return new Exact(-this.p, -this.q, this.r, this.d);
  }

  get rational(): boolean {
    return this.q === 0n;
  }

  get whole(): boolean {
    return this.q === 0n && this.r === 1n;
  }

  sign(): -1 | 0 | 1 {
    const [a, b] = [signOf(this.p), signOf(this.q)];
    if (b === 0) return a;
    if (a === 0 || a === b) return b;
    return this.p * this.p > this.q * this.q * this.d ? a : b;
  }

  /** Whether two numbers are the same, also of different fields. */
  equals(other: Exact): boolean {
    return this.p * other.r === other.p * this.r
      && signOf(this.q) === signOf(other.q)
      && (this.q * other.r) ** 2n * this.d === (other.q * this.r) ** 2n * other.d;
  }

  /** -1, 0 or 1 as this is below, at or above another number. */
  compare(other: Exact): -1 | 0 | 1 {
    return this.minus(other).sign();
  }

  /** Whether it lies strictly between 0 and 1. */
  get inside(): boolean {
    return this.sign() > 0 && ONE.minus(this).sign() > 0;
  }

  get tooLarge(): boolean {
    return absolute(this.p) > LARGEST * this.r;
  }

  /** The square root, or null where it is not rational and the number no rational; imaginary ones are null too. */
  root(): Exact | null {
    if (this.q !== 0n || this.p < 0n) return null;
    // √(p/r) = √(p·r)/r
    let inside = this.p * this.r;
    const whole = rootOf(inside);
    if (whole * whole === inside) return Exact.make(whole, 0n, this.r, 1n);
    let outside = 1n;
    for (let k = 2n; k <= TRIED && k * k <= inside; k++) {
      while (inside % (k * k) === 0n) [inside, outside] = [inside / (k * k), outside * k];
    }
    return Exact.make(0n, outside, this.r, inside);
  }

  power(exponent: number): Exact {
    let result = ONE;
    for (let k = 0; k < Math.abs(exponent); k++) result = result.times(this);
    return exponent < 0 ? ONE.over(result) : result;
  }

  /** The nearest floating-point number, or one next to it. */
  get float(): number {
    if (this.q === 0n) return quotient(this.p, this.r);
    const bits = 160n + BigInt(this.p.toString(2).length);
    const root = rootOf((this.q * this.q * this.d) << (2n * bits));
    return quotient((this.p << bits) + (this.q < 0n ? -root : root), this.r << bits);
  }

  /** Rationals around it, at most about 2**-bits apart; equal for a rational. */
  enclosure(bits: number): [Exact, Exact] {
    if (this.q === 0n) return [this, this];
    const shift = BigInt(bits + absolute(this.q).toString(2).length);
    const root = rootOf((this.q * this.q * this.d) << (2n * shift));
    const ends = [root, root + 1n].map((value) =>
      Exact.make((this.p << shift) + (this.q < 0n ? -value : value), 0n, this.r << shift, 1n)) as [Exact, Exact];
    return this.q < 0n ? [ends[1], ends[0]] : ends;
  }

  /** "1/3" or "(1 + √5)/4". */
  get text(): string {
    const below = this.r === 1n ? "" : `/${this.r}`;
    if (this.q === 0n) return `${this.p}${below}`;
    const count = absolute(this.q);
    const root = `${count === 1n ? "" : count}√${this.d}`;
    if (this.p === 0n) return `${this.q < 0n ? "-" : ""}${root}${below}`;
    const sum = `${this.p} ${this.q < 0n ? "-" : "+"} ${root}`;
    return below ? `(${sum})${below}` : sum;
  }

  /** The radicand of the field that holds both. */
  private field(other: Exact): bigint {
    if (this.q === 0n) return other.d;
    if (other.q !== 0n && other.d !== this.d) throw new NotExact("numbers of different fields");
    return this.d;
  }
}

export const ZERO = Exact.of(0);
export const ONE = Exact.of(1);
export const HALF = Exact.of(1, 2);

/** A number that has no short exact text, to ten digits. */
export function nearly(value: number): string {
  return `≈ ${Number(value.toPrecision(10))}`;
}

export function sum(terms: Iterable<Exact>): Exact {
  let total = ZERO;
  for (const term of terms) total = total.plus(term);
  return total;
}

/** The distinct real roots of a·t² + b·t + c, ascending; of the zero polynomial none are told. */
export function quadraticRoots(a: Exact, b: Exact, c: Exact): Exact[] {
  if (a.sign() === 0) return b.sign() === 0 ? [] : [c.negative().over(b)];
  const square = b.times(b).minus(Exact.of(4).times(a).times(c));
  if (square.sign() < 0) return [];
  const twice = a.plus(a);
  if (square.sign() === 0) return [b.negative().over(twice)];
  const root = square.root();
  if (!root) throw new NotExact("a root of a root");
  const ends = [b.negative().minus(root).over(twice), b.negative().plus(root).over(twice)];
  return a.sign() > 0 ? ends : ends.reverse();
}

function decimal(text: string): Exact | null {
  const found = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/.exec(text.trim());
  if (!found || !(found[2] || found[3])) return null;
  const digits = BigInt((found[2] ?? "") + (found[3] ?? ""));
  const shift = Number(found[4] ?? 0) - (found[3] ?? "").length;
  const value = found[1] === "-" ? -digits : digits;
  return shift < 0 ? Exact.of(value, 10n ** BigInt(-shift)) : Exact.of(value * 10n ** BigInt(shift));
}

function bounded(value: Exact): Exact {
  if (bitsOf(value.p) > MOST_BITS || bitsOf(value.q) > MOST_BITS || bitsOf(value.r) > MOST_BITS) {
    throw new NotExact("a number with too many digits");
  }
  return value;
}

/** An upper bound of the bits, four at a time; cheap for the short numbers that are the rule. */
function bitsOf(value: bigint): number {
  return value < 0x1_0000_0000_0000n && value > -0x1_0000_0000_0000n ? 48 : 4 * value.toString(16).length;
}

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

function signOf(value: bigint): -1 | 0 | 1 {
  return value > 0n ? 1 : value < 0n ? -1 : 0;
}

function gcd(a: bigint, b: bigint): bigint {
  [a, b] = [absolute(a), absolute(b)];
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

/** The whole part of a square root, by Newton's method. */
function rootOf(value: bigint): bigint {
  if (value < 2n) return value;
  let x = 1n << BigInt((bitsOf(value) + 1) >> 1);
  for (;;) {
    const next = (x + value / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

/** The nearest float to a quotient, ties to even: 64 bits of it and one that tells whether any follow. */
function quotient(above: bigint, below: bigint): number {
  if (absolute(above) < 1n << 53n && below < 1n << 53n) return Number(above) / Number(below);
  const shift = 64 - absolute(above).toString(2).length + below.toString(2).length;
  const [top, bottom] = shift > 0 ? [absolute(above) << BigInt(shift), below] : [absolute(above), below << BigInt(-shift)];
  const whole = (top / bottom) * 2n + (top % bottom === 0n ? 0n : 1n);
  const value = Number(whole) * 2 ** (-shift - 1);
  return above < 0n ? -value : value;
}
