// The cluster that is open, and the parts of it that pages ask for.
import { signal } from "@preact/signals";
import type { ClusterModel, Part, Refused } from "../cluster";
import { online, opened, settled, type Problem } from "../server/client";
import { change, language, view } from "./store";

export const cluster = signal<ClusterModel | null>(null);

/** What came of asking for a part. */
export type Asked<P> =
  | { state: "computing"; progress: number }
  | { state: "done"; value: P }
  | { state: "absent" }
  | { state: "failed"; problem: Problem | null };

/** What was asked of the cluster that is open, by the name of the part; of another one nothing is kept. */
const asked = new Map<string, ReturnType<typeof settled<unknown>>>();
let askedOf: string | undefined;

/** Returns a part: of a file that opens from disk all parts are in it, else the server is asked once. */
export function part<P extends Part<unknown> | Refused>(name: string): Asked<P> {
  const found = cluster.value?.content?.[name];
  if (found) return { state: "done", value: found as unknown as P };
  if (!online) return { state: "absent" };
  if (askedOf !== opened.value?.hash) {
    for (const earlier of asked.values()) earlier.dispose();
    asked.clear();
    askedOf = opened.value?.hash;
  }
  let running = asked.get(name);
  if (!running) asked.set(name, (running = settled("part", () => (cluster.value ? { part: name } : null))));
  const { state, progress, value, error } = running.value;
  if (state === "done") return { state, value: value as P };
  if (state === "failed") return { state, problem: error };
  return { state: "computing", progress };
}

/** What is said of a part in the language of the page. */
export function toldOf<T>(found: Part<T>): T {
  return (found.told[language.value] ?? found.told["en"])!;
}

/** What was chosen on a page of the cluster; it is in the link. */
export function choice(name: string): string | undefined {
  return view.value.more[`cluster.${name}`];
}

export function choose(name: string, value: string | null, gesture: string | null = null): void {
  const { [`cluster.${name}`]: _, ...others } = view.value.more;
  change({ more: value === null ? others : { ...others, [`cluster.${name}`]: value } }, gesture);
}
