// What stands over a picture and has a name: axes, starts, today's state and rest points.  Looks are attributes, so
// that a file holds them too.
import type { JSX } from "preact";
import { sharesOf, type State } from "../../dynamics/field";
import { fraction } from "../../expression/evaluate";
import { say } from "../../languages";
import type { LabelledPoint } from "../../analysis/labels";
import { ghost } from "../../state/ghost";
import { hovered } from "../../state/hover";
import { labels } from "../../state/labels";
import { change, model, selected, starts } from "../../state/store";
import { labelWord, openWord } from "../../panels/rest_points/label";
import { today } from "../../state/trajectories";
import { colourOf, Mark, STAR, symbolOf } from "./marks";
import type { Place, Projection } from "./projection";
import { placed } from "./scene";
import { across, down, type Frame } from "./strokes";

interface Props { projection: Projection; frame: Frame }

/** Everything over the canvas. */
export function Overlay({ projection, frame }: Props): JSX.Element {
  return (
    <>
      <Axes projection={projection} frame={frame} />
      <Ghosts projection={projection} frame={frame} />
      <RestPoints projection={projection} frame={frame} />
      <Today projection={projection} frame={frame} />
      <Starts projection={projection} frame={frame} />
      <Hovered projection={projection} frame={frame} />
    </>
  );
}

function pointOf(projection: Projection, frame: Frame, state: ArrayLike<number>): Place {
  const place = placed(projection, Float64Array.from(state), state.length);
  return [across(frame, place[0]!), down(frame, place[1]!)];
}

function Axes({ projection, frame }: Props): JSX.Element {
  const game = model.value!;
  const names = sharesOf(game);
  const strategies = game.populations.flatMap((p) => (p.shares.length === 1 ? [p.strategies[0]!.name] : p.strategies.map((s) => s.name)));
  const corners = projection.shape === "triangle" || projection.shape === "tetrahedron";
  const middle = pointOf(projection, frame, middleState(projection));
  return (
    <g fill="#1a1a1a">
      {projection.axes.map(({ share, from, to }) => {
        const [a, b] = [pointOf(projection, frame, from), pointOf(projection, frame, to)];
        if (corners) {
          const out = b[1] < middle[1] ? -20 : 26;
          return <text key={share} x={b[0]} y={b[1] + out} text-anchor={b[0] < middle[0] - 60 ? "start" : b[0] > middle[0] + 60 ? "end" : "middle"}>{strategies[share]}</text>;
        }
        const [x, y] = [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
        // Numbers and names stand outside, away from the middle.
        const [ox, oy] = away([x, y], middle, a, b);
        const anchor = Math.abs(ox) < 0.4 ? "middle" : ox < 0 ? "end" : "start";
        const upright = Math.abs(ox) > 0.9;
        return (
          <g key={share}>
            {[0, 0.5, 1].map((part) => (
              <text key={part} font-size="12" text-anchor={anchor}
                x={a[0] + part * (b[0] - a[0]) + 12 * ox} y={a[1] + part * (b[1] - a[1]) + 14 * oy + 4}>{part}</text>
            ))}
            <text text-anchor={upright ? "middle" : anchor} x={x + 38 * ox} y={y + 36 * oy + 4}
              transform={upright ? `rotate(-90 ${x + 38 * ox} ${y + 36 * oy + 4})` : undefined}>
              <tspan font-style="italic">{names[share]}</tspan> · {strategies[share]}
            </text>
          </g>
        );
      })}
    </g>
  );
}

function middleState(projection: Projection): State {
  const ends = projection.edges.flatMap(({ from, to }) => [from, to]);
  return Float64Array.from(ends[0]!, (_, k) => ends.reduce((total, end) => total + end[k]!, 0) / ends.length);
}

/** The unit vector across an axis that leads away from the middle of the picture; downwards on a strip. */
function away([x, y]: Place, middle: Place, a: Place, b: Place): Place {
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
  const normal: Place = [(b[1] - a[1]) / length, -(b[0] - a[0]) / length];
  const side = (x - middle[0]) * normal[0] + (y - middle[1]) * normal[1];
  const turned = Math.abs(side) < 1 ? (normal[1] > 0 ? 1 : -1) : Math.sign(side);
  return [normal[0] * turned, normal[1] * turned];
}

/** Where each trajectory is at the moment that is pointed at. */
function Hovered({ projection, frame }: Props): JSX.Element | null {
  if (!hovered.value) return null;
  return (
    <g fill="none" stroke="#1a1a1a" stroke-width="1.5" aria-hidden="true">
      {Object.entries(hovered.value.states).map(([id, state]) => {
        const [x, y] = pointOf(projection, frame, state);
        return <circle key={id} cx={x} cy={y} r="5.5" />;
      })}
    </g>
  );
}

/** Rest points where the levers were pinned, pale. */
function Ghosts({ projection, frame }: Props): JSX.Element | null {
  if (!ghost.value) return null;
  return (
    <g opacity="0.4" aria-hidden="true">
      {ghost.value.labels.points.map(({ id, state, label }) => {
        const [x, y] = pointOf(projection, frame, state);
        return <g key={id} transform={`translate(${x} ${y}) scale(0.8)`}><Mark label={label} /></g>;
      })}
    </g>
  );
}

function Starts({ projection, frame }: Props): JSX.Element {
  return (
    <g>
      {starts.value.map(({ state }, index) => {
        if (state.length !== sharesOf(model.value!).length) return null;
        const [x, y] = pointOf(projection, frame, state.map(fraction));
        return (
          <g key={index} data-start={index} class="phase-start" fill="#14508c" stroke="#ffffff" stroke-width="1.2" transform={`translate(${x} ${y})`}>
            <circle r="10" class="phase-grip" />
            <circle r="4" />
            <title>{say("start {number}", { number: index + 1 })}: {state.join(", ")}</title>
          </g>
        );
      })}
    </g>
  );
}

function Today({ projection, frame }: Props): JSX.Element | null {
  if (!today.value) return null;
  const [x, y] = pointOf(projection, frame, today.value);
  return (
    <path d={STAR} transform={`translate(${x} ${y})`} class="phase-today" fill="#f7d038" stroke="#1a1a1a" role="img" aria-label={say("today")}>
      <title>{say("today")}</title>
    </path>
  );
}

function RestPoints({ projection, frame }: Props): JSX.Element {
  return <g>{gathered(labels.value.points, projection, frame).map((group) => <RestPoint key={group.points[0]!.id} {...group} inward={group.place[0] > 0.7 * frame.width} />)}</g>;
}

interface Gathered { points: LabelledPoint[]; place: Place }

/** One mark; that of several points lists them, and each press selects the next. */
function RestPoint({ points, place: [x, y], inward }: Gathered & { inward: boolean }): JSX.Element {
  const told = points.map(({ id, label, exact }) => `${id}: ${label === null ? openWord() : labelWord(label)}; ${exact.join(", ")}`).join("\n");
  const at = points.findIndex(({ id }) => id === selected.value);
  const select = () => { change({ selected: points[(at + 1) % points.length]!.id }); };
  const alike = points.every(({ label }) => label === points[0]!.label);
  return (
    <g data-rest={points.map(({ id }) => id).join(" ")} class={at < 0 ? "phase-rest" : "phase-rest selected"} tabindex={0} role="button"
      aria-pressed={at >= 0} transform={`translate(${x} ${y})`}
      onClick={select} onKeyDown={(e) => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); select(); } }}>
      {/* The title is the name, too: beside a label of its own the letters of the mark would be another one. */}
      <title>{told}</title>
      <circle r="14" class="phase-grip" />
      {alike ? <Mark label={points[0]!.label} /> : (
        <g>
          <circle r="8.5" fill="#ffffff" stroke="#333333" stroke-width="1.5" />
          <text y="4" text-anchor="middle" font-size="11">{points.length}</text>
        </g>
      )}
      {points.length === 1 ? <text x="11" y="-9" font-weight="600">{points[0]!.id}</text> : rowsOf(points).map((row, k) => (
        <text key={k} x={inward ? -12 : 12} y={-9 - 12 * k} font-size="11" text-anchor={inward ? "end" : "start"}>
          {row.map(({ id, label }) => <tspan key={id} fill={colourOf(label)}>{symbolOf(label)}{id} </tspan>)}
        </text>
      ))}
    </g>
  );
}

/** How many names of points stand in a row. */
const ROW = 4;

function rowsOf(points: LabelledPoint[]): LabelledPoint[][] {
  return Array.from({ length: Math.ceil(points.length / ROW) }, (_, k) => points.slice(k * ROW, (k + 1) * ROW));
}

/** Points by where they stand: states that differ only in shares that are not shown stand at one place. */
function gathered(points: LabelledPoint[], projection: Projection, frame: Frame): Gathered[] {
  const groups = new Map<string, Gathered>();
  for (const point of points) {
    const place = pointOf(projection, frame, point.state);
    const key = place.map((at) => Math.round(at / 2)).join();
    groups.set(key, { place, points: [...(groups.get(key)?.points ?? []), point] });
  }
  return [...groups.values()];
}
