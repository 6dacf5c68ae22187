// A layout as one line of text, for browsers that set no MathML, and for names; the twin of plain_math.py.
import type { Layout } from "../model.ts";

const SUBSCRIPT = "₀₁₂₃₄₅₆₇₈₉";
const SUPERSCRIPT: Record<string, string> = {
  0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹", "-": "⁻", "−": "⁻", "*": "*", "′": "′",
};
const COMBINING: Record<string, string> = { bar: "\u0304", hat: "\u0302", tilde: "\u0303", dot: "\u0307" };

/** Returns a layout as text, such as x(1 − x)(π₁ − C₁). */
export function plain(node: Layout): string {
  if (typeof node === "string") return node;
  switch (node[0]) {
    case "w": case "u": case "t":
      return node[1];
    case "o":
      return node[2] === "relation" || node[2] === "binary" ? ` ${node[1]} ` : node[2] === "comma" ? `${node[1]} ` : node[1];
    case "r": {
      const items = node.slice(1) as Layout[];
      return items.map((item, k) => {
        const times = Array.isArray(item) && item[0] === "o" && item[2] === "times";
        return times ? (needsDot(items[k - 1]!, items[k + 1]!) ? "·" : "") : plain(item);
      }).join("");
    }
    case "/":
      return `${grouped(node[1], false)}/${grouped(node[2], true)}`;
    case "_":
      return plain(node[1]) + below(node[2]);
    case "^":
      return plain(node[1]) + above(node[2]);
    case "_^":
      return plain(node[1]) + below(node[2]) + above(node[3]);
    case "a": {
      const inner = plain(node[2]);
      return inner.slice(0, 1) + (COMBINING[node[1]] ?? "") + inner.slice(1);
    }
    case "q":
      return `√${grouped(node[1], true)}`;
    case "f":
      return `${node[1]}${plain(node[2])}${node[3]}`;
    default:
      return `(${(node.slice(1) as Layout[][]).map((r) => r.slice(1).map(plain).join(", ")).join("; ")})`;
  }
}

function below(sub: Layout): string {
  const text = plain(sub);
  return /^\d+$/.test(text) ? [...text].map((d) => SUBSCRIPT[Number(d)]).join("") : `_${tight(sub, text)}`;
}

function above(sup: Layout): string {
  const text = plain(sup);
  const raised = [...text].map((c) => SUPERSCRIPT[c]);
  return raised.every((c) => c !== undefined) ? raised.join("") : `^${tight(sup, text)}`;
}

function tight(node: Layout, text: string): string {
  return typeof node === "string" || "wut".includes(node[0]) ? text : `(${text})`;
}

/** A part beside a slash or under a root, in brackets where it would run into it. */
function grouped(node: Layout, loose: boolean): string {
  const text = plain(node);
  if (typeof node === "string" || (node[0] !== "r" && node[0] !== "/")) return text;
  if (node[0] === "r") {
    const kinds = (node.slice(1) as Layout[]).flatMap((i) => (Array.isArray(i) && i[0] === "o" ? [i[2]] : []));
    if (!kinds.length || (!loose && !kinds.includes("binary") && !kinds.includes("relation"))) return text;
  }
  return `(${text})`;
}

function needsDot(before: Layout, after: Layout): boolean {
  if ((Array.isArray(before) && before[0] === "/") || (Array.isArray(after) && (after[0] === "/" || after[0] === "q"))) return true;
  if (Array.isArray(after) && after[0] === "f") return wordy(before);
  if (Array.isArray(before) && before[0] === "t") return false;
  return wordy(before) || wordy(after);
}

/** Whether a neighbour without a dot would run into this item. */
function wordy(item: Layout): boolean {
  if (typeof item === "string") return false;
  switch (item[0]) {
    case "w": case "u": return true;
    case "_": case "_^": return wordy(item[1]) || !(Array.isArray(item[2]) && item[2][0] === "t");
    case "^": return wordy(item[1]);
    case "r": return (item.slice(1) as Layout[]).some(wordy);
    default: return false;
  }
}
