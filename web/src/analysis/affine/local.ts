// Exact local data at a rest state of a game with affine payoffs: the twin of
// packages/separatrix/src/separatrix/analysis/stability/local.py, which gives the formulas.
import { type Exact, ONE, sum, ZERO } from "../../exact/number.ts";
import { characteristic, type Matrix, rank } from "../../exact/linear.ts";
import { complexRoots } from "../../exact/complex_roots.ts";
import { rootSigns, type RootSigns } from "../../exact/root_signs.ts";
import type { Support } from "../rest_state_ids.ts";
import type { Signs } from "../verdict.ts";
import { type AffineGame, offsetsOf, ownersOf, payoffsAt } from "./affine_game.ts";

export class Local {
  readonly game: AffineGame;
  readonly state: Exact[];
  readonly owner: number[];
  /** For each population the indices, among all, of its played strategies. */
  readonly played: number[][];
  /** From the index of each unplayed strategy to its eigenvalue. */
  readonly outside: Map<number, Exact>;
  /** The unplayed strategies that earn the average of their population. */
  readonly neutral: number[];
  /** The played strategies except the first of each population: coordinates along the face. */
  readonly inner: number[];
  /** The Jacobian along the face. */
  readonly block: Matrix;
  /** The eigenvalues along the face. */
  readonly spectrum: RootSigns;
  private readonly polynomial: Exact[];

  constructor(game: AffineGame, support: Support, state: Exact[]) {
    [this.game, this.state, this.owner] = [game, state, ownersOf(game.sizes)];
    const offsets = offsetsOf(game.sizes);
    this.played = support.map((own, i) => own.map((a) => offsets[i]! + a));
    const inside = new Set(this.played.flat());
    const payoffs = payoffsAt(game, state);
    this.outside = new Map();
    this.owner.forEach((i, b) => {
      if (inside.has(b)) return;
      this.outside.set(b, this.speed(b).times(payoffs[b]!.minus(payoffs[this.played[i]![0]!]!)));
    });
    this.neutral = [...this.outside].filter(([, value]) => !value.sign()).map(([b]) => b);
    this.inner = this.played.flatMap((own) => own.slice(1));
    this.block = this.along(this.inner);
    this.polynomial = this.inner.length ? characteristic(this.block) : [ONE];
    this.spectrum = rootSigns(this.polynomial);
  }

  speed(a: number): Exact {
    return this.game.speeds[this.owner[a]!]!;
  }

  /** How fast the payoff of a over its reference rises as share b grows at the expense of its own. */
  gain(a: number, b: number): Exact {
    const [r, s] = [this.played[this.owner[a]!]![0]!, this.played[this.owner[b]!]![0]!];
    const m = this.game.matrix;
    return m[a]![b]!.minus(m[a]![s]!).minus(m[r]![b]!).plus(m[r]![s]!);
  }

  gains(rows: number[], columns: number[]): Matrix {
    return rows.map((a) => columns.map((b) => this.gain(a, b)));
  }

  /** How the rates of the inner shares change with the given shares. */
  along(columns: number[]): Matrix {
    return this.inner.map((a) => {
      const mates = this.played[this.owner[a]!]!.slice(1);
      const factor = this.speed(a).times(this.state[a]!);
      return columns.map((b) => {
        const average = sum(mates.map((c) => this.state[c]!.times(this.gain(c, b))));
        return factor.times(this.gain(a, b).minus(average));
      });
    });
  }

  /** How many tangent eigenvalues have negative, zero and positive real part. */
  get signs(): Signs {
    const { negative, zero, imaginary, positive } = this.spectrum;
    const signs: Signs = [negative, zero + imaginary, positive];
    for (const value of this.outside.values()) signs[value.sign() + 1]! += 1;
    return signs;
  }

  /** The tangent eigenvalues as floats: along the face, then one an unplayed strategy. */
  get eigenvalues(): [number, number][] {
    return [
      ...complexRoots(this.polynomial),
      ...[...this.outside.values()].map((value): [number, number] => [value.float, 0]),
    ];
  }

  /** The dimension of the rest states of its own face through the state. */
  get flat(): number {
    return this.inner.length - (this.inner.length ? rank(this.gains(this.inner, this.inner)) : 0);
  }

  /** Whether no unplayed strategy earns more than the played ones. */
  get nash(): boolean {
    return [...this.outside.values()].every((value) => value.sign() <= 0);
  }

  /** Whether the state is pure and every other strategy earns less. */
  get strictNash(): boolean {
    return !this.inner.length && [...this.outside.values()].every((value) => value.sign() < 0);
  }

  /** The same state in the game that runs backwards. */
  reversed(): Local {
    const matrix = this.game.matrix.map((row) => row.map((v) => v.negative()));
    return new Local({ ...this.game, matrix }, this.support, this.state);
  }

  /** The same state in the game of the played and the given neutral strategies. */
  restricted(neutral: number[]): Local {
    const kept = this.owner.map((_, a) => a).filter((a) => neutral.includes(a) || this.played.flat().includes(a));
    const { sizes, speeds, matrix } = this.game;
    const game: AffineGame = {
      sizes: sizes.map((_, i) => kept.filter((a) => this.owner[a] === i).length),
      speeds,
      matrix: kept.map((a) => kept.map((b) => matrix[a]![b]!)),
    };
    const offsets = offsetsOf(game.sizes);
    const support = this.played.map((own, i) => own.map((a) => kept.indexOf(a) - offsets[i]!));
    return new Local(game, support, kept.map((a) => this.state[a]!));
  }

  private get support(): Support {
    const offsets = offsetsOf(this.game.sizes);
    return this.played.map((own, i) => own.map((a) => a - offsets[i]!));
  }
}

/** The quadratic form -v_i·(M v)_i of what population i loses by a deviation, in coordinates `inner + neutral`. */
export function lossOf(local: Local, i: number): Matrix {
  const at = [...local.inner, ...local.neutral];
  const gain = (a: number, b: number) => (local.owner[a] === i ? local.gain(a, b) : ZERO);
  return at.map((a) => at.map((b) => gain(a, b).plus(gain(b, a)).negative()));
}
