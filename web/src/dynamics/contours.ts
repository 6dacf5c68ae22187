// Where functions of the state vanish on a sheet of states cut into triangles: nullclines, as lines.
import type { State } from "./field";
import { ratesFrom, type Flow } from "./growth";

/** States on a flat part of the state space, and triangles of three of them each. */
export interface Sheet { states: State[]; triangles: Uint16Array }

/** A sheet over a triangle of states, or over a quadrilateral where there is a fourth. */
export function sheetOver(corners: State[], count: number): Sheet {
  const [o, a, b, c] = corners as [State, State, State, State?];
  const states: State[] = [];
  const number = new Map<number, number>();
  for (let i = 0; i <= count; i++) {
    for (let j = 0; j <= (c ? count : count - i); j++) {
      number.set(i * (count + 1) + j, states.length);
      const [u, v] = [i / count, j / count];
      // Corners in order: o, a, c opposite o, b.
      states.push(c ? o.map((x, k) => (1 - u) * ((1 - v) * x + v * b[k]!) + u * ((1 - v) * a[k]! + v * c[k]!))
        : o.map((x, k) => (1 - u - v) * x + u * a[k]! + v * b[k]!));
    }
  }
  const triangles: number[] = [];
  const at = (i: number, j: number) => number.get(i * (count + 1) + j)!;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < (c ? count : count - i); j++) {
      triangles.push(at(i, j), at(i + 1, j), at(i, j + 1));
      if (c || j < count - i - 1) triangles.push(at(i + 1, j), at(i + 1, j + 1), at(i, j + 1));
    }
  }
  return { states, triangles: Uint16Array.from(triangles) };
}

/**
 * Returns the nullcline of each share on a sheet as lines through states: where its strategy earns what its
 * population earns on average.  The faces, where a share never changes, are left out.
 */
export function nullclines(flow: Flow, sheet: Sheet): Float64Array[][] {
  const n = flow.length;
  const growth = new Float64Array(n);
  const rate = new Float64Array(n);
  const values = Array.from({ length: n }, () => new Float64Array(sheet.states.length));
  sheet.states.forEach((state, s) => {
    flow.growth(state, growth);
    ratesFrom(flow, state, growth, rate);
    for (let i = 0; i < flow.sizes.length; i++) {
      const [at, size] = [flow.offsets[i]!, flow.sizes[i]!];
      if (size === 2) {
        values[at]![s] = growth[at]!;
        continue;
      }
      let average = 0;
      for (let k = at; k < at + size; k++) average += state[k]! * growth[k]!;
      for (let k = at; k < at + size; k++) values[k]![s] = growth[k]! - average;
    }
  });
  return values.map((own) => contour(sheet, own, flow.scale * 1e-12));
}

/** The lines on which values vanish, each as states one after the other; within rounding of 0 counts as 0. */
function contour(sheet: Sheet, values: Float64Array, rounding: number): Float64Array[] {
  const signed = values.map((value) => (Math.abs(value) <= rounding ? 0 : value));
  // The line crosses an edge of the net at one place, and goes on in the triangle on the other side of it.
  const places = new Map<number, { state: State; next: number[] }>();
  const count = sheet.states.length;
  const cut = (a: number, b: number): number => {
    const edge = a < b ? a * count + b : b * count + a;
    if (!places.has(edge)) {
      const part = signed[a]! / (signed[a]! - signed[b]!);
      const to = sheet.states[b]!;
      places.set(edge, { state: sheet.states[a]!.map((x, k) => x + part * (to[k]! - x)), next: [] });
    }
    return edge;
  };
  for (let t = 0; t < sheet.triangles.length; t += 3) {
    const corners = [sheet.triangles[t]!, sheet.triangles[t + 1]!, sheet.triangles[t + 2]!] as const;
    const above = corners.filter((c) => signed[c]! >= 0);
    if (above.length === 0 || above.length === 3) continue;
    const below = corners.filter((c) => signed[c]! < 0);
    const [from, to] = above.length === 1 ? below.map((c) => cut(above[0]!, c)) : above.map((c) => cut(c, below[0]!));
    places.get(from!)!.next.push(to!);
    places.get(to!)!.next.push(from!);
  }
  return chains(places);
}

/** Puts pieces together to lines: first those with ends, then those that are closed. */
function chains(places: Map<number, { state: State; next: number[] }>): Float64Array[] {
  const found: Float64Array[] = [];
  const seen = new Set<number>();
  const follow = (begin: number) => {
    const line: number[] = [];
    let at: number | undefined = begin;
    let last = begin;
    while (at !== undefined) {
      seen.add(at);
      last = at;
      line.push(...places.get(at)!.state);
      at = places.get(at)!.next.find((next) => !seen.has(next));
    }
    // A closed line ends where it begins.
    if (last !== begin && line.length > 2 && places.get(last)!.next.includes(begin) && places.get(begin)!.next.length > 1) {
      line.push(...places.get(begin)!.state);
    }
    found.push(Float64Array.from(line));
  };
  for (const [edge, { next }] of places) if (next.length === 1 && !seen.has(edge)) follow(edge);
  for (const edge of places.keys()) if (!seen.has(edge)) follow(edge);
  return found;
}
