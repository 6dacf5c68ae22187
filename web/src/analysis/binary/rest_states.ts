// All rest states of up to three populations with two strategies each, exactly: the twin of
// packages/separatrix/src/separatrix/analysis/binary/rest_states.py, which gives the argument.
import { type Exact, Exact as Numbers, HALF, ONE, quadraticRoots, ZERO } from "../../exact/number.ts";
import type { Support } from "../rest_state_ids.ts";
import type { Multilinear } from "./multilinear.ts";

/** For each population its pure share, 0 or 1, or null where both strategies are played. */
export type Face = (0 | 1 | null)[];

/** A coordinate (p + q·t)/(r + s·t), where t is the share of the population `master`. */
interface Linked { p: Exact; q: Exact; r: Exact; s: Exact; master: number }
/** A share: a number, free to move, or linked to one that is. */
type Coordinate = Exact | "free" | Linked;

/** p + q·u + (r + s·u)·v = 0, so that each share determines the other. */
interface Mobius { u: number; v: number; p: Exact; q: Exact; r: Exact; s: Exact }
interface AxisFactor { variable: number; value: Exact }
type Factor = AxisFactor | Mobius | null;

export function isLinked(c: Coordinate): c is Linked {
  return typeof c === "object" && "master" in c;
}

function isNumber(c: Coordinate): c is Exact {
  return c instanceof Numbers;
}

/** An irreducible set of rest states in one open face: a point, a curve, a surface, a volume. */
export class RestBranch {
  readonly face: Face;
  readonly coordinates: Coordinate[];
  /** The population whose share is the parameter t of the linked coordinates; t runs through `interval`. */
  readonly master: number | null;
  readonly interval: [Exact, Exact] | null;
  readonly free: number[];
  readonly moving: number[];

  constructor(
    face: Face, coordinates: Coordinate[], master: number | null = null, interval: [Exact, Exact] | null = null,
  ) {
    [this.face, this.coordinates, this.master, this.interval] = [face, coordinates, master, interval];
    const places = face.map((_, i) => i);
    this.free = places.filter((i) => face[i] === null);
    this.moving = places.filter((i) => coordinates[i] === "free");
  }

  get dimension(): number {
    return this.moving.length;
  }

  /** The open interval of a free share. */
  range(i: number): [Exact, Exact] {
    return i === this.master && this.interval ? this.interval : [ZERO, ONE];
  }

  /** The state at values of the free shares, in their order. */
  state(values: Exact[] = []): Exact[] {
    const at = new Map(this.moving.map((i, k) => [i, values[k]!]));
    return this.coordinates.map((c, i) =>
      isNumber(c) ? c : c === "free" ? at.get(i)! : linkedValue(c, at.get(c.master)!));
  }

  /** Whether a state lies on the branch, or with `closed` on its closure. */
  contains(state: Exact[], closed = false): boolean {
    return this.coordinates.every((c, i) => {
      const value = state[i]!;
      if (c === "free") {
        const [low, high] = this.range(i);
        const [above, below] = [value.compare(low), high.compare(value)];
        return closed ? above >= 0 && below >= 0 : above > 0 && below > 0;
      }
      if (isLinked(c)) {
        const t = state[c.master]!;
        return value.times(c.r.plus(c.s.times(t))).equals(c.p.plus(c.q.times(t)));
      }
      return value.equals(c);
    });
  }
}

function linkedValue(link: Linked, t: Exact): Exact {
  return link.p.plus(link.q.times(t)).over(link.r.plus(link.s.times(t)));
}

/** The strategies played on an open face. */
export function playedOn(face: Face): Support {
  return face.map((pure) => (pure === null ? [0, 1] : [1 - pure]));
}

/** Every rest state as branches, those inside larger ones of the same face left out; pure profiles first. */
export function branches(game: Multilinear): RestBranch[] {
  return facesOf(game.n).flatMap((face) => largest(inFace(game, face)));
}

function facesOf(n: number): Face[] {
  let every: Face[] = [[]];
  for (let i = 0; i < n; i++) every = every.flatMap((f) => ([0, 1, null] as const).map((p) => [...f, p]));
  const count = (f: Face) => f.filter((p) => p === null).length;
  return every.sort((a, b) => count(a) - count(b));
}

function inFace(game: Multilinear, face: Face): RestBranch[] {
  const free = face.map((_, i) => i).filter((i) => face[i] === null);
  const fixed = fixedOn(face);
  let choices: Factor[][] = [[]];
  for (const i of free) {
    const factors = factorsInside(game.restricted(i, fixed), free.filter((j) => j !== i));
    choices = choices.flatMap((before) => factors.map((factor) => [...before, factor]));
  }
  return choices.flatMap((choice) => solved(face, free, choice));
}

function fixedOn(face: Face): Map<number, Exact> {
  const fixed = new Map<number, Exact>();
  face.forEach((pure, i) => { if (pure !== null) fixed.set(i, pure ? ONE : ZERO); });
  return fixed;
}

/** The factors of an advantage that can vanish inside the face; none: no zeros there. */
export function factorsInside(coefficients: Map<number, Exact>, others: number[]): Factor[] {
  if (!coefficients.size) return [null];
  const used = others.filter((j) => [...coefficients.keys()].some((mask) => mask & (1 << j)));
  if (!used.length) return [];
  const of = (...populations: number[]) => coefficients.get(populations.reduce((m, j) => m | (1 << j), 0)) ?? ZERO;
  if (used.length === 1) {
    const value = of().negative().over(of(used[0]!));
    return value.inside ? [{ variable: used[0]!, value }] : [];
  }
  const [u, v] = others as [number, number];
  const [p, q, r, s] = [of(), of(u), of(v), of(u, v)];
  if (!q.times(r).equals(p.times(s))) return [{ u, v, p, q, r, s }];
  // Both shares occur and the determinant is zero: s·(u - u0)·(v - v0) with s not 0.
  const axes = [{ variable: u, value: r.negative().over(s) }, { variable: v, value: q.negative().over(s) }];
  return axes.filter((axis) => axis.value.inside);
}

function solved(face: Face, free: number[], choice: Factor[]): RestBranch[] {
  const known = fixedOn(face);
  for (const factor of choice) {
    if (!factor || !("value" in factor)) continue;
    const before = known.get(factor.variable);
    if (before && !before.equals(factor.value)) return [];
    known.set(factor.variable, factor.value);
  }
  let relations = choice.filter((f): f is Mobius => f !== null && "u" in f);
  if (!propagated(known, relations)) return [];
  const unknown = free.filter((i) => !known.has(i));
  relations = relations.filter((r) => unknown.includes(r.u));
  if (!relations.length) return [new RestBranch(face, face.map((_, i) => known.get(i) ?? "free"))];
  const ends = relations.flatMap((r) => [r.u, r.v]);
  const count = (i: number) => ends.filter((e) => e === i).length;
  const master = unknown.reduce((best, i) => (count(i) > count(best) ? i : best));  // the middle of a chain
  const links = new Map<number, Linked>();
  for (const r of relations) if (r.u === master || r.v === master) links.set(other(r, master), solvedFor(r, other(r, master)));
  const closing = relations.find((r) => r.u !== master && r.v !== master);
  if (closing) {
    const roots = cycleRoots(closing, links);
    if (roots) {
      return roots.flatMap((t) => {
        const values = t.inside ? linkedValues(links, t) : null;
        if (!values) return [];
        return [new RestBranch(face, face.map((_, i) => (i === master ? t : values.get(i) ?? known.get(i)!)))];
      });
    }
  }
  const coordinates = face.map((_, i): Coordinate => known.get(i) ?? links.get(i) ?? "free");
  return linkIntervals([...links.values()]).map((interval) => new RestBranch(face, coordinates, master, interval));
}

function other(relation: Mobius, variable: number): number {
  return variable === relation.u ? relation.v : relation.u;
}

/** The relation solved for one of its shares. */
export function solvedFor({ u, v, p, q, r, s }: Mobius, unknown: number): Linked {
  return unknown === v
    ? { p: p.negative(), q: q.negative(), r, s, master: u }
    : { p: p.negative(), q: r.negative(), r: q, s, master: v };
}

/** Extends `known` along the relations; false where they contradict or leave (0, 1). */
function propagated(known: Map<number, Exact>, relations: Mobius[]): boolean {
  for (let progress = true; progress;) {
    progress = false;
    for (const relation of relations) {
      const [u, v] = [known.get(relation.u), known.get(relation.v)];
      if (u && v) {
        const { p, q, r, s } = relation;
        if (p.plus(q.times(u)).plus(r.plus(s.times(u)).times(v)).sign() !== 0) return false;
      } else if (u || v) {
        const target = u ? relation.v : relation.u;
        const link = solvedFor(relation, target);
        const from = (u ?? v)!;
        if (link.r.plus(link.s.times(from)).sign() === 0) return false;
        const value = linkedValue(link, from);
        if (!value.inside) return false;
        known.set(target, value);
        progress = true;
      }
    }
  }
  return true;
}

/** The parameters at which a cycle of three relations closes; null: at all of them. */
function cycleRoots(closing: Mobius, links: Map<number, Linked>): Exact[] | null {
  const [a, b] = [links.get(closing.u)!, links.get(closing.v)!];
  // p·A·B + q·a·B + r·A·b + s·a·b with u = a/A, v = b/B, all linear in t.
  const terms: [Exact, [Exact, Exact], [Exact, Exact]][] = [
    [closing.p, [a.r, a.s], [b.r, b.s]],
    [closing.q, [a.p, a.q], [b.r, b.s]],
    [closing.r, [a.r, a.s], [b.p, b.q]],
    [closing.s, [a.p, a.q], [b.p, b.q]],
  ];
  let [c0, c1, c2] = [ZERO, ZERO, ZERO];
  for (const [w, f, g] of terms) {
    c0 = c0.plus(w.times(f[0]).times(g[0]));
    c1 = c1.plus(w.times(f[0].times(g[1]).plus(f[1].times(g[0]))));
    c2 = c2.plus(w.times(f[1]).times(g[1]));
  }
  return [c0, c1, c2].every((c) => c.sign() === 0) ? null : quadraticRoots(c2, c1, c0);
}

function linkedValues(links: Map<number, Linked>, t: Exact): Map<number, Exact> | null {
  const result = new Map<number, Exact>();
  for (const [i, link] of links) {
    if (link.r.plus(link.s.times(t)).sign() === 0) return null;
    const value = linkedValue(link, t);
    if (!value.inside) return null;
    result.set(i, value);
  }
  return result;
}

/** The open intervals of t on which every linked share lies in (0, 1). */
export function linkIntervals(links: Linked[]): [Exact, Exact][] {
  const cuts = [ZERO, ONE];
  for (const link of links) {
    for (const [constant, slope] of [[link.p, link.q], [link.r, link.s], [link.p.minus(link.r), link.q.minus(link.s)]] as const) {
      if (slope.sign() === 0) continue;
      const at = constant.negative().over(slope);
      if (at.inside && !cuts.some((c) => c.equals(at))) cuts.push(at);
    }
  }
  cuts.sort((x, y) => x.compare(y));
  const every = new Map(links.map((link, k) => [k, link]));
  return cuts.slice(1).map((high, k): [Exact, Exact] => [cuts[k]!, high])
    .filter(([low, high]) => linkedValues(every, low.plus(high).times(HALF)) !== null);
}

/** Drops repetitions, and branches that lie on larger ones. */
function largest(candidates: RestBranch[]): RestBranch[] {
  const kept: RestBranch[] = [];
  for (const branch of [...candidates].sort((a, b) => b.dimension - a.dimension)) {
    // Along a branch every defining polynomial of another one has degree at most two in the parameter, so three
    // states a direction decide.
    let values: Exact[][] = [[]];
    for (const i of branch.moving) {
      const [low, high] = branch.range(i);
      const grid = [1, 2, 3].map((k) => low.plus(high.minus(low).times(Numbers.of(k, 4))));
      values = values.flatMap((before) => grid.map((t) => [...before, t]));
    }
    const probes = values.map((at) => branch.state(at));
    if (!kept.some((larger) => probes.every((p) => larger.contains(p)))) kept.push(branch);
  }
  return kept;
}
