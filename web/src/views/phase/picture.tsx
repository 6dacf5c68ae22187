// One picture of the state space: a canvas for what moves with every frame, and over it, as SVG, what can be
// named, pointed at and reached with the keyboard.
import { effect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { State } from "../../dynamics/field";
import { fraction } from "../../expression/evaluate";
import { say } from "../../languages";
import { labels } from "../../state/labels";
import { acting, change, gestureEnds, model, values, view } from "../../state/store";
import { exactTexts } from "./exact_state";
import { note, strokesOf } from "./layers";
import { basinsShown } from "./tint";
import { Overlay } from "./overlay";
import type { Place, Projection } from "./projection";
import { frameOf, paint } from "./strokes";

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
      const strokes = strokesOf(projection, base);
      paint(context, strokes, frame, density);
      note(strokes);
      performance.measure("redraw", "redraw begins");
      performance.clearMarks("redraw begins");
    };
    const ask = () => { asked ||= requestAnimationFrame(redraw); };
    again.current = ask;
    const stop = effect(() => {
      void [acting.value, values.value, view.value, labels.value, basinsShown.value];
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
      <svg viewBox={`0 0 ${frame.width} ${frame.height}`} class={solid ? "phase-solid" : undefined} tabindex={0} role="group" aria-label={name}
        aria-description={solid ? say("Drag or use the arrow keys to turn it, click to start a trajectory, Escape removes the last one.")
          : say("Click to start a trajectory, Escape removes the last one; exact starts can be typed below.")}
        onPointerDown={pressed} onPointerMove={moved} onPointerUp={released}
        onPointerCancel={() => { press.current = null; }} onKeyDown={keyed}>
        <Overlay projection={projection} frame={frame} />
      </svg>
    </div>
  );
}

/** Adds a trajectory. */
export function begin(state: string[], backward: boolean): void {
  change({ starts: [...view.value.starts, { state, backward }] });
}
