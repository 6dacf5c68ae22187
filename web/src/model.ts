// What the page is given of a game: the twin of packages/separatrix/src/separatrix/studio/page_json.py.

import type { ClusterModel } from "./cluster";

/** A name; or a list that begins with what it is: a number "p/q", a sum, a product, … */
export type Tree =
  | string
  | ["n", string]
  | ["+", ...Tree[]]
  | ["*", ...Tree[]]
  | ["/", Tree, Tree]
  | ["^", Tree, Tree]
  | ["f", string, ...Tree[]];

export type Operator = "<" | "<=" | "==" | "!=" | ">=" | ">";
export type Condition = ["?", Operator, Tree, Tree] | ["and", ...Condition[]] | ["or", ...Condition[]];

export interface Strategy { id: string; name: string }
export interface Population { name: string; share: string; shares: string[]; free: string[]; strategies: Strategy[] }
export interface Parameter {
  name: string;
  meaning: string | null;
  unit: string | null;
  value: string | null;
  range: [string, string] | null;
  fixed: boolean;
}
export interface Instrument {
  name: string;
  meaning: string | null;
  unit: string | null;
  strategy: string | null;
  idle: string;
  range: [string, string] | null;
  changes: Record<string, Tree>;
  cost: Record<string, Tree>;
}
/** `name` is a key; `title` what people read, in the language of the page. */
export interface Scenario { name: string; title?: string; values: Record<string, string> }
/** A game's words in another language; `names` are those of populations and strategies. */
export interface GameTexts {
  title: string | null;
  source: string | null;
  names: Record<string, string>;
  meanings: Record<string, string>;
  units: Record<string, string>;
  scenarios: Record<string, string>;
}
export interface Candidate {
  id: string;
  support: string[][];
  exact: Tree[] | null;
}
export interface Answer {
  definitions: [string, Tree][];
  points: Candidate[];
}
/** How a formula is written; a letter is a string, everything else begins with what it is (see formulas/layout.ts). */
export type Layout =
  | string
  | ["w" | "u" | "t", string]
  | ["o", string, string]
  | ["r", ...Layout[]]
  | ["/" | "_" | "^", Layout, Layout]
  | ["_^", Layout, Layout, Layout]
  | ["a", string, Layout]
  | ["q", Layout]
  | ["f", string, Layout, string]
  | ["m", ...Layout[]];

/** A formula as it is written, and as it is computed; both in parameters, shares and `names`. */
export interface Formula { layout: Layout; tree: Tree }
export interface Comparison { layout: Layout; left: Tree; operator: Operator; right: Tree }
export type WrittenCondition = Comparison | ["and" | "or", ...WrittenCondition[]];
export interface PointFormulas {
  exact: Formula[] | null;
  eigenvalues: Formula[] | null;
  exists: WrittenCondition | null;
  stable_when: WrittenCondition | null;
  /** Where it holds, the stability is left open. */
  open_when: WrittenCondition | null;
}
/** The twin of packages/separatrix/src/separatrix/studio/page_json.py. */
export interface Formulas {
  symbols: Record<string, Layout>;
  /** What stands for something longer, shorthands of the file among it. */
  names: Record<string, Formula>;
  payoffs: {
    strategies: (Formula & { symbol: Layout })[];
    average: { symbol: Layout; layout: Layout };
  }[] | null;
  equations: Formula[] | null;
  jacobian: Formula[][] | null;
  points: Record<string, PointFormulas>;
}
export interface GameModel {
  schema: 1;
  version: string;
  hash: string;
  /** Its name in the catalogue, where it is a game of that. */
  catalogue: string | null;
  /** The name of its file, without folders. */
  file: string;
  title: string;
  source: string | null;
  populations: Population[];
  parameters: Parameter[];
  instruments: Instrument[];
  scenarios: Scenario[];
  today: Record<string, string> | null;
  assume: { condition: Condition; text: string }[];
  speeds: Tree[];
  /** What a unit of time is; null where times have no unit. */
  time_unit: string | null;
  /** Parameters that the game file changes in time, which the page does not follow. */
  scheduled: string[];
  /** Of all populations together per unit of time. */
  emissions: Tree | null;
  payoffs: Tree[][];
  /** Payoffs and formulas again, with other numbers for the parameters that are fixed, as scenarios have them. */
  variants?: { fixed: Record<string, string>; payoffs: Tree[][]; formulas?: Pick<Formulas, "payoffs" | "equations" | "jacobian"> }[];
  form: "profiles" | "advantages" | "replicator" | "other";
  /** Whether payoffs are linear in the shares of each other population and without the own share: for the ids. */
  balanced: boolean;
  /** Why there is no answer in symbols, by language; empty where there is one. */
  refused: Record<string, string>;
  /** The two parameters with which the regime map opens. */
  axes: [string, string] | null;
  answer: Answer | null;
  /** Its words in other languages, by language. */
  texts?: Record<string, GameTexts>;
  formulas: Formulas;
}

/** What stands in the page itself, as JSON: everything offline, or where to ask. */
export interface PageData {
  language: string;
  /** The address of the platform that the page is a part of; absent where it stands alone. */
  home?: string;
  /** Absent in a page that a server serves: then it is fetched. */
  game?: GameModel;
  cluster?: ClusterModel;
  /** What was worked out beforehand, by task and arguments (`keyOf` in `server/client.ts`). */
  heavy?: Record<string, unknown>;
}
