// Trajectories as a table, with the columns of `separatrix trajectory --format csv`.
import type { Run } from "../state/trajectories";

/** One after the other from its earliest state on; times before the start are negative. */
export interface Course { times: ArrayLike<number>; states: ArrayLike<number> }

/** What some spreadsheet would run; such names get an apostrophe before them. */
const FORMULA = /^['\s]*[=+\-@＝＋－＠\t\r|]/;

function cell(text: string): string {
  const inert = FORMULA.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(inert) ? `"${inert.replace(/\r\n?/g, "\n").replace(/"/g, '""')}"` : inert;
}

export function trajectoriesCsv(shares: string[], courses: Course[]): string {
  const rows = [["course", "time", ...shares.map(cell)].join(",")];
  courses.forEach(({ times, states }, number) => {
    for (let k = 0; k < times.length; k++) {
      const state = shares.map((_, j) => states[k * shares.length + j]!);
      rows.push([number + 1, times[k]!, ...state].map((x) => (typeof x === "number" && Number.isNaN(x) ? "" : String(x))).join(","));
    }
  });
  return `${rows.join("\n")}\n`;
}

/** What ran back in time before what ran on, as one row of states. */
export function courseOf(run: Run): Course {
  const { forward, backward } = run;
  if (!backward) return forward;
  const width = run.state.length;
  const count = backward.times.length;
  // The start itself is in both.
  const times = new Float64Array(count - 1 + forward.times.length);
  const states = new Float64Array(times.length * width);
  for (let k = 1; k < count; k++) {
    const to = count - 1 - k;
    times[to] = -backward.times[k]!;
    states.set(backward.states.subarray(k * width, (k + 1) * width), to * width);
  }
  times.set(forward.times, count - 1);
  states.set(forward.states, (count - 1) * width);
  return { times, states };
}
