// One picture of the state space: a canvas for what moves with every frame, and over it, as SVG, what can be
// named, pointed at and reached with the keyboard.
import { effect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { State } from "../../dynamics/field";
import { sharesOf } from "../../dynamics/field";
import { fraction } from "../../expression/evaluate";
import { say } from "../../languages";
import { labels } from "../../state/labels";
import { acting, change, gestureEnds, language, model, values, view } from "../../state/store";
import { flow, runs, today } from "../../state/trajectories";
import { exactTexts } from "./exact_state";
import { Mark, STAR } from "./marks";
import type { Place, Projection } from "./projection";
import { edges, fieldStrokes, placed, rateStroke, runStrokes, sampleStrokes } from "./scene";
import { across, down, frameOf, paint, type Frame, type Stroke } from "./strokes";

interface Props { projection: Projection; base: State; baseTexts: string[]; name: string; turn?: (by: Place) => void }

/** Pixels of the frame within which a press is a click. */
const STILL = 4;

export function Picture({ projection, base, baseTexts, name, turn }: Props): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = frameOf(projection);
  const shown = useRef({ projection, base, frame });
  shown.current = { projection, base, frame };
  const again = useRef<() => void>(() => {});

  useEffect(() => {
    let asked = 0;
    const redraw = () => {
      asked = 0;
      const context = canvas.current?.getContext("2d");
      if (!context) return;
      performance.mark("redraw begins");
      const { projection, base, frame } = shown.current;
      const density = Math.min(2, window.devicePixelRatio || 1);
      const [width, height] = [Math.round(frame.width * density), Math.round(frame.height * density)];
      if (context.canvas.width !== width) context.canvas.width = width;
      if (context.canvas.height !== height) context.canvas.height = height;
      paint(context, strokesOf(projection, base), frame, density);
      performance.measure("redraw", "redraw begins");
      performance.clearMarks("redraw begins");
    };
    const ask = () => { asked ||= requestAnimationFrame(redraw); };
    again.current = ask;
    const stop = effect(() => {
      void [acting.value, values.value, view.value, language.value];
      ask();
    });
    return () => { stop(); cancelAnimationFrame(asked); };
  }, []);
  // Another projection draws the same signals elsewhere.
  useEffect(() => { again.current(); }, [projection]);

  const press = useRef<{ at: Place; last: Place; moved: boolean; start: number | null } | null>(null);
  const placeOf = (event: PointerEvent): Place => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * frame.width, ((event.clientY - box.top) / box.height) * frame.height];
  };
  const unplaced = ([x, y]: Place): Place => [(x - frame.left) / frame.scale, (frame.bottom - y) / frame.scale];

  const pressed = (event: PointerEvent) => {
    if (event.button !== 0) return;
    const target = event.target as Element;
    if (target.closest("[data-rest]")) return;
    const start = target.closest("[data-start]")?.getAttribute("data-start");
    const at = placeOf(event);
    press.current = { at, last: at, moved: false, start: start == null ? null : Number(start) };
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
  };
  const moved = (event: PointerEvent) => {
    const held = press.current;
    if (!held) return;
    const at = placeOf(event);
    if (!held.moved && Math.hypot(at[0] - held.at[0], at[1] - held.at[1]) < STILL) return;
    held.moved = true;
    if (held.start !== null) moveStart(held.start, unplaced(at));
    else turn?.([at[0] - held.last[0], at[1] - held.last[1]]);
    held.last = at;
  };
  const released = (event: PointerEvent) => {
    const held = press.current;
    press.current = null;
    if (!held) return;
    if (held.moved) {
      gestureEnds();
      return;
    }
    if (held.start !== null) return;
    const game = model.value;
    const state = projection.stateAt(unplaced(held.at));
    if (game && state) begin(exactTexts(game, state, base, baseTexts), !event.shiftKey);
  };
  const moveStart = (index: number, place: Place) => {
    const game = model.value;
    const start = view.value.starts[index];
    if (!game || !start) return;
    const old = Float64Array.from(start.state, fraction);
    const state = projection.movedTo(old, place);
    if (!state) return;
    const starts = [...view.value.starts];
    starts[index] = { ...start, state: exactTexts(game, state, old, start.state) };
    change({ starts }, `start ${index}`);
  };
  const keyed = (event: KeyboardEvent) => {
    if (event.key === "Escape" && view.value.starts.length > 0) {
      event.preventDefault();
      change({ starts: view.value.starts.slice(0, -1) });
    }
    const step = { ArrowLeft: [-10, 0], ArrowRight: [10, 0], ArrowUp: [0, -10], ArrowDown: [0, 10] }[event.key] as Place | undefined;
    if (turn && step) {
      event.preventDefault();
      turn(step);
    }
  };

  const solid = turn !== undefined;
  return (
    <div class="phase-picture" style={{ aspectRatio: `${frame.width} / ${frame.height}` }}>
      <canvas ref={canvas} aria-hidden="true" />
      <svg viewBox={`0 0 ${frame.width} ${frame.height}`} tabIndex={0} role="group" aria-label={name}
        aria-description={solid ? say("Drag or use the arrow keys to turn it, click to start a trajectory, Escape removes the last one.")
          : say("Click to start a trajectory, Escape removes the last one; exact starts can be typed below.")}
        onPointerDown={pressed} onPointerMove={moved} onPointerUp={released}
        onPointerCancel={() => { press.current = null; }} onKeyDown={keyed}>
        <Axes projection={projection} frame={frame} />
        <Starts projection={projection} frame={frame} />
        <Today projection={projection} frame={frame} />
        <RestPoints projection={projection} frame={frame} />
      </svg>
    </div>
  );
}

/** Adds a trajectory. */
export function begin(state: string[], backward: boolean): void {
  change({ starts: [...view.value.starts, { state, backward }] });
}

function strokesOf(projection: Projection, base: State): Stroke[] {
  const under = flow.value;
  if (!under) return [];
  const layers = new Set(view.value.layers);
  return [
    ...edges(projection),
    ...(layers.has("trajectories") ? sampleStrokes(projection, under, base) : []),
    ...(layers.has("field") ? fieldStrokes(projection, under, base) : []),
    ...(projection.shape === "strip" ? [rateStroke(under)] : []),
    ...runStrokes(projection, runs.value, under),
  ];
}

function pointOf(projection: Projection, frame: Frame, state: ArrayLike<number>): Place {
  const place = placed(projection, Float64Array.from(state), state.length);
  return [across(frame, place[0]!), down(frame, place[1]!)];
}

function Axes({ projection, frame }: { projection: Projection; frame: Frame }): JSX.Element {
  const game = model.value!;
  const names = sharesOf(game);
  const strategies = game.populations.flatMap((p) => (p.shares.length === 1 ? [p.strategies[0]!.name] : p.strategies.map((s) => s.name)));
  const corners = projection.shape === "triangle" || projection.shape === "tetrahedron";
  const middle = pointOf(projection, frame, middleState(projection));
  return (
    <g class="phase-axes">
      {projection.axes.map(({ share, from, to }) => {
        const [a, b] = [pointOf(projection, frame, from), pointOf(projection, frame, to)];
        if (corners) {
          const out = b[1] < middle[1] ? -14 : 26;
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
              <text key={part} class="phase-number" text-anchor={anchor}
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

function Starts({ projection, frame }: { projection: Projection; frame: Frame }): JSX.Element {
  return (
    <g>
      {view.value.starts.map(({ state }, index) => {
        if (state.length !== sharesOf(model.value!).length) return null;
        const [x, y] = pointOf(projection, frame, state.map(fraction));
        return (
          <g key={index} data-start={index} class="phase-start" transform={`translate(${x} ${y})`}>
            <circle r="10" class="phase-grip" />
            <circle r="4" />
            <title>{say("start {number}", { number: index + 1 })}: {state.join(", ")}</title>
          </g>
        );
      })}
    </g>
  );
}

function Today({ projection, frame }: { projection: Projection; frame: Frame }): JSX.Element | null {
  if (!today.value) return null;
  const [x, y] = pointOf(projection, frame, today.value);
  return (
    <path d={STAR} transform={`translate(${x} ${y})`} class="phase-today" role="img" aria-label={say("today")}>
      <title>{say("today")}</title>
    </path>
  );
}

function RestPoints({ projection, frame }: { projection: Projection; frame: Frame }): JSX.Element {
  const select = (id: string) => { change({ selected: id }); };
  return (
    <g>
      {labels.value.points.map(({ id, state, exact, label }) => {
        const [x, y] = pointOf(projection, frame, state);
        const told = `${id}: ${say(label ?? "computing")}; ${exact.join(", ")}`;
        return (
          <g key={id} data-rest={id} class={view.value.selected === id ? "phase-rest selected" : "phase-rest"} tabIndex={0} role="button"
            aria-label={told} aria-pressed={view.value.selected === id} transform={`translate(${x} ${y})`}
            onClick={() => { select(id); }} onKeyDown={(e) => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); select(id); } }}>
            <circle r="14" class="phase-grip" />
            <Mark label={label} />
            <text x="11" y="-9">{id}</text>
            <title>{told}</title>
          </g>
        );
      })}
    </g>
  );
}
