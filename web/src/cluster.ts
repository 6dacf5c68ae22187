// What the page is given of a cluster: the twin of packages/separatrix-cluster/src/separatrix_cluster/studio/cluster_json.py.
import type { DocumentModel } from "./document";

/** What every page of a cluster says of it. */
export interface ClusterModel {
  schema: 1;
  version: string;
  hash: string;
  /** Its name among the clusters that come with the program; null for any other. */
  shipped: string | null;
  name: string;
  place: string;
  synthetic: boolean;
  sources: string[];
  licence: string;
  enterprises: number;
  attribution: string;
  /** Rows of each table that is there. */
  tables: Record<string, number>;
  broken: string[];
  /** The names of the parts that can be asked for. */
  parts: string[];
  /** The parts themselves, in a file that opens from disk. */
  content?: Record<string, Part>;
}

/** What a page shows: numbers, and what is said of them in each language. */
export interface Part<T = Told> { told: Record<string, T> }
export interface Told { document: DocumentModel }

/** In which unit carbon is told: how many tonnes one is, its name, the decimals that are shown. */
export interface CarbonUnit { scale: number; name: string; places: number }

/** Everything is known; a part is missing or in doubt; no row reports it; it was not there. */
export type Known = "whole" | "part" | "none" | "away";
/** Of one enterprise in one year, t CO2e: scope 1 and 2; where a part is missing or in doubt between which ends. */
export type EnterpriseCarbon = [number | null, number | null, Known, (number | null)?, (number | null)?];
export interface YearCarbon {
  year: number;
  scope_1: number;
  scope_2: number;
  counted: number;
  missing: number | null;
  low: number | null;
  high: number | null;
  /** Which share of what is counted and missing together was counted. */
  share: number | null;
  whole: number;
  /** Of how many enterprises anything was counted. */
  told_of: number;
  in_doubt: boolean;
  enterprises: EnterpriseCarbon[];
}
export interface CarbonTold extends Told { unit: CarbonUnit; enterprise_unit: CarbonUnit; cautions: string[] }
export interface CarbonPart extends Part<CarbonTold> {
  reporting_year: number | null;
  /** The largest ones, by their names. */
  enterprises: string[];
  /** How many there are. */
  all: number;
  years: YearCarbon[];
}

export interface Score { score: number | null; low: number | null; high: number | null }
export interface IndicatorScore extends Score { id: string; coverage: number | null }
export interface DifficultyScore extends Score { name: string; indicators: IndicatorScore[] }
export interface DifficultiesTold extends Told { names: string[]; indicators: string[][] }
export interface DifficultiesPart extends Part<DifficultiesTold> {
  year: number | null;
  binding: string | null;
  difficulties: DifficultyScore[];
}

/** What stands in place of a part where the tables do not suffice: why, and what would. */
export interface Refused { code: string; told: Record<string, { refused: string; hint: string | null }> }

export interface ExchangeNode { id: string; name: string; facility: boolean; /** On a circle of radius 1. */ x: number; y: number }
export type Category = "waste energy" | "water" | "solid waste" | "other";
export interface ExchangeLink {
  from: string;
  to: string;
  /** The facility that it goes through. */
  through: string | null;
  when: "today" | "planned";
  /** Whether the same stream flows today and is in the plan: then it stands in both. */
  both: boolean;
  category: Category;
  /** Its size as a part of the largest; null where no sizes are told. */
  part: number | null;
}
/** What is left when an enterprise leaves: shares, and the ids of those who fall out too. */
export interface Departure {
  enterprise: string;
  links_left: number;
  flow_left: number;
  stranded: string[];
  starved: string[];
  links_left_at_worst: number;
}
export interface ExchangesTold extends Told { links: string[]; categories: Record<Category, string> }
export interface ExchangesPart extends Part<ExchangesTold> {
  nodes: ExchangeNode[];
  links: ExchangeLink[];
  departures: { today: Departure[] | null; planned: Departure[] | null };
}

export interface CurveStep {
  abatement: number;
  low: number | null;
  high: number | null;
  cost: number;
  cost_low: number | null;
  cost_high: number | null;
  pays: boolean;
}
export interface MeasuresTold extends Told { names: string[]; unit: CarbonUnit; per_tonne: string }
export interface MeasuresPart extends Part<MeasuresTold> {
  year: number | null;
  carbon_price: number;
  price_told: boolean;
  steps: CurveStep[];
}

export interface Spread { runs: number; times: number[]; mean: number[]; low: number[]; high: number[] }
/** An idea that gets about: when each enterprise hears of it in the first run, and in which share of all runs. */
export interface IdeaSpread extends Spread { first: (number | null)[]; chance: number[]; seeds: number[] }
/** A strategy that spreads in a game: states of the first run, and bands of all. */
export interface ActingSpread extends Spread {
  median: number[];
  quarter: number[];
  three_quarters: number[];
  first: number[];
  /** The types whose spread is followed. */
  acts: number[];
  frames: { time: number; types: number[] }[];
  share_in_the_end: number[];
}
export interface DiffusionTold extends Told { types: string[] }
export interface DiffusionPart extends Part<DiffusionTold> {
  nodes: { id: string; name: string; /** In the unit square. */ x: number; y: number }[];
  links: [number, number][];
  idea: IdeaSpread;
  acting: ActingSpread | null;
}
