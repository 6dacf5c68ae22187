// The model, its equations and its rest points where the levers stand, as a LaTeX article.
import type { Labelled } from "../analysis/labels.ts";
import { layoutOf } from "../formulas/layout.ts";
import type { Formula, GameModel, Layout, Tree } from "../model.ts";
import { layoutTex, texText } from "./layout_tex.ts";

/** How a sentence is said in the language of the page. */
type Say = (text: string, holes?: Record<string, string | number>) => string;

/** Where the levers stand, and what is known there. */
export interface Shown {
  /** The exact text of each parameter as instruments leave it, and of each level that is not idle. */
  values: Record<string, string>;
  /** What parameters are that an instrument makes depend on the shares. */
  moving: Record<string, Tree>;
  labelled: Labelled;
  /** What stands in the place of a label that is not known. */
  unknown: string;
}

/** Letters for which pdfLaTeX has no fonts: all but Latin and those that `texText` writes as commands. */
const CHINESE = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]/;

export function latexOf(game: GameModel, { values, moving, labelled, unknown }: Shown, language: string, say: Say): string {
  const shares = game.populations.flatMap((p) => p.shares);
  const symbolOf = (name: string): Layout => game.formulas.symbols[name] ?? ["w", name];
  const symbol = (name: string) => layoutTex(symbolOf(name));
  // Then derivatives by the shares, and rest points in symbols, are others than those of the file.
  const shifting = Object.keys(moving).length > 0;
  const sections: string[] = [];
  const section = (title: string, ...blocks: string[]) => { sections.push(`\\section*{${texText(title)}}`, ...blocks); };

  const settings = Object.entries(values).map(([name, value]) =>
    `${symbol(name)} = ${moving[name] ? layoutTex(layoutOf(moving[name], symbolOf)) : numberTex(value)}`);
  if (settings.length > 0) section(say("Parameters"), `\\noindent$${settings.join("$, $")}$.`);

  const { payoffs, equations, jacobian, names } = game.formulas;
  if (payoffs) {
    const rows = payoffs.flatMap(({ strategies, average }) => [
      ...strategies.map((s): [string, string] => [layoutTex(s.symbol), layoutTex(s.layout)]),
      [layoutTex(average.symbol), layoutTex(average.layout)] as [string, string],
    ]);
    section(say("Payoffs"), aligned(rows));
  }
  if (equations) {
    const rows = equations.map((e, k): [string, string] => [`\\frac{\\mathrm{d}${symbol(shares[k]!)}}{\\mathrm{d}t}`, layoutTex(e.layout)]);
    section(say("Replicator equations"), aligned(rows));
  }
  if (shifting) {
    section(say("Jacobian matrix"), texText(say("An instrument in force makes parameters depend on the shares: the matrix of the file does not hold for them.")));
  } else if (jacobian && jacobian.length > 0) {
    const matrix = jacobian.map((row) => row.map((e) => layoutTex(e.layout)).join(" & ")).join(" \\\\\n");
    section(say("Jacobian matrix"), `\\[\nJ = \\begin{pmatrix}\n${matrix}\n\\end{pmatrix}\n\\]`);
  }
  const meant = Object.entries(names);
  if (meant.length > 0) {
    section(say("Where"), aligned(meant.map(([name, of]): [string, string] => [symbol(name), layoutTex(of.layout)])));
  }
  section(say("Rest points"), table(shares, symbol, labelled, unknown, say));
  const general = shifting ? "" : formulasTable(game, symbol, shares, say);
  if (general) section(say("Rest points, symbolic"), general);
  const body = sections.join("\n\n");
  const title = texText(game.title);
  const chinese = language === "zh" || CHINESE.test(title + body);
  return [
    `% ${say("Written by Separatrix {version}; model {hash}.", { version: game.version, hash: game.hash })}`,
    ...(chinese ? [`% ${say("Compile with XeLaTeX.")}`] : []),
    chinese ? "\\documentclass[a4paper]{ctexart}" : "\\documentclass[a4paper]{article}",
    "\\usepackage{amsmath,array,booktabs,longtable}",
    "\\usepackage[margin=25mm]{geometry}",
    "\\begin{document}",
    `\\section*{${title}}`,
    ...(game.source ? [`\\noindent ${texText(game.source)}`] : []),
    body,
    "\\end{document}",
    "",
  ].join("\n");
}

function aligned(rows: [string, string][]): string {
  return `\\begin{align*}\n${rows.map(([left, right]) => `${left} &= ${right}`).join(" \\\\\n")}\n\\end{align*}`;
}

/** An exact number as the page writes it: "1/3", "(1 + √5)/4", "≈ 0.4142". */
export function numberTex(text: string): string {
  const plain = text.replaceAll("−", "-").trim();
  const over = /^(-?)(\(?.+?\)?)\/(\d+)$/.exec(plain);
  if (over) {
    const top = over[2]!.startsWith("(") && over[2]!.endsWith(")") ? over[2]!.slice(1, -1) : over[2]!;
    return `${over[1]!}\\frac{${signs(top)}}{${over[3]!}}`;
  }
  return signs(plain);
}

function signs(text: string): string {
  return text.replace(/√(\d+)/g, "\\sqrt{$1}").replaceAll("√", "\\surd ").replaceAll("≈", "\\approx ").replaceAll("·", "\\cdot ");
}

function table(
  shares: string[], symbol: (name: string) => string, { points, sets, complete }: Labelled, unknown: string, say: Say,
): string {
  const head = [say("Point"), ...shares.map((name) => `$${symbol(name)}$`), say("Eigenvalues"), say("Stability"), say("Basis")];
  const rows = points.map((p) => [
    texText(p.id), ...p.exact.map((x) => `$${numberTex(x)}$`), p.eigenvalues.map((v) => `$${complexTex(v)}$`).join(", "),
    texText(p.label === null ? unknown : say(p.label)), texText(p.label === null ? "" : say(p.why, p.whyHoles)),
  ]);
  for (const s of sets) {
    rows.push([
      texText(s.id), `\\multicolumn{${shares.length}}{l}{${texText(s.support.map((played) => played.join(", ")).join("; "))}}`, "",
      texText(s.label === null ? unknown : say(s.label)), texText(s.label === null ? "" : say(s.why)),
    ]);
  }
  const columns = `l${"c".repeat(shares.length)}ll>{\\raggedright\\arraybackslash}p{0.3\\textwidth}`;
  const lines = rows.map((row) => `${row.join(" & ")} \\\\`);
  const note = complete ? [] : [texText(say("The list may be incomplete."))];
  return [
    `\\begin{longtable}{${columns}}\n\\toprule\n${head.join(" & ")} \\\\\n\\midrule\n\\endhead`,
    ...lines, "\\bottomrule\n\\end{longtable}", ...note,
  ].join("\n");
}

/** Where each point is and when it exists, in symbols; empty where there is no answer in symbols. */
function formulasTable(game: GameModel, symbol: (name: string) => string, shares: string[], say: Say): string {
  const told = Object.entries(game.formulas.points).filter(([, of]) => of.exact !== null);
  if (told.length === 0) return "";
  const rows = told.map(([id, of]) => {
    const place = (of.exact as Formula[]).map((x, k) => `$${symbol(shares[k]!)} = ${layoutTex(x.layout)}$`).join(", ");
    return `\\item[${texText(id)}] ${place}${of.eigenvalues ? `; ${texText(say("eigenvalues"))} ${of.eigenvalues.map((v) => `$${layoutTex(v.layout as Layout)}$`).join(", ")}` : ""}`;
  });
  return `\\begin{description}\n${rows.join("\n")}\n\\end{description}`;
}

function complexTex([re, im]: [number, number]): string {
  const real = shortTex(re);
  if (im === 0) return real;
  return `${re === 0 ? "" : real}${im < 0 ? "-" : re === 0 ? "" : "+"}${shortTex(Math.abs(im))}\\mathrm{i}`;
}

function shortTex(value: number): string {
  const text = String(Number(value.toPrecision(4)));
  const power = /^(.*)e([+-]?\d+)$/.exec(text);
  return power ? `${power[1]!}\\cdot 10^{${Number(power[2])}}` : text;
}
