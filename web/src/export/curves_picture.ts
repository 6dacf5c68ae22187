// Curves over time as a picture: one panel for each share, one axis of time.
import { ticksWithin } from "../views/ticks.ts";
import { fileOf, node, short, type SvgNode } from "./svg_tree.ts";

export interface Curve { values: ArrayLike<number>; colour: string; dash: number[]; width: number }
interface Panel { title: string; curves: Curve[] }

const WIDTH = 640;
const HEIGHT = 130;
const LEFT = 52;
const RIGHT = 16;
const GAP = 30;

/** Names of curves in a row of the legend. */
const IN_ROW = 4;

/** Shares from 0 to 1 at these times; `spans` are shaded, `names` are those of the curves. */
export function curvesPicture(
  title: string, times: ArrayLike<number>, timeTitle: string, panels: Panel[], spans: [number, number][], names: string[],
): SvgNode {
  const end = times[times.length - 1] || 1;
  const across = (time: number) => LEFT + ((WIDTH - LEFT - RIGHT) * time) / end;
  const children = panels.map((panel, k) => {
    const top = GAP + k * (HEIGHT + GAP);
    const down = (value: number) => top + HEIGHT * (1 - value);
    const shades = spans.map(([from, until]) => node("rect", {
      x: across(Math.min(from, end)), y: top, width: across(Math.min(until, end)) - across(Math.min(from, end)), height: HEIGHT, fill: "#dbe9f7",
    }));
    const levels = [0, 0.5, 1].flatMap((level) => [
      node("line", { x1: LEFT, x2: WIDTH - RIGHT, y1: down(level), y2: down(level), stroke: "#d0d0d0", "stroke-width": 1 }),
      node("text", { x: LEFT - 6, y: down(level) + 4, "text-anchor": "end", "font-size": 12 }, short(level)),
    ]);
    const lines = panel.curves.map((curve) => line(pathOf(times, curve.values, across, down), curve));
    return node("g", {}, ...shades, ...levels, ...lines, node("text", { x: LEFT, y: top - 8, "font-size": 13, "font-weight": 600 }, panel.title));
  });
  const bottom = GAP + panels.length * (HEIGHT + GAP) - GAP;
  const ticks = ticksWithin([0, end], 5).flatMap((time) => [
    node("line", { x1: across(time), x2: across(time), y1: bottom, y2: bottom + 4, stroke: "#333333", "stroke-width": 1 }),
    node("text", { x: across(time), y: bottom + 18, "text-anchor": "middle", "font-size": 12 }, String(time)),
  ]);
  const below = node("text", { x: (LEFT + WIDTH - RIGHT) / 2, y: bottom + 38, "text-anchor": "middle", "font-size": 13 }, timeTitle);
  const legend = names.flatMap((name, k) => {
    const curve = panels[0]?.curves[k];
    const [x, y] = [LEFT + ((k % IN_ROW) * (WIDTH - LEFT - RIGHT)) / IN_ROW, bottom + 62 + 18 * Math.floor(k / IN_ROW)];
    return curve ? [line(`M${x} ${y - 4}L${x + 28} ${y - 4}`, curve), node("text", { x: x + 34, y, "font-size": 12 }, name)] : [];
  });
  const rows = Math.ceil(names.length / IN_ROW);
  return fileOf(WIDTH, bottom + 50 + 18 * rows, title, [...children, ...ticks, below, ...legend]);
}

function line(path: string, { colour, dash, width }: Curve): SvgNode {
  return node("path", {
    d: path, fill: "none", stroke: colour, "stroke-width": width, ...(dash.length > 0 ? { "stroke-dasharray": dash.join(" ") } : {}),
  });
}

function pathOf(times: ArrayLike<number>, values: ArrayLike<number>, across: (t: number) => number, down: (v: number) => number): string {
  let path = "";
  let broken = true;
  for (let k = 0; k < times.length; k++) {
    const value = values[k]!;
    if (!Number.isFinite(value)) { broken = true; continue; }
    path += `${broken ? "M" : "L"}${short(across(times[k]!))} ${short(down(value))}`;
    broken = false;
  }
  return path;
}
