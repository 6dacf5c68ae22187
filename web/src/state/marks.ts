// The marks of all sliders: where the set of stable states changes while one lever moves.  They are found when the
// levers have rested, a little at a time, so that a drag never waits for them; those of the lever that is dragged
// stay, for its own position does not matter.
import { effect, signal } from "@preact/signals";
import type { Position } from "../analysis/instruments";
import { type Mark, marksInParts } from "../analysis/marks";
import { leversOf } from "./levers";
import { levels, model, settings } from "./store";

const REST = 120;
/** Milliseconds that are worked at a time: a part of a frame. */
const SLICE = 6;

/** By the name of a lever; absent while they are being found. */
export const marks = signal<Record<string, Mark[]>>({});

let timer: ReturnType<typeof setTimeout> | undefined;
/** What the marks that are shown belong to: where all other levers stood. */
let valid: Record<string, string> = {};

function othersOf({ settings, levels }: Position, name: string): string {
  return JSON.stringify([settings, levels].map((of) => Object.entries(of).filter(([other]) => other !== name)));
}

/** Keeps the marks up to date until the returned function is called. */
export function followMarks(): () => void {
  return effect(refresh);
}

function refresh(): void {
  const [game, at] = [model.value, { settings: settings.value, levels: levels.value }];
  clearTimeout(timer);
  const levers = game ? leversOf(game).map((lever) => ({ lever, others: game.hash + othersOf(at, lever.name) })) : [];
  const kept = levers.filter(({ lever, others }) => valid[lever.name] === others).map(({ lever }) => lever.name);
  const waiting = levers.filter(({ lever }) => !kept.includes(lever.name));
  valid = Object.fromEntries(kept.map((name) => [name, valid[name]!]));
  if (kept.length < Object.keys(marks.peek()).length) {
    marks.value = Object.fromEntries(kept.map((name) => [name, marks.peek()[name]!]));
  }
  const next = (): void => {
    const first = waiting.shift();
    if (!first || !game) return;
    const { lever, others } = first;
    const work = marksInParts(game, at, lever.name, lever.range);
    const goOn = (): void => {
      const end = performance.now() + SLICE;
      for (;;) {
        const { done, value } = work.next();
        if (done) {
          valid = { ...valid, [lever.name]: others };
          marks.value = { ...marks.peek(), [lever.name]: value };
          timer = setTimeout(next);
          return;
        }
        if (performance.now() > end) break;
      }
      timer = setTimeout(goOn);
    };
    goOn();
  };
  if (waiting.length) timer = setTimeout(next, REST);
}
