// Where states stand in a picture: on a strip, in a square, a triangle, a cube or tetrahedron seen from a side,
// or in a slice of more shares than a page has dimensions.
import type { State } from "../../dynamics/field";
import type { GameModel } from "../../model";

type Shape = "strip" | "square" | "triangle" | "cube" | "tetrahedron";

/** A place of the page: to the right and upwards, in widths of the picture. */
export type Place = [number, number];

export interface Projection {
  shape: Shape;
  /** Indices in a state of the shares that the picture shows. */
  shown: number[];
  /** The smallest and largest places. */
  box: { left: number; right: number; bottom: number; top: number };
  /** Writes the place of the state that begins at `at` in `states`. */
  place: (states: Float64Array, at: number, out: Float64Array, to: number) => void;
  /** The state at a place; null outside.  In a solid it lies half way through it. */
  stateAt: (place: Place) => State | null;
  /** The state at a place as deep in the picture as `near`. */
  movedTo: (near: State, place: Place) => State | null;
  /** The edges of the state space as pairs of states; `behind` are hidden by what is before them. */
  edges: { from: State; to: State; behind: boolean }[];
  /** Flat parts of what is shown, each by three corners, or four of which the last is opposite to the first. */
  sheets: State[][];
  /** Corners and ends of axes with what stands beside them: an index of a share, or of a strategy. */
  axes: { share: number; from: State; to: State }[];
}

/** From where a solid is seen, in degrees: around the third axis, and above the plane of the other two. */
export interface Camera { azimuth: number; elevation: number }

/** From this side no corner hides another and each axis keeps its length within a third. */
export const USUAL: Camera = { azimuth: -62, elevation: 22 };

const HEIGHT = Math.sqrt(3) / 2;
const CORNERS3: [number, number, number][] = [0, 1].flatMap((x) => [0, 1].flatMap((y) => [0, 1].map((z) => [x, y, z] as [number, number, number])));
/** A regular tetrahedron about the middle of the unit cube. */
const TETRAHEDRON: [number, number, number][] = [[0, 0, 0], [1, 1, 0], [1, 0, 1], [0, 1, 1]];

/** What a game is shown in: one picture, or one for each population of three strategies. */
export function projectionsOf(game: GameModel, base: State, camera: Camera, axes: [string, string] | null): Projection[] {
  const sizes = game.populations.map((p) => p.strategies.length);
  const names = game.populations.flatMap((p) => p.shares);
  const pair = axes?.map((name) => names.indexOf(name));
  if (pair && pair[0]! >= 0 && pair[1]! >= 0 && pair[0] !== pair[1]) return [slice(sizes, base, pair[0]!, pair[1]!)];
  if (sizes.length === 1 && sizes[0] === 2) return [strip()];
  if (sizes.every((size) => size === 2) && sizes.length === 2) return [slice(sizes, base, 0, 1)];
  if (sizes.every((size) => size === 2) && sizes.length === 3) return [cube(camera)];
  if (sizes.length === 1 && sizes[0] === 4) return [tetrahedron(camera)];
  if (sizes.every((size) => size === 3) && sizes.length <= 2) return sizes.map((_, i) => triangle(base, 3 * i));
  return [slice(sizes, base, 0, 1)];
}

export const isSolid = ({ shape }: Projection) => shape === "cube" || shape === "tetrahedron";

/** Tells whether a game has a picture that shows all its shares at once. */
export function isWhole(game: GameModel): boolean {
  const sizes = game.populations.map((p) => p.strategies.length);
  return (sizes.every((size) => size === 2) && sizes.length <= 3) || (sizes.length === 1 && sizes[0]! <= 4);
}

function strip(): Projection {
  return {
    shape: "strip", shown: [0], box: { left: 0, right: 1, bottom: -0.25, top: 0.25 },
    place: (states, at, out, to) => { out[to] = states[at]!; out[to + 1] = 0; },
    stateAt: ([x]) => within([x]) ? Float64Array.of(x) : null,
    movedTo: (_, [x]) => Float64Array.of(clamp(x)),
    edges: [{ from: Float64Array.of(0), to: Float64Array.of(1), behind: false }],
    sheets: [],
    axes: [{ share: 0, from: Float64Array.of(0), to: Float64Array.of(1) }],
  };
}

/** Two shares against each other, the others as in `base`; two of one population bound each other. */
function slice(sizes: number[], base: State, first: number, second: number): Projection {
  const owner = sizes.flatMap((size, i) => Array<number>(size === 2 ? 1 : size).fill(i));
  const at = (x: number, y: number): State | null => {
    const state = Float64Array.from(base);
    const own = owner[first] === owner[second];
    if (!within(own ? [x, y, 1 - x - y] : [x, y])) return null;
    put(state, owner, own ? [first, second] : [first], own ? [x, y] : [x]);
    if (!own) put(state, owner, [second], [y]);
    return state;
  };
  const state = (x: number, y: number) => at(x, y) ?? Float64Array.from(base);
  const bounded = owner[first] === owner[second];
  const corners: Place[] = bounded ? [[0, 0], [1, 0], [0, 1]] : [[0, 0], [1, 0], [1, 1], [0, 1]];
  return {
    shape: "square", shown: [first, second], box: { left: 0, right: 1, bottom: 0, top: 1 },
    place: (states, from, out, to) => { out[to] = states[from + first]!; out[to + 1] = states[from + second]!; },
    stateAt: ([x, y]) => at(x, y),
    movedTo: (near, [x, y]) => {
      const moved = Float64Array.from(near);
      const [a, b] = [clamp(x), clamp(y)];
      if (!bounded) {
        put(moved, owner, [first], [a]);
        put(moved, owner, [second], [b]);
      } else {
        const over = Math.max(1, a + b);
        put(moved, owner, [first, second], [a / over, b / over]);
      }
      return moved;
    },
    edges: corners.map(([x, y], k) => {
      const [u, v] = corners[(k + 1) % corners.length]!;
      return { from: state(x, y), to: state(u, v), behind: false };
    }),
    sheets: [[state(0, 0), state(1, 0), state(0, 1), ...(bounded ? [] : [state(1, 1)])]],
    axes: [{ share: first, from: state(0, 0), to: state(1, 0) }, { share: second, from: state(0, 0), to: state(0, 1) }],
  };
}

/** Sets shares of a population; its other strategies keep their proportions in what is left. */
export function put(state: State, owner: number[], which: number[], to: number[]): void {
  const own = owner.flatMap((i, k) => (i === owner[which[0]!] ? [k] : []));
  if (own.length > 1) {
    const others = own.filter((k) => !which.includes(k));
    const left = 1 - to.reduce((a, b) => a + b, 0);
    const sum = others.reduce((a, k) => a + state[k]!, 0);
    for (const k of others) state[k] = Math.max(0, sum > 0 ? (left * state[k]!) / sum : left / others.length);
  }
  which.forEach((k, j) => { state[k] = to[j]!; });
}

function triangle(base: State, first: number): Projection {
  const at = (shares: number[]): State => {
    const state = Float64Array.from(base);
    state.set(shares, first);
    return state;
  };
  const of = ([x, y]: Place): number[] => {
    const top = y / HEIGHT;
    const right = x - top / 2;
    return [1 - top - right, right, top];
  };
  const corners = [at([1, 0, 0]), at([0, 1, 0]), at([0, 0, 1])];
  return {
    shape: "triangle", shown: [first, first + 1, first + 2], box: { left: 0, right: 1, bottom: 0, top: HEIGHT },
    place: (states, from, out, to) => {
      out[to] = states[from + first + 1]! + states[from + first + 2]! / 2;
      out[to + 1] = HEIGHT * states[from + first + 2]!;
    },
    stateAt: (place) => {
      const shares = of(place);
      return within(shares) ? at(shares.map(clamp)) : null;
    },
    movedTo: (near, place) => {
      const shares = of(place).map((share) => Math.max(0, share));
      const total = shares.reduce((a, b) => a + b, 0);
      const moved = Float64Array.from(near);
      moved.set(shares.map((share) => share / total), first);
      return moved;
    },
    edges: [0, 1, 2].map((k) => ({ from: corners[k]!, to: corners[(k + 1) % 3]!, behind: false })),
    sheets: [corners],
    axes: [0, 1, 2].map((k) => ({ share: first + k, from: corners[(k + 1) % 3]!, to: corners[k]! })),
  };
}

// ------------------------------------------------------------------------------------------------- solids

type Point3 = [number, number, number];

/** A parallel projection of space: right and up on the page, and towards the viewer. */
function seenFrom({ azimuth, elevation }: Camera) {
  const [a, e] = [(azimuth * Math.PI) / 180, (elevation * Math.PI) / 180];
  const right: Point3 = [-Math.sin(a), Math.cos(a), 0];
  const up: Point3 = [-Math.sin(e) * Math.cos(a), -Math.sin(e) * Math.sin(a), Math.cos(e)];
  const toward: Point3 = [Math.cos(e) * Math.cos(a), Math.cos(e) * Math.sin(a), Math.sin(e)];
  return { right, up, toward };
}

const dot = (a: Point3, b: Point3) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** Half of what a picture spans: little less than half a diagonal of the cube, which then stays in it when turned. */
const REACH = 0.76;

function solid(
  camera: Camera, shape: Shape, shown: number[], toSpace: (states: Float64Array, at: number) => Point3,
  fromSpace: (point: Point3) => State | null, nearest: (point: Point3) => State, corners: State[], pairs: [number, number][],
): Projection {
  const { right, up, toward } = seenFrom(camera);
  const middle: Point3 = [0.5, 0.5, 0.5];
  const placed = (p: Point3): Place => [
    (dot(p, right) - dot(middle, right)) / (2 * REACH) + 0.5, (dot(p, up) - dot(middle, up)) / (2 * REACH) + 0.5,
  ];
  const unplaced = ([x, y]: Place, depth: number): Point3 => {
    const [u, v] = [(x - 0.5) * 2 * REACH + dot(middle, right), (y - 0.5) * 2 * REACH + dot(middle, up)];
    return [0, 1, 2].map((k) => u * right[k]! + v * up[k]! + depth * toward[k]!) as Point3;
  };
  const space = corners.map((corner) => toSpace(corner, 0));
  const deep = space.map((p) => dot(p, toward));
  const hidden = hiddenCorner(space, placed, deep);
  return {
    shape, shown, box: { left: 0, right: 1, bottom: 0, top: 1 },
    place: (states, at, out, to) => {
      const [x, y] = placed(toSpace(states, at));
      out[to] = x;
      out[to + 1] = y;
    },
    stateAt: (place) => {
      // The ray of sight enters and leaves; half way between is as good a guess as any.
      const depths: number[] = [];
      const reach = 1;
      for (let k = 0; k <= 400; k++) {
        const depth = dot(middle, toward) + reach * (k / 200 - 1);
        if (fromSpace(unplaced(place, depth))) depths.push(depth);
      }
      return depths.length === 0 ? null : fromSpace(unplaced(place, (depths[0]! + depths.at(-1)!) / 2));
    },
    movedTo: (near, place) => nearest(unplaced(place, dot(toSpace(near, 0), toward))),
    edges: pairs.map(([a, b]) => ({ from: corners[a]!, to: corners[b]!, behind: a === hidden || b === hidden })),
    sheets: [],
    axes: [],
  };
}

/** Returns which corner is behind the others and inside their outline, or -1. */
function hiddenCorner(space: Point3[], placed: (p: Point3) => Place, deep: number[]): number {
  const places = space.map(placed);
  let last = deep.indexOf(Math.min(...deep));
  const others = places.filter((_, k) => k !== last);
  if (!insideHull(places[last]!, others)) last = -1;
  return last;
}

function insideHull(point: Place, hull: Place[]): boolean {
  // Inside where no half-plane through the point holds all of the others.
  const angles = hull.map(([x, y]) => Math.atan2(y - point[1], x - point[0])).sort((a, b) => a - b);
  const gaps = angles.map((angle, k) => (k + 1 < angles.length ? angles[k + 1]! : angles[0]! + 2 * Math.PI) - angle);
  return Math.max(...gaps) < Math.PI;
}

function cube(camera: Camera): Projection {
  const { toward } = seenFrom(camera);
  const corners = CORNERS3.map((corner) => Float64Array.from(corner));
  const pairs = corners.flatMap((a, i) => corners.flatMap((b, j) =>
    i < j && a.reduce((off, v, k) => off + Math.abs(v - b[k]!), 0) === 1 ? [[i, j] as [number, number]] : []));
  const inside = (p: Point3) => (within(p) ? Float64Array.from(p, clamp) : null);
  const made = solid(camera, "cube", [0, 1, 2], (s, at) => [s[at]!, s[at + 1]!, s[at + 2]!], inside,
    (p) => Float64Array.from(p, clamp), corners, pairs);
  // Each axis stands at an edge on the outline.
  const [x, y, z] = CORNERS3.reduce((a, b) => (dot(a, toward) <= dot(b, toward) ? a : b));
  const out = new Float64Array(2);
  const across = (p: Point3) => { made.place(Float64Array.from(p), 0, out, 0); return out[0]!; };
  const upright = ([[x, 1 - y], [1 - x, y]] as Place[]).sort((a, b) => across([a[0], a[1], 0]) - across([b[0], b[1], 0]))[0]!;
  const edge = (share: number, from: Point3): Projection["axes"][number] => {
    const to = [...from];
    to[share] = 1;
    return { share, from: Float64Array.from(from), to: Float64Array.from(to) };
  };
  made.sheets = [0, 1, 2].flatMap((axis) => [0, 1].map((value) => [[0, 0], [1, 0], [0, 1], [1, 1]].map(([u, v]) => {
    const corner = [u!, v!];
    corner.splice(axis, 0, value);
    return Float64Array.from(corner);
  })));
  made.axes = [edge(0, [0, 1 - y, z]), edge(1, [1 - x, 0, z]), edge(2, [upright[0], upright[1], 0])];
  return made;
}

function tetrahedron(camera: Camera): Projection {
  const corners = [0, 1, 2, 3].map((k) => Float64Array.from([0, 1, 2, 3], (j) => +(j === k)));
  const toSpace = (s: Float64Array, at: number) => [0, 1, 2].map((d) =>
    TETRAHEDRON.reduce((total, corner, k) => total + s[at + k]! * corner[d]!, 0)) as Point3;
  // The corners satisfy x+y+z = 2(1-s0), x = s1+s2, y = s1+s3, z = s2+s3.
  const shares = ([x, y, z]: Point3) => [1 - (x + y + z) / 2, (x + y - z) / 2, (x + z - y) / 2, (y + z - x) / 2];
  const made = solid(camera, "tetrahedron", [0, 1, 2, 3], toSpace,
    (p) => { const s = shares(p); return within(s) ? Float64Array.from(s, clamp) : null; },
    (p) => {
      const kept = shares(p).map((share) => Math.max(0, share));
      const total = kept.reduce((a, b) => a + b, 0);
      return Float64Array.from(kept, (share) => share / total);
    }, corners, [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]]);
  made.sheets = [0, 1, 2, 3].map((absent) => corners.filter((_, k) => k !== absent));
  made.axes = [0, 1, 2, 3].map((k) => ({ share: k, from: corners[(k + 1) % 4]!, to: corners[k]! }));
  return made;
}

function within(shares: number[]): boolean {
  return shares.every((share) => share >= -1e-9 && share <= 1 + 1e-9);
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
