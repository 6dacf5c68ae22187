// Pictures as trees of SVG elements: read from the page or from text, written as a file of their own.

export interface SvgNode { name: string; attributes: Record<string, string>; children: (SvgNode | string)[] }

export function node(name: string, attributes: Record<string, string | number>, ...children: (SvgNode | string)[]): SvgNode {
  const given = Object.entries(attributes).map(([key, value]) => [key, typeof value === "number" ? short(value) : value]);
  return { name, attributes: Object.fromEntries(given) as Record<string, string>, children };
}

/** A number with at most two digits behind the point. */
export function short(value: number): string {
  return String(Math.round(value * 100) / 100 + 0);
}

const escaped = (text: string) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;")
  // What XML cannot hold.
  .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "");

/** The text of a tree. */
export function written({ name, attributes, children }: SvgNode): string {
  const told = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`).join("");
  const inner = children.map((child) => (typeof child === "string" ? escaped(child) : written(child))).join("");
  return inner ? `<${name}${told}>${inner}</${name}>` : `<${name}${told}/>`;
}

/** A picture of its own, on white, with a title for those who do not see it. */
export function fileOf(width: number, height: number, title: string, children: SvgNode[]): SvgNode {
  return node("svg", {
    xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${short(width)} ${short(height)}`, width, height, role: "img",
    "font-family": "Helvetica, Arial, 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif",
  }, node("title", {}, title), node("rect", { width: "100%", height: "100%", fill: "#ffffff" }), ...children);
}

/** Reads the text of a picture. */
export function readSvg(text: string): SvgNode {
  return treeOf(new DOMParser().parseFromString(text, "image/svg+xml").documentElement, () => ({}));
}

/** What of a style sheet tells how an element looks. */
const LOOKS = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "stroke-linejoin", "opacity",
  "font-size", "font-weight", "font-style", "font-family", "text-anchor", "paint-order", "dominant-baseline",
];

/** An element of the page with the looks that its style sheet gives it written into it; what is hidden is left out. */
export function shownTree(element: Element): SvgNode {
  return treeOf(element, (one) => {
    const style = getComputedStyle(one);
    if (style.display === "none" || style.visibility === "hidden") return null;
    return Object.fromEntries(LOOKS.map((look) => [look, style.getPropertyValue(look)]).filter(([, value]) => value));
  });
}

/** Nothing of these is a picture. */
const LEFT_OUT = new Set(["script", "foreignObject", "style"]);

function treeOf(element: Element, look: (element: Element) => Record<string, string> | null): SvgNode {
  const attributes: Record<string, string> = {};
  for (const { name, value } of element.attributes) {
    if (!/^(on|aria-|data-|class$|tabindex$|role$|style$|id$)/i.test(name) || (name === "id" && element.closest("defs"))) attributes[name] = value;
  }
  const children: (SvgNode | string)[] = [];
  for (const child of element.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) children.push(child.textContent ?? "");
    else if (child instanceof Element && !LEFT_OUT.has(child.localName) && look(child) !== null) children.push(treeOf(child, look));
  }
  return { name: element.localName, attributes: { ...attributes, ...look(element) }, children };
}
