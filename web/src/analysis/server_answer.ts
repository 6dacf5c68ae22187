// What the server says of rest states, `separatrix analyze` as JSON, in the words of the page.
import { nearly } from "../exact/number.ts";
import type { GameModel } from "../model.ts";
import type { Label, Labelled, LabelledPoint, LabelledSet } from "./labels.ts";

type Shares = Record<string, number>;

/** The part of the answer that the page reads. */
export interface ServerAnswer {
  rest_points: {
    id: string; state: Shares; exact: Record<string, string> | null; support: string[][]; isolated: boolean | null;
    eigenvalues: [number, number][] | null; stability: Label | null;
    nash: boolean | null; strict_nash: boolean | null; ess: boolean | null;
  }[];
  rest_sets: { id: string; support: string[][]; dimension: number; corners: Shares[]; stability: Label | null; nash: boolean | null }[];
  completeness: { status: "complete" | "incomplete" };
  /** For each language the reason of each label, by id. */
  reasons: Record<string, Record<string, string>>;
}

interface Telling {
  /** The game in the language of the page, and in the words of its file. */
  game: GameModel;
  first: GameModel;
  language: string;
  /** The continua as the page draws them: the server does not tell the course of those that bend. */
  drawn: LabelledSet[];
}

export function toldByServer(answer: ServerAnswer, { game, first, language, drawn }: Telling): Labelled {
  const shares = game.populations.flatMap((p) => p.shares);
  const placed = (state: Shares) => shares.map((name) => state[name]!);
  const names = (support: string[][]) => support.map((played, i) => played.map((name) => {
    const at = first.populations[i]!.strategies.findIndex((s) => s.name === name);
    return game.populations[i]!.strategies[at]?.name ?? name;
  }));
  const why = (id: string) => answer.reasons[language]?.[id] ?? answer.reasons["en"]?.[id] ?? "";
  const points = answer.rest_points.map((p): LabelledPoint => ({
    id: p.id,
    support: names(p.support),
    state: placed(p.state),
    exact: shares.map((name) => p.exact?.[name]?.replace(/sqrt\((\d+)\)/g, "√$1").replaceAll("*", "") ?? nearly(p.state[name]!)),
    label: p.stability,
    signs: null,
    eigenvalues: p.eigenvalues ?? [],
    isolated: p.isolated,
    nash: p.nash,
    strictNash: p.strict_nash,
    ess: p.ess,
    why: why(p.id),
  }));
  const sets = answer.rest_sets.map((s): LabelledSet => {
    const support = names(s.support);
    const corners = s.corners.map(placed);
    const alike = drawn.filter((d) => d.dimension === s.dimension && String(d.support) === String(support));
    return {
      id: s.id, support, dimension: s.dimension, label: s.stability, corners,
      samples: corners.length ? corners : alike.flatMap((d) => d.samples), nash: s.nash, why: why(s.id),
    };
  });
  return { points, sets, open: [], complete: answer.completeness.status === "complete" };
}
