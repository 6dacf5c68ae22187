// Layouts as TeX: the twin of packages/separatrix/src/separatrix/formulas/tex.py.
import type { Layout } from "../model.ts";

const GREEK: Record<string, string> = {
  α: "alpha", β: "beta", γ: "gamma", δ: "delta", ε: "varepsilon", ζ: "zeta", η: "eta", θ: "theta", ϑ: "vartheta",
  ι: "iota", κ: "kappa", λ: "lambda", μ: "mu", ν: "nu", ξ: "xi", π: "pi", ρ: "rho", σ: "sigma", τ: "tau",
  υ: "upsilon", φ: "varphi", χ: "chi", ψ: "psi", ω: "omega", Γ: "Gamma", Δ: "Delta", Θ: "Theta", Λ: "Lambda",
  Ξ: "Xi", Π: "Pi", Σ: "Sigma", Φ: "Phi", Ψ: "Psi", Ω: "Omega",
};
const SIGNS: Record<string, string> = {
  "−": "-", "≤": "\\le ", "≥": "\\ge ", "≠": "\\neq ", "≈": "\\approx ", "·": "\\cdot ", "±": "\\pm ",
  "→": "\\to ", "∈": "\\in ", "×": "\\times ", "…": "\\dots ", "{": "\\{", "}": "\\}",
};
const MATHEMATICAL: Record<string, string> = {
  "−": "-", "≤": "\\le", "≥": "\\ge", "≠": "\\neq", "≈": "\\approx", "×": "\\times", "·": "\\cdot", "±": "\\pm",
  "→": "\\to", "⇒": "\\Rightarrow", "⇔": "\\Leftrightarrow", "∞": "\\infty", "′": "'", "√": "\\surd", "∈": "\\in",
  "∂": "\\partial", "∪": "\\cup", "∩": "\\cap", "⋅": "\\cdot",
};
const ESCAPES: Record<string, string> = {
  "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", $: "\\$", "&": "\\&", "#": "\\#", _: "\\_", "%": "\\%",
  "^": "\\textasciicircum{}", "~": "\\textasciitilde{}", "<": "\\textless{}", ">": "\\textgreater{}",
  "|": "\\textbar{}", '"': "\\textquotedbl{}", "`": "\\textasciigrave{}", "…": "\\dots{}", "–": "--", "—": "---",
  "“": "``", "”": "''", "‘": "`", "’": "'", "½": "\\textonehalf{}", "€": "\\texteuro{}", "\u00a0": "~",
  "\u200b": "\\hspace{0pt}", "⁻": "\\textsuperscript{\\ensuremath{-}}",
};
for (const [sign, tex] of Object.entries(MATHEMATICAL)) ESCAPES[sign] = `\\ensuremath{${tex}}`;
for (const [letter, name] of Object.entries(GREEK)) ESCAPES[letter] = `\\ensuremath{\\${name}}`;
[..."₀₁₂₃₄₅₆₇₈₉"].forEach((digit, k) => { ESCAPES[digit] = `\\textsubscript{${k}}`; });
[..."⁰¹²³⁴⁵⁶⁷⁸⁹"].forEach((digit, k) => { ESCAPES[digit] = `\\textsuperscript{${k}}`; });

/** A text that TeX prints, and obeys none of. */
export function texText(text: string): string {
  const letters = [...text].map((c) => (/[\p{C}\p{Z}]/u.test(c) && !"\u00a0\u200b".includes(c) ? " " : c));
  return letters.map((c, k) => (ESCAPES[c] ?? c) + (c === letters[k + 1] && "-',".includes(c) ? "{}" : "")).join("");
}

const NUMBER = /^-?[0-9.]*[0-9][0-9.]*$/;

/** A layout for mathematics mode. */
export function layoutTex(node: Layout): string {
  if (typeof node === "string") return letter(node);
  switch (node[0]) {
    case "w": return word(node[1], false);
    case "u": return word(node[1], true);
    case "t": {
      if (node[1] === ",") return "{,}";
      const number = node[1].replaceAll("−", "-");
      return NUMBER.test(number) ? number : `\\text{${texText(node[1])}}`;
    }
    case "o": return operator(node[1], node[2]);
    case "r": return row(node.slice(1) as Layout[]);
    case "/": return `\\frac{${layoutTex(node[1])}}{${layoutTex(node[2])}}`;
    case "_": return `${base(node[1])}_{${layoutTex(node[2])}}`;
    case "^": return `${base(node[1])}^{${layoutTex(node[2])}}`;
    case "_^": return `${base(node[1])}_{${layoutTex(node[2])}}^{${layoutTex(node[3])}}`;
    case "a": return `\\${node[1]}{${layoutTex(node[2])}}`;
    case "q": return `\\sqrt{${layoutTex(node[1])}}`;
    case "f": {
      const [left, right] = [SIGNS[node[1]] ?? node[1], SIGNS[node[3]] ?? node[3]];
      const tall = isTall(node[2]);
      return `${tall ? "\\left" : ""}${left}${layoutTex(node[2])}${tall ? "\\right" : ""}${right}`;
    }
    case "m": return `\\begin{pmatrix} ${(node.slice(1) as Layout[]).map((line) => cells(line).map(layoutTex).join(" & ")).join(" \\\\ ")} \\end{pmatrix}`;
  }
}

/** The entries of a row of a matrix. */
function cells(line: Layout): Layout[] {
  return Array.isArray(line) && line[0] === "r" ? (line.slice(1) as Layout[]) : [line];
}

function operator(text: string, kind: string): string {
  const sign = SIGNS[text] ?? text;
  if (kind === "times") return "\\,";
  if (kind === "comma") return `${text}\\; `;
  return kind === "sign" ? sign : ` ${sign.trim()} `;
}

function row(items: Layout[]): string {
  const named = (item: Layout | undefined) => Array.isArray(item) && (item[0] === "w" || item[0] === "u");
  return items.map((item, k) => {
    if (!Array.isArray(item) || item[0] !== "o" || item[2] !== "times") return layoutTex(item);
    // A thin space keeps names of several letters apart; single letters stand close.
    return named(items[k - 1]) || named(items[k + 1]) ? "\\," : " ";
  }).join("");
}

function base(node: Layout): string {
  const inner = layoutTex(node);
  return Array.isArray(node) && ["_", "^", "_^", "r"].includes(node[0]) ? `{${inner}}` : inner.trimEnd();
}

function isTall(node: Layout): boolean {
  if (typeof node === "string") return false;
  switch (node[0]) {
    case "/": case "q": case "m": return true;
    case "r": return (node.slice(1) as Layout[]).some(isTall);
    case "f": case "a": return isTall(node[2] as Layout);
    case "_": case "^": case "_^": return isTall(node[1]);
    default: return false;
  }
}

function letter(text: string): string {
  if (text in GREEK) return `\\${GREEK[text]!} `;
  return /^[A-Za-z]+$/.test(text) ? text : `\\text{${texText(text)}}`;
}

function word(text: string, upright: boolean): string {
  const greek = [...text].some((c) => c in GREEK);
  if (![...text].every((c) => c in GREEK || /[A-Za-z0-9_,]/.test(c))) return `\\text{${texText(text)}}`;
  const inner = [...text].map((c) => (c in GREEK ? `\\${GREEK[c]!} ` : c === "_" ? "\\_" : c)).join("").trim();
  // With XeTeX the fonts of \mathit and \mathrm have no Greek where TeX looks for it.
  return `\\${greek ? "mathnormal" : upright ? "mathrm" : "mathit"}{${inner}}`;
}
