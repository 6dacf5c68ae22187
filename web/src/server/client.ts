// What takes longer than a frame: tasks of the server.  A page that was opened from disk has no server: it finds
// in itself what was worked out beforehand, and says so of the rest.
import { effect, signal, untracked, type ReadonlySignal } from "@preact/signals";
import type { ClusterModel } from "../cluster";
import type { GameModel, PageData } from "../model";
import { canonical } from "./canonical";
import { beginAt, beginning, opened, sendAgain } from "./models";
import { Cancelled, connection, post, Refused, request, Unreachable, type Problem } from "./request";

export { opened } from "./models";
export { askAlive, Cancelled, connection, Refused, toldOf, Unreachable, type Problem } from "./request";

/** The page was opened from disk, and what was asked for is not in it. */
export class NotInThisFile extends Error {}

/** Whether a server serves this page; else it was opened from disk. */
export let online = false;

/** The address of the platform that the page is a part of; null where it stands alone. */
export let home: string | null = null;

let heavy: Record<string, unknown> = {};
/** Milliseconds until a server that does not answer, or is too busy, is asked again. */
const RETRY = 1500;
/** Seconds that the server may wait for news. */
const WAIT = 20;

/** Takes the data of the page, and returns what is open first: from now on it is known whether there is a server. */
export async function begin(data: PageData): Promise<{ game: GameModel | null; cluster: ClusterModel | null }> {
  const { game = null, cluster = null } = data;
  online = !(game || cluster);
  heavy = data.heavy ?? {};
  home = data.home ?? null;
  if (!online) return { game, cluster };
  connection.value = "up";
  try {
    const found = await patiently(() => beginAt(location.hash), new AbortController().signal);
    return { game: found.game ?? null, cluster: found.cluster ?? null };
  } catch (why) {
    if (!(why instanceof Refused)) throw why;
    beginning.value = why.problem;
    return { game: null, cluster: null };
  }
}

interface News<T> { id: string; state: "queued" | "running" | "done" | "failed"; progress: number; value?: T; error?: Problem }

/** A task that runs. */
export interface Run<T> { promise: Promise<T>; cancel(): void }

/** The name under which a page from disk holds what a task answers. */
export function keyOf(task: string, args: object): string {
  return `${task} ${canonical(args)}`;
}

/** Lets the server do a task on what is open; from disk, looks the answer up. */
export function run<T>(task: string, args: object, on?: (progress: number) => void): Run<T> {
  if (!online) {
    const key = keyOf(task, args);
    const promise = key in heavy ? Promise.resolve(heavy[key] as T) : Promise.reject(new NotInThisFile(task));
    promise.catch(() => undefined); // whoever awaits it sees the rejection; nobody has to
    return { promise, cancel: () => undefined };
  }
  const stop = new AbortController();
  const promise = patiently(() => asked<T>(task, args, stop.signal, on), stop.signal);
  promise.catch(() => undefined);
  return { promise, cancel: () => { stop.abort(); } };
}

/** Asks until the server answers: it may be restarted meanwhile, or too busy. */
async function patiently<T>(ask: () => Promise<T>, stop: AbortSignal): Promise<T> {
  for (;;) {
    if (stop.aborted) throw new Cancelled();
    try {
      return await ask();
    } catch (problem) {
      const busy = problem instanceof Refused && problem.problem.code === "W117";
      if (!busy && !(problem instanceof Unreachable)) throw problem;
      await pause(RETRY, stop);
    }
  }
}

function pause(time: number, stop: AbortSignal): Promise<void> {
  return new Promise((done, failed) => {
    const timer = setTimeout(done, time);
    stop.addEventListener("abort", () => { clearTimeout(timer); failed(new Cancelled()); }, { once: true });
  });
}

/** Questions whose answers are waited for. */
const waiting = new Set<string>();

function giveUp(id: string): void {
  void request(`api/jobs/${id}`, { method: "DELETE", keepalive: true }).catch(() => undefined);
}

// A tab that is closed waits for nothing any more.
if (typeof window !== "undefined") window.addEventListener("pagehide", () => { waiting.forEach(giveUp); });

async function asked<T>(task: string, args: object, stop: AbortSignal, on?: (progress: number) => void): Promise<T> {
  // The question itself is not broken off: what it is called must be known to give it up.
  let news = await posted<T>(task, args);
  waiting.add(news.id);
  try {
    while (news.state === "queued" || news.state === "running") {
      if (stop.aborted) throw new Cancelled();
      on?.(news.progress);
      news = await request<News<T>>(`api/jobs/${news.id}?wait=${WAIT}&seen=${news.progress}`, { signal: stop });
    }
  } catch (problem) {
    if (problem instanceof Cancelled) giveUp(news.id);
    // A restarted server knows nothing of the question: it is asked anew.
    if (problem instanceof Refused && problem.problem.code === "W110") throw new Unreachable();
    throw problem;
  } finally {
    waiting.delete(news.id);
  }
  if (stop.aborted) throw new Cancelled();
  if (news.error) throw new Refused(news.error, 200);
  return news.value as T;
}

async function posted<T>(task: string, args: object): Promise<News<T>> {
  const ask = () => post<News<T>>("api/jobs", { model: opened.peek()?.hash, task, arguments: args });
  try {
    return await ask();
  } catch (problem) {
    const forgotten = problem instanceof Refused && problem.problem.code === "W110";
    if (!forgotten || !(await sendAgain())) throw problem;
    return ask();
  }
}

// ---------------------------------------------------------------- what follows the levers

/** Where a task stands that follows the levers. */
export interface Settled<T> {
  state: "computing" | "done" | "failed" | "absent";
  /** The model and the arguments that it is about, as `aboutWhat` tells them. */
  of: string;
  progress: number;
  /** The answer to the present arguments, never to earlier ones. */
  value: T | null;
  error: Problem | null;
}

const REST = 300;

/** The model that is open and arguments, as one text. */
export function aboutWhat(args: object | null): string {
  return `${opened.value?.hash ?? ""} ${args ? canonical(args) : ""}`;
}

/**
 * Asks for a task whenever what its arguments depend on has rested for 300 ms, and gives up what is superseded.
 * Arguments of null ask for nothing.  The signal lives as long as `dispose` is not called.
 */
export function settled<T>(task: string, args: () => object | null): ReadonlySignal<Settled<T>> & { dispose(): void } {
  let idle: Settled<T> = { state: "absent", of: "", progress: 0, value: null, error: null };
  const out = signal<Settled<T>>(idle);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Run<T> | undefined;
  let last = "";
  const dispose = effect(() => {
    const wanted = args();
    const of = aboutWhat(wanted);
    if (of === last) return;
    last = of;
    clearTimeout(timer);
    running?.cancel();
    untracked(() => {
      idle = { ...idle, of };
      if (!wanted || (!online && !(keyOf(task, wanted) in heavy))) { out.value = idle; return; }
      out.value = { ...idle, state: "computing" };
      timer = setTimeout(() => { ask(wanted, of); }, online ? REST : 0);
    });
  });
  function ask(wanted: object, of: string): void {
    running = run<T>(task, wanted, (progress) => { if (of === last) out.value = { ...out.value, progress }; });
    running.promise.then(
      (value) => { if (of === last) out.value = { ...idle, state: "done", progress: 1, value }; },
      (problem: unknown) => {
        if (of !== last || problem instanceof Cancelled) return;
        const error = problem instanceof Refused ? problem.problem : null;
        out.value = { ...idle, state: problem instanceof NotInThisFile ? "absent" : "failed", error };
      },
    );
  }
  return Object.assign(out, { dispose: () => { last = "gone"; clearTimeout(timer); running?.cancel(); dispose(); } });
}
