// A regime map: the twin of packages/separatrix/src/separatrix/studio/page_json.py, and what the page makes of it.

type RegimeKind = "stable" | "outside" | "pole" | "undecided" | "open";
export interface Regime {
  letter: string;
  /** `open`: the page itself cannot tell, and the server was not asked. */
  kind: RegimeKind;
  /** Ids of the states that are asymptotically stable. */
  stable: string[];
  /** Whether it holds on an area, and not on lines alone. */
  generic: boolean;
  /** Of the window. */
  share: number;
}
export interface MapBorder {
  solved: string | null;
  pieces: { kind: "stability" | "line" | "assumption" | "pole" | "undecided"; points: number[] }[];
}
export interface RegimeMap {
  over: { name: string; range: [string, string] }[];
  method: "exact" | "numerical";
  /** How far a border may be off along each parameter. */
  error: [number, number] | null;
  states: { id: string; support: string[][] }[];
  regimes: Regime[];
  /** Polygons that fill the window, as x, y, x, y, … */
  regions: [number, number[]][];
  borders: MapBorder[];
}

/** A map as it is drawn: areas with borders from the server, or cells that the page has sampled. */
export interface Drawn {
  regimes: Regime[];
  regions: [number, number[]][];
  borders: MapBorder[];
  cells: { count: number; at: number[] } | null;
  /** What is played in the states, by their ids. */
  supports: Record<string, string[][]>;
  letters: Map<number, [number, number]>;
}

/**
 * What is played in several states, as one text whatever their order.  Regimes are told apart by it: of states that
 * play the same, the letters behind their ids count differently from place to place.
 */
export function playedIn(supports: string[][][]): string {
  return supports.map((support) => JSON.stringify(support)).sort().join();
}

/** The letter of the regime that comes as the `index`-th: A to Z, then AA. */
export function letterOf(index: number): string {
  return (index >= 26 ? letterOf(Math.floor(index / 26) - 1) : "") + String.fromCharCode(65 + (index % 26));
}

/** Which regime holds at the middles of a square grid of cells, from the lower left, row by row; -1 for none. */
export function rasterOf(regions: [number, number[]][], window: [[number, number], [number, number]], count: number): number[] {
  const [[left, right], [low, high]] = window;
  const at: number[] = [];
  for (let row = 0; row < count; row++) {
    const y = low + ((row + 0.5) / count) * (high - low);
    for (let column = 0; column < count; column++) {
      const x = left + ((column + 0.5) / count) * (right - left);
      at.push(regions.find(([, polygon]) => holdsPoint(polygon, x, y))?.[0] ?? -1);
    }
  }
  return at;
}

/** Whether a polygon holds a point: a ray from it crosses the boundary an odd number of times. */
export function holdsPoint(polygon: number[], x: number, y: number): boolean {
  let inside = false;
  for (let k = 0, j = polygon.length - 2; k < polygon.length; j = k, k += 2) {
    const [ax, ay, bx, by] = [polygon[k]!, polygon[k + 1]!, polygon[j]!, polygon[j + 1]!];
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside;
  }
  return inside;
}

/**
 * Where the letter of each regime stands: in the middle of the cell that is farthest from other regimes and from
 * the edge; as parts of the window, from the lower left.
 */
export function lettersAt(raster: number[], count: number): Map<number, [number, number]> {
  const depth = raster.map(() => 0);
  const same = (k: number, row: number, column: number) =>
    row >= 0 && column >= 0 && row < count && column < count && raster[row * count + column] === raster[k];
  // Each sweep peels one more ring off every region.
  let ring = raster.map((_, k) => k);
  for (let level = 1; ring.length > 0; level++) {
    for (const k of ring) depth[k] = level;
    ring = ring.filter((k) => {
      const [row, column] = [Math.floor(k / count), k % count];
      return [[row - 1, column], [row + 1, column], [row, column - 1], [row, column + 1]]
        .every(([r, c]) => same(k, r!, c!) && depth[r! * count + c!]! >= level);
    });
  }
  const best = new Map<number, number>();
  raster.forEach((regime, k) => {
    const before = best.get(regime);
    if (regime >= 0 && (before === undefined || depth[k]! > depth[before]!)) best.set(regime, k);
  });
  return new Map([...best].map(([regime, k]) => [regime, [((k % count) + 0.5) / count, (Math.floor(k / count) + 0.5) / count]]));
}
