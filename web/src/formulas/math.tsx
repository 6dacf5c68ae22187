// A layout on the page: as MathML, or as text where the browser sets none (Lockdown mode of iOS removes it).
import { h, type ComponentChild } from "preact";
import { signal } from "@preact/signals";
import type { Layout } from "../model";
import { plain } from "./plain";

/** Whether this browser sets MathML; null until measured. */
const sets = signal<boolean | null>(null);

/** Measures, once: a fraction that is set is taller than a number. */
export function setsMathml(): boolean {
  if (sets.value !== null) return sets.value;
  const height = (content: string) => {
    const box = document.createElement("span");
    box.style.position = "absolute";
    box.innerHTML = `<math>${content}</math>`;
    document.body.append(box);
    const tall = box.firstElementChild?.getBoundingClientRect().height ?? 0;
    box.remove();
    return tall;
  };
  sets.value = height("<mfrac><mn>1</mn><mn>2</mn></mfrac>") > 1.2 * height("<mn>1</mn>");
  return sets.value;
}

/** Characters past which a formula may break, and past which what stands in brackets within it may. */
const LONG = 34;
const LONG_BRACKETS = 20;
/** Characters above or below a fraction's line past which it is written with a slash, so that it can break. */
const LONG_FRACTION = 38;

/** A formula in a line, or displayed at full size; long ones break at their signs. */
export function Formula({ layout, display = false }: { layout: Layout; display?: boolean }) {
  if (!setsMathml()) return <span class="formula">{plain(layout)}</span>;
  const style = display ? { displaystyle: "true" } : {};
  const parts = plain(layout).length > LONG ? pieces(layout) : [layout];
  // Browsers break lines between formulas, never within one.
  return <>{parts.map((part, k) => [k > 0 && <wbr key={`break ${k}`} />, h("math", { ...style, key: k }, mathml(part))])}</>;
}

/** A layout in pieces between which a line may break: before its signs, after its commas. */
export function pieces(node: Layout): Layout[] {
  const found: Layout[][] = [[]];
  for (const item of opened(node)) {
    const kind = Array.isArray(item) && item[0] === "o" ? item[2] : "";
    if ((kind === "binary" || kind === "relation") && found.at(-1)!.length) found.push([]);
    found.at(-1)!.push(item);
    if (kind === "comma") found.push([]);
  }
  return found.filter((items) => items.length).map((items): Layout => ["r", ...items]);
}

/** The items of a layout; long brackets are opened, so that what they hold can break too. */
function opened(node: Layout): Layout[] {
  if (typeof node === "string") return [node];
  if (node[0] === "r") return (node.slice(1) as Layout[]).flatMap(opened);
  if (node[0] === "f" && !tall(node[2]) && plain(node).length > LONG_BRACKETS) {
    return [["o", node[1], "open"], ...opened(node[2]), ["o", node[3], "close"]];
  }
  if (node[0] === "/" && widthOfFractions(node) > LONG_FRACTION) {
    const part = (of: Layout): Layout[] => (Array.isArray(of) && of[0] === "r" ? [["o", "(", "open"], ...opened(of), ["o", ")", "close"]] : opened(of));
    return [...part(node[1]), ["o", "/", "binary"], ...part(node[2])];
  }
  return [node];
}

/** The characters above or below the line of the widest fraction of a layout, which a line cannot break. */
function widthOfFractions(node: Layout): number {
  if (typeof node === "string" || "wuto".includes(node[0])) return 0;
  const within = (node.slice(1) as Layout[]).filter((part) => Array.isArray(part)).map(widthOfFractions);
  const own = node[0] === "/" ? [node[1], node[2]].map((part) => plain(part).length) : [];
  return Math.max(0, ...own, ...within);
}

const ACCENTS: Record<string, string> = { bar: "¯", hat: "^", tilde: "~", dot: "˙" };

/** Returns a layout as MathML Core. */
function mathml(node: Layout): ComponentChild {
  if (typeof node === "string") return h("mi", null, node);
  switch (node[0]) {
    case "w": return h("mi", { class: "word" }, node[1]);
    case "u": return h("mi", null, node[1]);
    case "t": return h(/^[\d.]+$/.test(node[1]) ? "mn" : "mtext", null, node[1].replaceAll(" ", "\u00a0"));
    case "o": return operator(node[1], node[2]);
    case "r": return h("mrow", null, items(node.slice(1) as Layout[]));
    case "/": return h("mfrac", null, mathml(node[1]), mathml(node[2]));
    case "_": return h("msub", null, mathml(node[1]), mathml(node[2]));
    case "^": return h("msup", null, mathml(node[1]), mathml(node[2]));
    case "_^": return h("msubsup", null, mathml(node[1]), mathml(node[2]), mathml(node[3]));
    case "a": return h("mover", { accent: "true" }, mathml(node[2]), h("mo", { stretchy: "false" }, ACCENTS[node[1]] ?? "¯"));
    case "q": return h("msqrt", null, mathml(node[1]));
    case "f": {
      const stretchy = tall(node[2]) ? {} : { stretchy: "false" };
      return h("mrow", null, h("mo", { form: "prefix", ...stretchy }, node[1]), mathml(node[2]), h("mo", { form: "postfix", ...stretchy }, node[3]));
    }
    default: {
      const rows = (node.slice(1) as Layout[][]).map((r) => h("mtr", null, r.slice(1).map((e) => h("mtd", null, mathml(e)))));
      // Its brackets are borders: few machines have a font whose brackets grow.
      return h("mtable", { class: "matrix" }, rows);
    }
  }
}

function items(all: Layout[]): ComponentChild[] {
  const word = (item: Layout | undefined) => Array.isArray(item) && item[0] === "w";
  return all.flatMap((item, k) => {
    const times = Array.isArray(item) && item[0] === "o" && item[2] === "times";
    return times && (word(all[k - 1]) || word(all[k + 1])) ? [mathml(item), h("mspace", { width: "0.17em" })] : [mathml(item)];
  });
}

function operator(text: string, kind: string): ComponentChild {
  if (kind === "times") return h("mo", null, "\u2062");
  if (kind === "comma") return h("mo", { separator: "true" }, text);
  if (kind === "open" || kind === "close") return h("mo", { form: kind === "open" ? "prefix" : "postfix", stretchy: "false" }, text);
  return h("mo", { form: kind === "sign" ? "prefix" : "infix" }, text);
}

/** Whether brackets around a layout must grow with it. */
function tall(node: Layout): boolean {
  if (typeof node === "string") return false;
  if (node[0] === "/" || node[0] === "q" || node[0] === "m") return true;
  if (node[0] === "r") return (node.slice(1) as Layout[]).some(tall);
  if (node[0] === "f" || node[0] === "a") return tall(node[2]);
  return (node[0] === "_" || node[0] === "^") && tall(node[1]);
}
