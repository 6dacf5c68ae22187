// The picture of the page that is open: drawn anew as lines where the page can, else its drawings where they stand
// on the screen, those of canvases as dots.
import { canBe } from "../dynamics/pulses";
import { fraction } from "../expression/evaluate";
import { say } from "../languages";
import { followed, sampled, times } from "../state/paths";
import { cluster } from "../state/cluster";
import { model, view } from "../state/store";
import { phaseSvg } from "../views/phase/svg_file";
import { shareTitles } from "../views/time/time";
import { nameOf } from "../views/time/outcomes";
import { strokeOf } from "../views/time/strokes";
import { curvesPicture } from "./curves_picture";
import { fileOf, node, readSvg, shownTree, type SvgNode } from "./svg_tree";

export function pictureNow(): SvgNode | null {
  const title = cluster.value?.name ?? model.value?.title ?? "";
  if (view.value.page === "time" && followed.value.length > 0) return timePicture(title);
  if (view.value.page === "phase" && model.value) return readSvg(phaseSvg());
  const page = document.getElementById("page");
  return page && pagePicture(page, title);
}

function timePicture(title: string): SvgNode | null {
  const game = model.value;
  if (!game) return null;
  const rows = followed.value.map(({ path }, k) => ({ stroke: strokeOf(k), shares: sampled(path, times.value) }));
  const panels = shareTitles(game).map(({ name, told }, j) => ({
    title: `${name} · ${told}`, curves: rows.map(({ stroke, shares }) => ({ ...stroke, values: shares[j]! })),
  }));
  const spans = view.value.pulses.filter(canBe).map((p): [number, number] => [fraction(p.from), fraction(p.until)]);
  const unit = game.time_unit ? say("Time ({unit})", { unit: say(game.time_unit) }) : say("Time, in the unit of the payoffs");
  return curvesPicture(title, times.value, unit, panels, spans, followed.value.map(({ id }) => nameOf(id)));
}

/** Pixels below which a drawing is a sign beside words. */
const SMALLEST = 60;
const EDGE = 8;

/** The drawings of a part of the page as one picture; null where there is none. */
function pagePicture(root: Element, title: string): SvgNode | null {
  const drawings = [...root.querySelectorAll("canvas, svg")].flatMap((element) => {
    const box = element.getBoundingClientRect();
    const own = element.parentElement?.closest("svg, button") === null;
    return own && Math.min(box.width, box.height) >= SMALLEST ? [{ element, box }] : [];
  });
  if (drawings.length === 0) return null;
  const left = Math.min(...drawings.map(({ box }) => box.left)) - EDGE;
  const top = Math.min(...drawings.map(({ box }) => box.top)) - EDGE;
  const right = Math.max(...drawings.map(({ box }) => box.right)) + EDGE;
  const bottom = Math.max(...drawings.map(({ box }) => box.bottom)) + EDGE;
  const children = drawings.map(({ element, box }) => {
    const place = { x: box.left - left, y: box.top - top, width: box.width, height: box.height };
    if (element instanceof HTMLCanvasElement) return node("image", { ...place, href: element.toDataURL("image/png") });
    const tree = shownTree(element);
    return { ...tree, attributes: { ...tree.attributes, ...node("svg", place).attributes, overflow: "visible" } };
  });
  return fileOf(right - left, bottom - top, title, children);
}
