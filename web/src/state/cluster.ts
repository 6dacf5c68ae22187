// The cluster that is open, and the parts of it that pages ask for.
import { signal } from "@preact/signals";
import type { ClusterModel, Part, Refused } from "../cluster";
import { change, language, view } from "./store";

export const cluster = signal<ClusterModel | null>(null);

/** What came of asking for a part. */
export type Asked<P> =
  | { state: "computing"; progress: number }
  | { state: "done"; value: P }
  | { state: "absent" }
  | { state: "failed"; error: string };

/** Returns a part; of a file that opens from disk all parts are in it. */
export function part<P extends Part<unknown> | Refused>(name: string): Asked<P> {
  const found = cluster.value?.content?.[name];
  return found ? { state: "done", value: found as unknown as P } : { state: "absent" };
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
