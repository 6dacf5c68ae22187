// A page of a cluster as a command and as Python: what the page shows, in the program's own tables.
import { quoted } from "./command.ts";
import type { Copied } from "./setting.ts";

/** By page: the verb of the command line, and what Python calls; null where it has no such function. */
const VIEWS: Record<string, [string, string | null]> = {
  brief: ["brief", null],
  carbon: ["cluster account", "carbon_accounts(cluster)"],
  difficulties: ["cluster diagnose", "diagnose(cluster)"],
  exchanges: ["cluster symbiosis", "optimal_exchange(separatrix.exchange_problem(cluster))"],
  measures: ["cluster measures", "abatement(cluster)"],
  calibration: ["calibrate", "calibrate(cluster)"],
};

/** The command of a page; null where there is none. */
export function clusterCommand(page: string, name: string): Copied | null {
  const view = VIEWS[page];
  return view ? { notes: [], lines: [`separatrix ${view[0]} ${quoted(name)}`] } : null;
}

/** The program of a page; null where there is none. */
export function clusterPython(page: string, name: string): Copied | null {
  const call = VIEWS[page]?.[1];
  return call ? { notes: [], lines: ["import separatrix", "", `cluster = separatrix.load_cluster(${JSON.stringify(name)})`, `print(separatrix.${call})`] } : null;
}
