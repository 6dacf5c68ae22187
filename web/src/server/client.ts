// The page's side of the server: opening models, and asking for what takes longer than a frame.  A page that was
// opened from disk has no server: it finds in itself what was worked out beforehand, and says so of the rest.
import { effect, signal, untracked, type ReadonlySignal } from "@preact/signals";
import type { ClusterModel } from "../cluster";
import type { GameModel, PageData } from "../model";
import { openAt } from "../state/address";
import { language } from "../state/store";
import { canonical } from "./canonical";

/** An error as the server tells it: a code, the place, what was found, what to do. */
export interface Problem {
  code: string;
  where: string | null;
  line: number | null;
  column: number | null;
  width: number;
  quoted: string | null;
  text: string;
  hint: string | null;
  told: Record<string, { text: string; hint: string | null }>;
}

/** What the server refused or could not do. */
export class Refused extends Error {
  constructor(readonly problem: Problem, readonly status: number) {
    super(`${problem.code} ${problem.text}`);
  }
}
/** The page was opened from disk, and what was asked for is not in it. */
export class NotInThisFile extends Error {}
/** The server does not answer. */
export class Unreachable extends Error {}
/** Nobody wants the answer any more. */
export class Cancelled extends Error {}

/** What is open, as the server answers it; the page keeps what it sent, to send it again to another start. */
export interface Opened {
  hash: string;
  kind: "game" | "cluster";
  name: string;
  text: string | null;
  game?: GameModel;
  cluster?: ClusterModel;
  /** Why the tables of a cluster make no game. */
  without_game?: Problem;
}
/** What a page sends to open a model. */
export type Sent = { text: string; name: string } | { example: string } | { files: File[]; kind: "game" | "cluster" };

/** Whether a server serves this page; else it was opened from disk. */
export let online = false;
/** Whether the server answers: `absent` in a page from disk, `locked` after a restart until its new address is opened. */
export const connection = signal<"absent" | "up" | "gone" | "locked">("absent");
/** What is open now. */
export const opened = signal<Opened | null>(null);

let heavy: Record<string, unknown> = {};
let sent: Sent | null = null;
const RETRY = 1500;
const WAIT = 20;

/** The error's sentence in the language of the page. */
export function toldOf(problem: Problem): { text: string; hint: string | null } {
  return problem.told[language.value] ?? problem;
}

/** Takes the data of the page, and returns what is open first: from now on it is known whether there is a server. */
export async function begin(data: PageData): Promise<{ game: GameModel | null; cluster: ClusterModel | null }> {
  const { game = null, cluster = null } = data;
  if (game || cluster) {
    heavy = data.heavy ?? {};
    return { game, cluster };
  }
  online = true;
  const found = (await (await request("/api/start")).json()) as Opened;
  hold(found);
  return { game: found.game ?? null, cluster: found.cluster ?? null };
}

/** Opens a model; rejects with `Refused` where it cannot be understood, and leaves what was open. */
export async function open(what: Sent): Promise<Opened> {
  const found = await send(what);
  sent = what;
  hold(found);
  openAt(found.game ?? null, found.cluster ?? null, null);
  return found;
}

async function send(what: Sent): Promise<Opened> {
  let body: BodyInit;
  const headers: Record<string, string> = {};
  if ("files" in what) {
    const form = new FormData();
    form.set("kind", what.kind);
    for (const file of what.files) form.append("file", file, file.webkitRelativePath || file.name);
    body = form;
  } else {
    headers["Content-Type"] = "application/json";
    body = JSON.stringify(what);
  }
  return (await (await request("/api/models", { method: "POST", body, headers })).json()) as Opened;
}

function hold(found: Opened): void {
  // What can be sent again as text needs no files.
  if (found.text !== null) sent = { text: found.text, name: found.name };
  opened.value = found;
}

/** Asks whether the server answers; `connection` then says so. */
export async function askAlive(): Promise<void> {
  await request("/api/alive").catch(() => undefined);
}

/** The games of the catalogue. */
export async function examples(): Promise<{ name: string; size: string; title: string; source: string }[]> {
  return ((await (await request("/api/examples")).json()) as { value: { name: string; size: string; title: string; source: string }[] }).value;
}

// ---------------------------------------------------------------- requests

async function request(path: string, init: RequestInit = {}): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, init);
  } catch {
    if (init.signal?.aborted) throw new Cancelled();
    connection.value = "gone";
    throw new Unreachable();
  }
  if (answer.status === 401) {
    connection.value = "locked";
    throw new Unreachable();
  }
  connection.value = "up";
  if (answer.ok) return answer;
  const data = (await answer.json().catch(() => null)) as { error?: Problem } | null;
  throw new Refused(data?.error ?? unknown(answer.status), answer.status);
}

function unknown(status: number): Problem {
  return { code: "U999", where: null, line: null, column: null, width: 1, quoted: null, text: `HTTP ${status}`, hint: null, told: {} };
}

/** Asks until the server answers again: it may have been restarted.  What is open is sent to it anew. */
async function patiently<T>(ask: () => Promise<T>, stop: AbortSignal): Promise<T> {
  for (;;) {
    if (stop.aborted) throw new Cancelled();
    try {
      return await ask();
    } catch (problem) {
      if (problem instanceof Refused && problem.problem.code === "W117") await pause(RETRY, stop);
      else if (problem instanceof Unreachable) await pause(RETRY, stop);
      else throw problem;
    }
  }
}

function pause(time: number, stop: AbortSignal): Promise<void> {
  return new Promise((done, failed) => {
    const timer = setTimeout(done, time);
    stop.addEventListener("abort", () => { clearTimeout(timer); failed(new Cancelled()); }, { once: true });
  });
}

// ---------------------------------------------------------------- tasks

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

async function asked<T>(task: string, args: object, stop: AbortSignal, on?: (progress: number) => void): Promise<T> {
  let news = await posted<T>(task, args, stop);
  try {
    while (news.state === "queued" || news.state === "running") {
      on?.(news.progress);
      news = (await (await request(`/api/jobs/${news.id}?wait=${WAIT}&seen=${news.progress}`, { signal: stop })).json()) as News<T>;
    }
  } catch (problem) {
    if (problem instanceof Cancelled) void fetch(`/api/jobs/${news.id}`, { method: "DELETE" }).catch(() => undefined);
    // A restarted server knows nothing of the question: it is asked anew.
    if (problem instanceof Refused && problem.problem.code === "W110") return asked<T>(task, args, stop, on);
    throw problem;
  }
  if (news.error) throw new Refused(news.error, 200);
  return news.value as T;
}

async function posted<T>(task: string, args: object, stop: AbortSignal): Promise<News<T>> {
  const ask = async (): Promise<News<T>> => {
    const body = JSON.stringify({ model: opened.peek()?.hash, task, arguments: args });
    const headers = { "Content-Type": "application/json" };
    return (await (await request("/api/jobs", { method: "POST", body, headers, signal: stop })).json()) as News<T>;
  };
  try {
    return await ask();
  } catch (problem) {
    if (!(problem instanceof Refused) || problem.problem.code !== "W110" || !sent) throw problem;
    const again = await send(sent);
    if (again.hash !== opened.peek()?.hash) throw problem;
    return ask();
  }
}

// ---------------------------------------------------------------- what follows the levers

/** Where a task stands that follows the levers. */
export interface Settled<T> {
  state: "computing" | "done" | "failed" | "absent";
  progress: number;
  /** The answer to the present arguments, never to earlier ones. */
  value: T | null;
  error: Problem | null;
}

const REST = 300;

/**
 * Asks for a task whenever what its arguments depend on has rested for 300 ms, and gives up what is superseded.
 * Arguments of null ask for nothing.  The signal lives as long as `dispose` is not called.
 */
export function settled<T>(task: string, args: () => object | null): ReadonlySignal<Settled<T>> & { dispose(): void } {
  const idle: Settled<T> = { state: "absent", progress: 0, value: null, error: null };
  const out = signal<Settled<T>>(idle);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running: Run<T> | undefined;
  let last = "";
  const dispose = effect(() => {
    const wanted = args();
    const of = `${opened.value?.hash ?? ""} ${wanted ? canonical(wanted) : ""}`;
    if (of === last) return;
    last = of;
    clearTimeout(timer);
    running?.cancel();
    untracked(() => {
      if (!wanted) { out.value = idle; return; }
      if (!online && !(keyOf(task, wanted) in heavy)) { out.value = idle; return; }
      out.value = { ...idle, state: "computing" };
      timer = setTimeout(() => { ask(wanted, of); }, online ? REST : 0);
    });
  });
  function ask(wanted: object, of: string): void {
    running = run<T>(task, wanted, (progress) => { if (of === last) out.value = { ...out.value, progress }; });
    running.promise.then(
      (value) => { if (of === last) out.value = { state: "done", progress: 1, value, error: null }; },
      (problem: unknown) => {
        if (of !== last || problem instanceof Cancelled) return;
        const error = problem instanceof Refused ? problem.problem : null;
        out.value = { ...idle, state: problem instanceof NotInThisFile ? "absent" : "failed", error };
      },
    );
  }
  return Object.assign(out, { dispose: () => { clearTimeout(timer); running?.cancel(); dispose(); } });
}
