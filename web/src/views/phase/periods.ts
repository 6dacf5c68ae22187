// The periods of the closed orbits that somebody started, found once the levers rest.
import { effect, signal } from "@preact/signals";
import { periodOf, type Period } from "../../dynamics/period";
import { say } from "../../languages";
import { flow, runs } from "../../state/trajectories";

const REST = 200;

/** By the number of the start; a start is missing until it has been found whether its orbit is closed. */
export const periods = signal<Map<number, Period | null>>(new Map());

/** Finds them whenever levers have rested; returns what stops it. */
export function keepPeriods(): () => void {
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const end = effect(() => {
    const [under, followed] = [flow.value, runs.value];
    clearTimeout(waiting);
    if (periods.peek().size > 0) periods.value = new Map();
    const closed = followed.filter(({ index, forward }) => index !== null && forward.end === "returned");
    if (!under || closed.length === 0) return;
    const next = (at: number): void => {
      const run = closed[at];
      if (!run) return;
      periods.value = new Map(periods.peek()).set(run.index!, periodOf(under, run.state));
      waiting = setTimeout(next, 0, at + 1);
    };
    waiting = setTimeout(next, REST, 0);
  });
  return () => { end(); clearTimeout(waiting); };
}

/** How long a turn takes, and how sure it is that the orbit is closed. */
export function periodTold({ time: after, gap, proven }: Period): string {
  const time = after.toPrecision(6);
  return proven ? say("closed orbit, period {time}", { time })
    : say("back at its start after {time}, to within {gap}", { time, gap: gap.toExponential(0) });
}
