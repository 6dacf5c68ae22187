// The linearised field about a rest point: its trajectories, and the directions that they come and leave along.
import type { LabelledPoint } from "../../analysis/labels";
import { cornersOf, directions, linearised, placeOf, type Matrix2, type Point2 } from "../../dynamics/linear_plane";
import { orbit } from "../../dynamics/runge_kutta";
import { known } from "../../formulas/present";
import { say } from "../../languages";
import type { GameModel } from "../../model";

/** How much of the state space about the point is shown: a square of this side. */
const WINDOW = 0.2;
const STARTS = 16;
const STEPS = 80;

export function Inset({ game, point }: { game: GameModel; point: LabelledPoint }) {
  const corners = cornersOf(game);
  const jacobian = game.formulas.jacobian;
  if (!corners || !jacobian) return null;
  const map = linearised(game, jacobian, known.value, corners, point.state);
  if (!map.every(Number.isFinite)) return null;
  const centre = placeOf(corners, point.state);
  // The window is [-1, 1] both ways, with the second axis upwards.
  const outline = corners.map(([x, y]) => `${((x - centre[0]) * 2) / WINDOW},${((centre[1] - y) * 2) / WINDOW}`).join(" ");
  const lines = directions(map);
  return (
    <figure class="inset">
      <svg viewBox="-1.02 -1.02 2.04 2.04" role="img" aria-label={told(lines)}>
        <rect x="-1" y="-1" width="2" height="2" class="outside" />
        <clipPath id="inset-inside"><polygon points={outline} /></clipPath>
        <polygon points={outline} class="inside" />
        <g clip-path="url(#inset-inside)">
          {paths(map).map((d, k) => <path key={k} d={d} class="flow" />)}
          {heads(map).map((d, k) => <path key={k} d={d} class="head" />)}
          {lines.map(({ value, along }, k) => (
            <g key={k} class={value < 0 ? "inward" : value > 0 ? "outward" : "neutral"}>
              <line x1={-2 * along[0]} y1={2 * along[1]} x2={2 * along[0]} y2={-2 * along[1]} />
              {value !== 0 && [1, -1].map((side) => <path key={side} d={arrow(along, side, value)} />)}
            </g>
          ))}
        </g>
        <rect x="-1" y="-1" width="2" height="2" class="frame" />
        <circle r="0.05" />
      </svg>
      <figcaption>{say("Linearised about the point, axes as in the phase view; a window of {window} each way", { window: WINDOW })}</figcaption>
    </figure>
  );
}

function told(lines: { value: number }[]): string {
  const inward = lines.filter((l) => l.value < 0).length, outward = lines.filter((l) => l.value > 0).length;
  if (!lines.length) return say("Linearised field about the point, without single directions");
  return say("Linearised field about the point: {inward} directions of approach, {outward} of departure", { inward, outward });
}

/** Trajectories of the linear field through points on a circle, both ways in time. */
function paths(map: Matrix2): string[] {
  const size = Math.hypot(...map);
  if (size === 0) return [];
  const field = (u: Float64Array, out: Float64Array) => {
    out[0] = map[0] * u[0]! + map[1] * u[1]!;
    out[1] = map[2] * u[0]! + map[3] * u[1]!;
  };
  return circle().map((start) =>
    [0.06, -0.06].map((step) => drawn(orbit(field, Float64Array.from(start), step / size, STEPS))).join(""));
}

/** Points on a circle about the rest point. */
function circle(): Point2[] {
  return Array.from({ length: STARTS }, (_, k) => {
    const turn = (2 * Math.PI * (k + 0.5)) / STARTS;
    return [0.6 * Math.cos(turn), 0.6 * Math.sin(turn)];
  });
}

function drawn(path: Float64Array): string {
  let d = "";
  for (let k = 0; k < path.length; k += 2) {
    const [x, y] = [path[k]!, -path[k + 1]!];
    if (Math.abs(x) > 1.5 || Math.abs(y) > 1.5) break;
    d += `${k ? "L" : "M"}${x.toFixed(3)} ${y.toFixed(3)}`;
  }
  return d;
}

/** Heads on some of the trajectories, the way that time runs. */
function heads(map: Matrix2): string[] {
  return circle().filter((_, k) => k % 2).map(([x, y]) => {
    const [u, v] = [map[0] * x + map[1] * y, map[2] * x + map[3] * y];
    const speed = Math.hypot(u, v);
    return speed ? head([x, -y], [u / speed, -v / speed]) : "";
  });
}

/** An arrow head on a direction, towards the point where the eigenvalue is negative. */
function arrow([x, y]: Point2, side: number, value: number): string {
  const way = value < 0 ? -side : side;
  return head([0.55 * side * x, -0.55 * side * y], [way * x, -way * y]);
}

function head([x, y]: Point2, [u, v]: Point2): string {
  const [a, b] = [0.1 * u, 0.1 * v];
  return `M${x + a} ${y + b}L${x - a - b * 0.6} ${y - b + a * 0.6}L${x - a + b * 0.6} ${y - b - a * 0.6}Z`;
}
