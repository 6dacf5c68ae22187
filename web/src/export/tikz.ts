// Pictures as TikZ: every drawn element of the SVG tree, texts as nodes in the document's own font.
import { texText } from "./layout_tex.ts";
import type { SvgNode } from "./svg_tree.ts";

/** A transformation as in SVG: (x, y) → (ax + cy + e, bx + dy + f). */
type Matrix = [number, number, number, number, number, number];
const SAME: Matrix = [1, 0, 0, 1, 0, 0];

/** TeX points for a pixel. */
const SCALE = 0.6;

/** Pixels that two points of a line are apart at least. */
const SPACING = 0.5;

interface Look { [name: string]: string }
/** Elements inherit these. */
const INHERITED = ["fill", "stroke", "stroke-width", "stroke-dasharray", "fill-opacity", "stroke-opacity", "font-style", "font-weight", "text-anchor"];

/** The picture as a `tikzpicture`; it needs the library svg.path.  What is made of dots is left out. */
export function tikzOf(picture: SvgNode): string {
  const lines: string[] = [];
  draw(picture, SAME, { fill: "#000000", stroke: "none", "stroke-width": "1" }, lines);
  return [
    "% \\usepackage{tikz} \\usetikzlibrary{svg.path}",
    `\\begin{tikzpicture}[xscale=${SCALE}, yscale=-${SCALE}, line join=round]`,
    ...lines, "\\end{tikzpicture}", "",
  ].join("\n");
}

/** Whether a picture holds dots, which TikZ cannot. */
export function hasDots(picture: SvgNode): boolean {
  return picture.name === "image" || picture.children.some((child) => typeof child !== "string" && hasDots(child));
}

function draw(element: SvgNode, around: Matrix, given: Look, lines: string[]): void {
  const { name, attributes: own, children } = element;
  if (["title", "desc", "defs", "metadata", "clipPath", "pattern"].includes(name)) return;
  const look: Look = { ...given };
  for (const key of INHERITED) if (own[key] !== undefined && own[key] !== "") look[key] = own[key];
  const steps = [own["transform"] ? matrixOf(own["transform"]) : SAME, name === "svg" ? placed(own) : SAME].filter((m) => m !== SAME);
  const made = steps.reduce(times, around);
  const matrix = made.every((n, k) => Math.abs(n - SAME[k]!) < 1e-9) ? SAME : made;
  if (name === "line") look["fill"] = "none";
  const number = (key: string) => Number.parseFloat(own[key] ?? "0") || 0;
  const stroke = (path: string) => {
    const options = optionsOf(look, own["opacity"], Math.sqrt(Math.abs(matrix[0] * matrix[3] - matrix[1] * matrix[2])));
    if (options && path) lines.push(`\\path[${matrix === SAME ? "" : `cm={${matrix.slice(0, 4).map(digits).join(",")},(${digits(matrix[4])}pt,${digits(matrix[5])}pt)}, `}${options}] svg {${path}};`);
  };
  switch (name) {
    case "path": stroke(thinned(own["d"] ?? "")); return;
    case "line": stroke(`M${number("x1")} ${number("y1")}L${number("x2")} ${number("y2")}`); return;
    case "polyline": case "polygon": {
      const points = (own["points"] ?? "").trim();
      if (points) stroke(`M${points}${name === "polygon" ? "Z" : ""}`);
      return;
    }
    case "rect": {
      const [width, height] = [number("width"), number("height")];
      const whole = own["width"] === "100%";
      if (!whole) stroke(`M${number("x")} ${number("y")}h${width}v${height}h${-width}Z`);
      return;
    }
    case "circle": case "ellipse": {
      const [rx, ry] = name === "circle" ? [number("r"), number("r")] : [number("rx"), number("ry")];
      const [x, y] = [number("cx"), number("cy")];
      stroke(`M${x - rx} ${y}A${rx} ${ry} 0 0 0 ${x + rx} ${y}A${rx} ${ry} 0 0 0 ${x - rx} ${y}Z`);
      return;
    }
    case "text": {
      const [x, y] = applied(matrix, number("x"), number("y"));
      const angle = -(Math.atan2(matrix[1], matrix[0]) * 180) / Math.PI;
      const anchor = { middle: "base", end: "base east" }[look["text-anchor"] ?? ""] ?? "base west";
      const turned = Math.abs(angle) > 0.5 ? `, rotate=${digits(angle)}` : "";
      const text = texted(element, look);
      if (text.trim() && look["fill"] !== "none") {
        lines.push(`\\node[anchor=${anchor}, inner sep=0pt${turned}] at (${digits(x)}pt, ${digits(y)}pt) {${text}};`);
      }
      return;
    }
    default:
      for (const child of children) if (typeof child !== "string") draw(child, matrix, look, lines);
  }
}

function texted({ children }: SvgNode, look: Look): string {
  return children.map((child) => {
    if (typeof child === "string") {
      const text = texText(child.replace(/\s+/g, " "));
      const strong = look["font-weight"] === "bold" || Number(look["font-weight"]) >= 600;
      const bold = strong && text.trim() ? `\\textbf{${text}}` : text;
      return look["font-style"] === "italic" && text.trim() ? `\\textit{${bold}}` : bold;
    }
    if (child.name === "title") return "";
    const own = Object.fromEntries(INHERITED.flatMap((key) => (child.attributes[key] ? [[key, child.attributes[key]!]] : [])));
    return texted(child, { ...look, ...own });
  }).join("");
}

// ------------------------------------------------------------------------------------------------ how it looks

function optionsOf(look: Look, opacity: string | undefined, scale: number): string {
  const options: string[] = [];
  const [fill, stroke] = [colourOf(look["fill"]), colourOf(look["stroke"])];
  const width = Number.parseFloat(look["stroke-width"] ?? "1") * scale;
  if (fill) options.push(`fill=${fill.tex}`);
  if (fill && part(look["fill-opacity"], fill.opacity) < 1) options.push(`fill opacity=${digits(part(look["fill-opacity"], fill.opacity))}`);
  if (stroke && width > 0) {
    options.push(`draw=${stroke.tex}`, `line width=${digits(width * SCALE)}pt`);
    const dashes = (look["stroke-dasharray"] ?? "").split(/[\s,]+/).map(Number.parseFloat).filter((d) => d > 0);
    if (dashes.length > 0) {
      const all = dashes.length % 2 ? [...dashes, ...dashes] : dashes;
      options.push(`dash pattern=${all.map((d, k) => `${k % 2 ? "off" : "on"} ${digits(d * scale * SCALE)}pt`).join(" ")}`);
    }
    if (part(look["stroke-opacity"], stroke.opacity) < 1) options.push(`draw opacity=${digits(part(look["stroke-opacity"], stroke.opacity))}`);
  } else if (!fill) return "";
  if (opacity !== undefined && Number.parseFloat(opacity) < 1) options.push(`opacity=${digits(Number.parseFloat(opacity))}`);
  return options.join(", ");
}

function part(text: string | undefined, other: number): number {
  const value = Number.parseFloat(text ?? "1");
  return (Number.isFinite(value) ? value : 1) * other;
}

/** A colour as TikZ takes it; null where nothing is painted. */
function colourOf(text: string | undefined): { tex: string; opacity: number } | null {
  const given = (text ?? "none").trim();
  const short = /^#([0-9a-f]{3})$/i.exec(given)?.[1];
  const hex = short ? [...short].map((c) => c + c).join("") : /^#([0-9a-f]{6})$/i.exec(given)?.[1];
  const parts = hex ? [0, 2, 4].map((k) => Number.parseInt(hex.slice(k, k + 2), 16))
    : /^rgba?\(/.test(given) ? given.replace(/^rgba?\(|\)$/g, "").split(/[\s,/]+/).map(Number.parseFloat) : NAMED[given];
  if (!parts || parts.length < 3) return null;
  const opacity = parts[3] ?? 1;
  if (opacity === 0) return null;
  const [red, green, blue] = parts.map(Math.round);
  return { tex: `{rgb,255:red,${red};green,${green};blue,${blue}}`, opacity };
}

const NAMED: Record<string, number[]> = { black: [0, 0, 0], white: [255, 255, 255], currentColor: [0, 0, 0] };

// ------------------------------------------------------------------------------------------------- where it is

function digits(value: number): string {
  return String(Math.round(value * 100) / 100 + 0);
}

function times([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix {
  return [a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * l + e, b * k + d * l + f];
}

function applied([a, b, c, d, e, f]: Matrix, x: number, y: number): [number, number] {
  return [a * x + c * y + e, b * x + d * y + f];
}

export function matrixOf(transform: string): Matrix {
  let all = SAME;
  for (const [, kind, given] of transform.matchAll(/(\w+)\s*\(([^)]*)\)/g)) {
    const n = given!.trim().split(/[\s,]+/).map(Number);
    const turn = ((n[0] ?? 0) * Math.PI) / 180;
    const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
    const about = (m: Matrix): Matrix => times(times([1, 0, 0, 1, n[1] ?? 0, n[2] ?? 0], m), [1, 0, 0, 1, -(n[1] ?? 0), -(n[2] ?? 0)]);
    const one: Matrix | null = kind === "translate" ? [1, 0, 0, 1, n[0]!, n[1] ?? 0]
      : kind === "scale" ? [n[0]!, 0, 0, n[1] ?? n[0]!, 0, 0]
      : kind === "rotate" ? about([cos, sin, -sin, cos, 0, 0])
      : kind === "matrix" && n.length === 6 ? (n as Matrix) : null;
    if (one && one.every(Number.isFinite)) all = times(all, one);
  }
  return all;
}

/** Where a picture within a picture stands: its view box fitted into its place, in the middle. */
function placed(own: Record<string, string>): Matrix {
  const box = (own["viewBox"] ?? "").trim().split(/[\s,]+/).map(Number);
  const [x, y] = [own["x"], own["y"]].map((text) => Number.parseFloat(text ?? "0") || 0) as [number, number];
  const [width, height] = [own["width"], own["height"]].map((text) => (text?.endsWith("%") ? NaN : Number.parseFloat(text ?? "")));
  if (box.length !== 4 || !(width! > 0) || !(height! > 0)) return x || y ? [1, 0, 0, 1, x, y] : SAME;
  const [left, top, across, down] = box as [number, number, number, number];
  const scale = Math.min(width! / across, height! / down);
  return [scale, 0, 0, scale, x + (width! - scale * across) / 2 - scale * left, y + (height! - scale * down) / 2 - scale * top];
}

/** A path without points that nearly meet, where it is made of straight lines alone. */
export function thinned(path: string): string {
  if (!/^[ML\d\s.,-]*$/.test(path)) return path;
  let [lastX, lastY] = [NaN, NaN];
  const steps = [...path.matchAll(/([ML])\s*(-?[\d.]+)[\s,]+(-?[\d.]+)/g)];
  return steps.map(([, command, x, y], k) => {
    const ends = command === "M" || steps[k + 1]?.[1] !== "L";
    if (!ends && Math.hypot(Number(x) - lastX, Number(y) - lastY) < SPACING) return "";
    [lastX, lastY] = [Number(x), Number(y)];
    return `${command}${digits(lastX)} ${digits(lastY)}`;
  }).join("");
}
