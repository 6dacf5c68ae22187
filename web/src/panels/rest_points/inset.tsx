// The linearised field about a rest point: its trajectories, and the directions that they come and leave along.
import type { LabelledPoint } from "../../analysis/labels";
import { directions, type Direction } from "../../dynamics/eigenvectors";
import { jacobian, tangents } from "../../dynamics/linear";
import { orbit } from "../../dynamics/runge_kutta";
import { say } from "../../languages";
import type { GameModel } from "../../model";
import { flow } from "../../state/trajectories";
import { pictures } from "../../views/phase/pictures";
import { isSolid, isWhole, type Place } from "../../views/phase/projection";

/** How much of the picture about the point is shown: a square of this side. */
const WINDOW = 0.2;
const STARTS = 16;
const STEPS = 80;
/** How far outside the state space a state may be that rounding put there. */
const SLACK = 1e-9;

/** Where a displacement in tangent coordinates stands in the window, [-1, 1] both ways; null outside the states. */
type Window = (along: ArrayLike<number>, anywhere?: boolean) => Place | null;

export function Inset({ game, point }: { game: GameModel; point: LabelledPoint }) {
  const under = flow.value;
  const projection = pictures.value?.projections[0];
  if (!under || !projection || !isWhole(game)) return null;
  const centre = Float64Array.from(point.state);
  const matrix = jacobian(under, centre);
  if (!matrix.flat().every(Number.isFinite)) return null;
  const basis = tangents(under);
  const out = new Float64Array(4);
  const placed = (state: Float64Array): Place => {
    projection.place(centre, 0, out, 0);
    projection.place(state, 0, out, 2);
    return [((out[2]! - out[0]!) * 2) / WINDOW, ((out[1]! - out[3]!) * 2) / WINDOW];
  };
  const at: Window = (along, anywhere = false) => {
    const state = centre.map((share, k) => share + (WINDOW / 2) * basis.reduce((sum, b, j) => sum + along[j]! * b[k]!, 0));
    return anywhere || state.every((share) => share >= -SLACK && share <= 1 + SLACK) ? placed(state) : null;
  };
  const lines = directions(matrix, point.eigenvalues);
  const flat = !isSolid(projection);
  return (
    <figure class="inset">
      <svg viewBox="-1.02 -1.02 2.04 2.04" role="img" aria-label={told(lines)}>
        {flat && <rect x="-1" y="-1" width="2" height="2" class="outside" />}
        {flat && projection.sheets.map((s, k) => (
          <polygon key={k} points={[s[0]!, s[1]!, ...(s[3] ? [s[3]] : []), s[2]!].map((corner) => placed(corner).join()).join(" ")} class="inside" />
        ))}
        {projection.edges.map(({ from, to, behind }, k) => <path key={k} d={line(placed(from), placed(to))} class={behind ? "edge behind" : "edge"} />)}
        {matrix.length > 1 && starts(matrix.length, at).map((start, k) => (
          <g key={k}>
            <path d={trajectory(matrix, start, at)} class="flow" />
            {k % 2 > 0 && <path d={head(start, matrix.map((row) => row.reduce((sum, entry, j) => sum + entry * start[j]!, 0)), at)} class="head" />}
          </g>
        ))}
        {lines.flatMap(({ value, along }, k) => [1, -1].map((side) => {
          const half = along.map((part) => side * part);
          const tip = at(half.map((part) => 1e-3 * part)) && at(half.map((part) => 3 * part), true);
          return tip && (
            <g key={`${k} ${side}`} class={value < 0 ? "inward" : value > 0 ? "outward" : "neutral"}>
              <path d={line([0, 0], tip)} class="arm" />
              {value !== 0 && <path d={head(half.map((part) => 0.55 * part), half.map((part) => Math.sign(value) * part), at)} />}
            </g>
          );
        }))}
        <rect x="-1" y="-1" width="2" height="2" class="frame" />
        <circle r="0.05" />
      </svg>
      <figcaption>{say("Linearised about the point, axes as in the phase view; a window of {window} each way", { window: WINDOW })}</figcaption>
    </figure>
  );
}

function told(lines: Direction[]): string {
  const inward = lines.filter((l) => l.value < 0).length, outward = lines.filter((l) => l.value > 0).length;
  if (!lines.length) return say("Linearised field about the point, without real eigenvectors");
  return say("Linearised field about the point: {inward} directions of approach, {outward} of departure", { inward, outward });
}

/** Starts about the point: on a circle of the picture, or on the surface of a cube. */
function starts(dimension: number, at: Window): number[][] {
  const within = (found: number[][]) => found.filter((start) => at(start) !== null);
  if (dimension > 2) {
    const ends = [-0.6, 0, 0.6];
    return within(ends.flatMap((x) => ends.flatMap((y) => ends.map((z) => [x, y, z]))).filter((s) => s.some((v) => v !== 0)));
  }
  const [a, b] = [at([1, 0], true)!, at([0, 1], true)!];
  const det = a[0] * b[1] - b[0] * a[1];
  return within(Array.from({ length: STARTS }, (_, k) => {
    const turn = (2 * Math.PI * (k + 0.5)) / STARTS;
    const [u, v] = [0.6 * Math.cos(turn), 0.6 * Math.sin(turn)];
    return [(u * b[1] - v * b[0]) / det, (v * a[0] - u * a[1]) / det];
  }));
}

/** A trajectory of the linear field, both ways in time, as far as it stays in the window and the state space. */
function trajectory(matrix: number[][], start: number[], at: Window): string {
  const size = Math.hypot(...matrix.flat());
  if (size === 0) return "";
  const n = start.length;
  const field = (u: Float64Array, rates: Float64Array) => {
    matrix.forEach((row, i) => { rates[i] = row.reduce((sum, entry, j) => sum + entry * u[j]!, 0); });
  };
  return [0.06, -0.06].map((step) => {
    const path = orbit(field, Float64Array.from(start), step / size, STEPS);
    let d = "";
    for (let k = 0; k < path.length; k += n) {
      const place = at(path.subarray(k, k + n));
      if (!place || Math.hypot(...place) > 2) break;
      d += `${k ? "L" : "M"}${place[0].toFixed(3)} ${place[1].toFixed(3)}`;
    }
    return d;
  }).join("");
}

function line(from: Place, to: Place): string {
  return `M${from[0]} ${from[1]}L${to[0]} ${to[1]}`;
}

/** An arrow head at a displacement, the way that another one points. */
function head(place: number[], way: number[], at: Window): string {
  const [[x, y], [u, v]] = [at(place, true)!, at(way, true)!];
  const length = Math.hypot(u, v);
  if (length === 0) return "";
  const [a, b] = [(0.1 * u) / length, (0.1 * v) / length];
  return `M${x + a} ${y + b}L${x - a - b * 0.6} ${y - b + a * 0.6}L${x - a + b * 0.6} ${y - b - a * 0.6}Z`;
}
