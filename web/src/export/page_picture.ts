// What a page shows, as one picture: its drawings where they stand, those of canvases as dots.
import { fileOf, node, shownTree, type SvgNode } from "./svg_tree";

/** Pixels below which a drawing is a sign beside words. */
const SMALLEST = 60;
const EDGE = 8;

/** The drawings of a part of the page as one picture; null where there is none. */
export function pagePicture(root: Element, title: string): SvgNode | null {
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
