// The phase view as one SVG file: the same strokes as on the screen, and over them what has a name.
import { render } from "preact";
import { textOf } from "../../formulas/present";
import { model, view } from "../../state/store";
import { strokesOf } from "./layers";
import { Overlay } from "./overlay";
import { pictures } from "./pictures";
import { frameOf, svgHatches, svgOf } from "./strokes";

/** Returns the pictures side by side as an SVG file, or an empty text where no game is open. */
export function phaseSvg(): string {
  const [game, shown] = [model.value, pictures.value];
  if (!game || !shown) return "";
  const parts = shown.projections.map((projection) => ({ projection, frame: frameOf(projection), strokes: strokesOf(projection, shown.base) }));
  const [width, height] = [parts.reduce((total, p) => total + p.frame.width, 0), Math.max(...parts.map((p) => p.frame.height))];
  let left = 0;
  const groups = parts.map(({ projection, frame, strokes }) => {
    const group = `<g transform="translate(${left} 0)">${svgOf(strokes, frame)}\n${overlayOf(<Overlay projection={projection} frame={frame} />)}</g>`;
    left += frame.width;
    return group;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" `
    + `font-family="system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', sans-serif" font-size="14">`
    + `<title>${escaped(game.title)}</title><desc>${escaped(described())}</desc>`
    + `<defs>${svgHatches(parts.flatMap(({ strokes }) => strokes))}</defs><rect width="100%" height="100%" fill="#ffffff"/>\n${groups.join("\n")}\n</svg>\n`;
}

/** Draws an overlay outside the page and returns its elements as text, without what only the page needs. */
function overlayOf(overlay: preact.JSX.Element): string {
  const host = document.createElementNS("http://www.w3.org/2000/svg", "g");
  render(overlay, host);
  for (const grip of host.querySelectorAll(".phase-grip")) grip.remove();
  for (const element of host.querySelectorAll("*")) {
    for (const name of ["tabindex", "role", "class", "aria-pressed", "data-rest", "data-start", "aria-hidden"]) element.removeAttribute(name);
  }
  const text = new XMLSerializer().serializeToString(host).replaceAll(' xmlns="http://www.w3.org/2000/svg"', "");
  render(null, host);
  return text;
}

/** The positions of the levers that were moved. */
function described(): string {
  const { scenario, positions, levels } = view.value;
  return [...(scenario ? [scenario] : []), ...Object.entries({ ...positions, ...levels }).map(([name, text]) => `${textOf(name)} = ${text}`)].join(", ");
}

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]!);
}
