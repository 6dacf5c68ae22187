// What the page is given of a cluster: the twin of src/separatrix/present/page/cluster_json.py.
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

/** Of one enterprise in one year, t CO2e; null where nothing can be said. */
export interface EnterpriseCarbon {
  scope_1: number | null;
  scope_2: number | null;
  low: number | null;
  likely: number | null;
  high: number | null;
  /** Everything is known; a part is missing or in doubt; no row tells of it; it was not there. */
  known: "whole" | "part" | "none" | "away";
}
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
  in_doubt: boolean;
  enterprises: EnterpriseCarbon[];
}
export interface CarbonTold extends Told { unit: CarbonUnit; enterprise_unit: CarbonUnit }
export interface CarbonPart extends Part<CarbonTold> {
  reporting_year: number | null;
  enterprises: { id: string; name: string }[];
  years: YearCarbon[];
  cautions: number;
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
