// Undo and redo: what was before, and what was after.  One gesture, such as dragging a slider, is one step.

/** Steps that are kept. */
const KEPT = 200;
/** Changes by the same gesture that follow each other within this many milliseconds are one step. */
const TOGETHER = 1000;

export interface History<T> {
  past: T[];
  future: T[];
  /** What made the last change, and when; null once something else happened. */
  last: { gesture: string; time: number } | null;
}

export const NOTHING_DONE: History<never> = { past: [], future: [], last: null };

/** Notes the state before a change; `gesture` says what makes it, so that one drag is one step. */
export function noted<T>(history: History<T>, before: T, gesture: string | null, time: number): History<T> {
  const last = gesture === null ? null : { gesture, time };
  const goesOn = history.last !== null && history.last.gesture === gesture && time - history.last.time <= TOGETHER;
  if (goesOn) return { past: history.past, future: [], last };
  return { past: [...history.past, before].slice(-KEPT), future: [], last };
}

/** One step back: the history then, and the state to show; null where there is none. */
export function undone<T>(history: History<T>, now: T): { history: History<T>; state: T } | null {
  const state = history.past.at(-1);
  if (state === undefined) return null;
  return { history: { past: history.past.slice(0, -1), future: [...history.future, now], last: null }, state };
}

/** One step forward again. */
export function redone<T>(history: History<T>, now: T): { history: History<T>; state: T } | null {
  const state = history.future.at(-1);
  if (state === undefined) return null;
  return { history: { past: [...history.past, now], future: history.future.slice(0, -1), last: null }, state };
}
