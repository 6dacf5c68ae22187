// Curves over time by uPlot: all frames have one axis of time and one cursor.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useEffect, useRef } from "preact/hooks";
import { effect } from "@preact/signals";
import { hovered } from "../../state/hover";
import { LEFT, RIGHT, short } from "./axis";

export interface Line {
  /** Tells lines apart when others come and go. */
  id: string;
  values: Float64Array;
  colour: string;
  dash: number[];
  width: number;
}

interface Props {
  label: string;
  times: Float64Array;
  lines: Line[];
  /** The values from bottom to top; by default as far as the curves go. */
  range?: [number, number];
  height: number;
  /** When pulses are on. */
  spans: [number, number][];
  /** A moment that is marked by a line. */
  mark: number | null;
  onHover: (time: number | null) => void;
}

const INK = "#1a1a1a";
const FONT = "12px system-ui, sans-serif";

/** One frame of curves. */
export function Curves(props: Props) {
  const { label, times, lines, height } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const now = useRef(props);
  now.current = props;
  const shape = lines.map((l) => `${l.id}:${l.colour}:${l.dash.join()}:${l.width}`).join(";");

  useEffect(() => {
    const host = place.current;
    if (!host) return;
    const made = new uPlot(options(now, host.clientWidth, height), data(now.current), host);
    plot.current = made;
    // Only the pointer moves what is hovered: new data move the cursor of a frame, too.
    made.over.addEventListener("pointermove", (e) => {
      now.current.onHover(made.posToVal(e.clientX - made.over.getBoundingClientRect().left, "x"));
    });
    made.over.addEventListener("pointerleave", () => now.current.onHover(null));
    const watcher = new ResizeObserver(() => made.setSize({ width: host.clientWidth, height }));
    watcher.observe(host);
    const stop = effect(() => {
      const at = hovered.value;
      made.setCursor({ left: at === null ? -10 : made.valToPos(at.time, "x"), top: at === null ? -10 : 1 }, false);
    });
    return () => { stop(); watcher.disconnect(); made.destroy(); plot.current = null; };
  }, [shape, height]);

  useEffect(() => plot.current?.setData(data(now.current)), [times, lines, props.mark]);

  return <div class="curves" ref={place} role="img" aria-label={label} />;
}

function data({ times, lines }: Props): uPlot.AlignedData {
  return [times, ...lines.map((l) => l.values)];
}

function options(now: { current: Props }, width: number, height: number): uPlot.Options {
  const { lines, range } = now.current;
  const axis = {
    stroke: INK, font: FONT, grid: { stroke: "#e3e3e3", width: 1 }, ticks: { stroke: "#8a8a8a", width: 1, size: 4 },
  };
  return {
    width,
    height,
    padding: [8, RIGHT, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 7 }, y: false },
    scales: {
      x: { time: false },
      y: { range: range ?? ((_, low, high) => withRoom(low ?? 0, high ?? 0)) },
    },
    axes: [
      { ...axis, size: 28, values: (_, ticks) => ticks.map(short) },
      { ...axis, size: LEFT, values: (_, ticks) => ticks.map(short) },
    ],
    series: [{}, ...lines.map((l) => ({ stroke: l.colour, width: l.width, dash: l.dash, points: { show: false } }))],
    hooks: {
      drawClear: [(u) => shade(u, now.current.spans)],
      draw: [(u) => mark(u, now.current.mark)],
    },
  };
}

function withRoom(low: number, high: number): [number, number] {
  const [least, most] = [Math.min(0, low), Math.max(0, high)];
  const room = 0.06 * (most - least || 1);
  return [least < 0 ? least - room : 0, most > 0 || least === 0 ? most + room : 0];
}

function shade(u: uPlot, spans: [number, number][]): void {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.fillStyle = "#dbe9f7";
  for (const [from, until] of spans) {
    const left = Math.max(bbox.left, u.valToPos(from, "x", true));
    const right = Math.min(bbox.left + bbox.width, u.valToPos(until, "x", true));
    if (right > left) ctx.fillRect(left, bbox.top, right - left, bbox.height);
  }
  ctx.restore();
}

function mark(u: uPlot, at: number | null): void {
  if (at === null) return;
  const { ctx, bbox } = u;
  const left = u.valToPos(at, "x", true);
  if (left < bbox.left || left > bbox.left + bbox.width) return;
  ctx.save();
  ctx.strokeStyle = "#8a4b00";
  ctx.lineWidth = 2 * uPlot.pxRatio;
  ctx.setLineDash([3 * uPlot.pxRatio, 3 * uPlot.pxRatio]);
  ctx.beginPath();
  ctx.moveTo(left, bbox.top);
  ctx.lineTo(left, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}
