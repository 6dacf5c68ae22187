// Lines and areas of a picture, the same for the screen and for a file: places in units of the picture, a kind
// that has one look, and the two writers.
import type { Label } from "../../analysis/labels";
import { colourOf } from "./marks";
import type { Projection } from "./projection";

export type Kind =
  | "area" | "edge" | "edge behind" | "field" | "sample" | "trajectory" | "before" | "today" | "supported" | "ghost" | "ghost separatrix"
  | "separatrix" | "separatrix surface" | "nullcline 0" | "nullcline 1" | "nullcline 2" | "rate" | `continuum ${Label | "open"}`;

/** A line through places (x, y, x, y, …), or where filled the area that it bounds. */
export interface Stroke {
  kind: Kind;
  places: Float64Array;
  /** Only for areas and arrowheads. */
  fill?: string;
  /** Of an area: the direction of its hatching in degrees, so that colours are not all that tells. */
  hatch?: number;
}

export interface Look { colour: string; width: number; dash: number[] }

export const LOOKS: Record<Kind, Look> = {
  area: { colour: "none", width: 0, dash: [] },
  edge: { colour: "#333333", width: 1.2, dash: [] },
  "edge behind": { colour: "#999999", width: 1, dash: [3, 3] },
  field: { colour: "#6b7c93", width: 1, dash: [] },
  sample: { colour: "#9fb3c8", width: 1, dash: [] },
  trajectory: { colour: "#14508c", width: 2, dash: [] },
  before: { colour: "#5d86b3", width: 1, dash: [] },
  today: { colour: "#7a5b00", width: 2.4, dash: [] },
  supported: { colour: "#b8400a", width: 2, dash: [9, 3] },
  ghost: { colour: "#8c8c8c", width: 1.4, dash: [1.5, 3] },
  "ghost separatrix": { colour: "#8c8c8c", width: 2.2, dash: [7, 4] },
  separatrix: { colour: "#1a1a1a", width: 2.6, dash: [] },
  "nullcline 0": { colour: "#a3245f", width: 1.5, dash: [7, 3] },
  "nullcline 1": { colour: "#00705a", width: 1.5, dash: [2, 2.5] },
  "nullcline 2": { colour: "#5b46a3", width: 1.5, dash: [8, 2.5, 2, 2.5] },
  "separatrix surface": { colour: "#4d4d4d", width: 1.1, dash: [] },
  rate: { colour: "#a3245f", width: 1.6, dash: [] },
  // Lines of rest points, dashed by label as in the figures of the program.
  "continuum asymptotically stable": continuum("asymptotically stable", []),
  "continuum stable": continuum("stable", []),
  "continuum centre": continuum("centre", [18, 4, 4, 4]),
  "continuum saddle": continuum("saddle", [14, 5]),
  "continuum source": continuum("source", [4, 4]),
  "continuum unstable": continuum("unstable", [18, 5, 4, 5, 4, 5]),
  "continuum undecided": continuum("undecided", [4, 10]),
  "continuum open": continuum(null, [4, 10]),
};

function continuum(label: Label | null, dash: number[]): Look {
  return { colour: colourOf(label), width: 4.5, dash };
}

/** Where a picture stands on the page, in pixels of its own. */
export interface Frame { width: number; height: number; left: number; bottom: number; scale: number }

const SIDE = 470;
const MARGIN = { left: 58, right: 34, top: 30, bottom: 50 };

/** Returns the frame of a picture. */
export function frameOf({ box, shape }: Projection): Frame {
  const scale = SIDE / (box.right - box.left);
  const top = shape === "triangle" || shape === "tetrahedron" ? MARGIN.top + 12 : MARGIN.top;
  const height = (box.top - box.bottom) * scale;
  return {
    width: SIDE + MARGIN.left + MARGIN.right, height: height + top + MARGIN.bottom,
    left: MARGIN.left - box.left * scale, bottom: top + box.top * scale, scale,
  };
}

export const across = (frame: Frame, x: number) => frame.left + x * frame.scale;
export const down = (frame: Frame, y: number) => frame.bottom - y * frame.scale;

/** Paints strokes; `density` is how many pixels of the canvas one of the frame has. */
export function paint(context: CanvasRenderingContext2D, strokes: Stroke[], frame: Frame, density: number): void {
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.setTransform(density, 0, 0, density, 0, 0);
  // One path a line: painting a single path of all lines takes several times as long.
  context.lineJoin = "bevel";
  let open: Kind | null = null;
  for (const { kind, places, fill, hatch } of strokes) {
    context.beginPath();
    trace(context, places, frame);
    if (fill !== undefined) {
      context.fillStyle = fill;
      context.fill();
      if (hatch !== undefined) hatched(context, hatch, frame);
      open = null;
      continue;
    }
    if (kind !== open) {
      const look = LOOKS[kind];
      context.strokeStyle = look.colour;
      context.lineWidth = look.width;
      context.setLineDash(look.dash);
      open = kind;
    }
    context.stroke();
  }
  context.setLineDash([]);
}

function trace(context: CanvasRenderingContext2D, places: Float64Array, frame: Frame): void {
  let broken = true;
  for (let k = 0; k < places.length; k += 2) {
    const [x, y] = [places[k]!, places[k + 1]!];
    if (Number.isNaN(x)) { broken = true; continue; }
    if (broken) context.moveTo(across(frame, x), down(frame, y));
    else context.lineTo(across(frame, x), down(frame, y));
    broken = false;
  }
}

function hatched(context: CanvasRenderingContext2D, degrees: number, frame: Frame): void {
  context.save();
  context.clip();
  context.strokeStyle = "rgba(0,0,0,0.16)";
  context.lineWidth = 1;
  context.setLineDash([]);
  context.translate(frame.width / 2, frame.height / 2);
  context.rotate((degrees * Math.PI) / 180);
  const reach = Math.hypot(frame.width, frame.height) / 2;
  context.beginPath();
  for (let at = -reach; at < reach; at += HATCHING) {
    context.moveTo(-reach, at);
    context.lineTo(reach, at);
  }
  context.stroke();
  context.restore();
}

const HATCHING = 11;

/** Returns strokes as SVG elements, numbers with two digits. */
export function svgOf(strokes: Stroke[], frame: Frame): string {
  return strokes.map(({ kind, places, fill, hatch }) => {
    const look = LOOKS[kind];
    const path = pathOf(places, frame);
    if (fill !== undefined) {
      const area = `<path d="${path}" fill="${fill}" stroke="none"/>`;
      return hatch === undefined ? area : `${area}<path d="${path}" fill="url(#hatch${hatch})" stroke="none"/>`;
    }
    const dash = look.dash.length ? ` stroke-dasharray="${look.dash.join(" ")}"` : "";
    return `<path d="${path}" fill="none" stroke="${look.colour}" stroke-width="${look.width}" stroke-linejoin="round"${dash}/>`;
  }).join("\n");
}

/** The patterns that hatched areas use. */
export function svgHatches(strokes: Stroke[]): string {
  return [...new Set(strokes.flatMap(({ hatch }) => (hatch === undefined ? [] : [hatch])))].map((hatch) =>
    `<pattern id="hatch${hatch}" width="${HATCHING}" height="${HATCHING}" patternUnits="userSpaceOnUse" patternTransform="rotate(${hatch})">`
    + `<path d="M0 0H${HATCHING}" stroke="#000000" stroke-opacity="0.16"/></pattern>`).join("");
}

export function pathOf(places: Float64Array, frame: Frame): string {
  let path = "";
  let broken = true;
  for (let k = 0; k < places.length; k += 2) {
    if (Number.isNaN(places[k])) { broken = true; continue; }
    path += `${broken ? "M" : "L"}${across(frame, places[k]!).toFixed(2)} ${down(frame, places[k + 1]!).toFixed(2)}`;
    broken = false;
  }
  return path;
}
